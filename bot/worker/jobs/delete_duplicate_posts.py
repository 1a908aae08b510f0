"""The job `retire`: of a message that was posted twice, one is left.

Two processes can post the same one, where the first slept past its lease with the call on its way. The first
finds out when it hands the job back, and asks for this.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.slack.gateway import Gateway, Gone
from bot.worker.jobs import post_duration_change, post_message, post_once
from models.jobs import Urgency, Work
from models.store.base import Store
from models.store.case import Case
from models.store.outcome import Outcome
from models.tables.cards import Card
from models.tables.requests import Comment

ARRIVED = timedelta(seconds=30)
"""After so long no call that was under way can still arrive."""


def want(out: Outcome, work: Work) -> None:
    """A run of a job that posts was overtaken: look what became of what it had sent."""
    out.enqueue(
        "retire",
        f"retire:{work.key}",
        lane=work.key,
        run_at=out.now + ARRIVED,
        urgency=Urgency.LATER,
        **work.payload | {"of": work.key},
    )


@dataclass(frozen=True)
class Copies:
    """Where the copies of one message may lie, and by what they are known."""

    place: str
    mark: dict[str, Any]
    since: datetime
    thread: str = ""
    kept: str = ""
    """The ts of the one that stays; empty for the first."""


class RetireJob:
    """Deletes copies that nobody keeps up to date."""

    def __init__(self, store: Store, gateway: Gateway) -> None:
        self._store, self._gateway = store, gateway

    async def run(self, work: Work) -> None:
        """Carry out one; its payload is the one of the job that was overtaken, and its key as `of`."""
        copies = await self._store.read(lambda case: _copies(case, work))
        if copies is not None:
            await self._retire(copies)

    async def _retire(self, copies: Copies) -> None:
        try:
            person = post_once.is_person(copies.place)
            channel = await post_once.open_dm(self._gateway, copies.place) if person else copies.place
            found = sorted(
                await post_once.copies(self._gateway, channel, copies.mark, copies.since, copies.thread)
            )
        except Gone:
            return  # nobody is left to see them
        for ts in found:
            if ts != (copies.kept or found[0]):
                await self._delete(channel, ts)

    async def _delete(self, channel: str, ts: str) -> None:
        with suppress(Gone):
            await self._gateway.call("chat.delete", channel=channel, ts=ts)


def _copies(case: Case, work: Work) -> Copies | None:
    """What to look for; None where it lies nowhere."""
    payload, of = work.payload, str(work.payload.get("of", ""))
    if "person" in payload:
        return Copies(str(payload["person"]), post_message.mark(of), datetime.fromisoformat(payload["at"]))
    card = case.get_one(Card, payload["card"])
    if not card.ts or card.gone:
        return None
    if "comment" in payload:
        comment = case.get_one(Comment, payload["comment"])
        return Copies(card.channel, post_once.comment_mark(comment), comment.at, card.ts)
    if "before" in payload:
        return Copies(card.channel, post_duration_change.mark(of), card.created_at, card.ts)
    # The copy that is redrawn stays.
    return Copies(card.channel, post_once.card_mark(card), card.created_at, kept=card.ts)
