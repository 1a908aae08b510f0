"""The job `retire`: deletes the copies of a message that was posted twice.

Two processes can post the same message, where the first slept past its lease with the call on its way. The
first finds out when it hands the job back, and asks for this.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.slack.gateway import Gateway, Gone
from bot.worker.jobs import post_once
from bot.worker.jobs.post_message import read_post
from models.jobs import Urgency, Work
from models.store.base import Store
from models.store.case import Case
from models.store.outcome import Outcome
from models.tables.cards import Card

DELAY = timedelta(seconds=30)
"""After so long no call that was under way can still arrive."""


def enqueue(out: Outcome, work: Work) -> None:
    """Look later for copies of what a job has posted whose lease another process took over."""
    out.enqueue(
        "retire",
        f"retire:{work.key}",
        lane=work.key,
        run_at=out.now + DELAY,
        urgency=Urgency.LATER,
        **work.payload | {"of": work.key},
    )


@dataclass(frozen=True)
class Copies:
    """Where the copies of one message may lie, and by what they are known."""

    channel: str
    """A channel's id, or a person's."""
    metadata: dict[str, Any]
    since: datetime
    thread: str = ""
    kept: str = ""
    """The ts of the copy that stays; empty for the first."""


class DeleteDuplicatePostsJob:
    """Deletes copies that nobody keeps up to date."""

    def __init__(self, store: Store, gateway: Gateway) -> None:
        self._store, self._gateway = store, gateway

    async def run(self, work: Work) -> None:
        """Carry out one; its payload is the one of the job that was overtaken, and its key as `of`."""
        copies = await self._store.read(lambda case: _copies(case, work))
        if copies is None:
            return
        try:
            person = post_once.is_person(copies.channel)
            channel = await post_once.open_dm(self._gateway, copies.channel) if person else copies.channel
            times = await post_once.find_copies(
                self._gateway, channel, copies.metadata, copies.since, copies.thread
            )
        except Gone:
            return  # nobody is left to see them
        for ts in sorted(times):
            if ts != (copies.kept or min(times)):
                await self._delete(channel, ts)

    async def _delete(self, channel: str, ts: str) -> None:
        with suppress(Gone):
            await self._gateway.call("chat.delete", channel=channel, ts=ts)


def _copies(case: Case, work: Work) -> Copies | None:
    """What to look for; None where it lies nowhere."""
    payload = work.payload
    if payload.keys() & {"person", "comment", "before"}:
        post = read_post(case, payload, str(payload.get("of", "")))
        if post is None or post.gone or post.thread == "":
            return None
        return Copies(post.channel, post.metadata, post.since, post.thread or "")
    card = case.get_one(Card, payload["card"])
    if not card.ts or card.gone:
        return None
    # The copy that is updated stays.
    return Copies(card.channel, post_once.card_metadata(card), card.created_at, kept=card.ts)
