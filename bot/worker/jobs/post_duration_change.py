"""The job `note`: what an approver changed, as a reply under the requester's card, so that they hear."""

import zlib
from datetime import timedelta
from typing import Any

from blocks.cards import thread_replies
from bot.errors import RetryAfter
from bot.slack.gateway import Gateway, Gone
from bot.worker.jobs import post_once
from models.jobs import Work
from models.store.base import Store
from models.tables.cards import Card

SOON = timedelta(seconds=2)


def mark(key: str) -> dict[str, Any]:
    """The metadata of the reply that a job of this key posts."""
    return post_once.mark("keyturn_note", {"note": zlib.crc32(key.encode())})


class NoteJob:
    """Says it once, in the card's thread."""

    def __init__(self, store: Store, gateway: Gateway) -> None:
        self._store, self._gateway = store, gateway

    async def run(self, work: Work) -> None:
        """Carry out one; its payload is {"card": id, "by": who, "before": term, "after": term}.

        Raises RetryAfter until the card is there.
        """
        card = await self._store.read(lambda case: case.get_one(Card, work.payload["card"]))
        if not card.gone:
            if not card.ts:
                raise RetryAfter("its card is not posted yet", SOON)
            await self._reply(work, card)

    async def _reply(self, work: Work, card: Card) -> None:
        metadata = mark(work.key)
        payload = work.payload
        message = thread_replies.term_change_reply(payload["by"], payload["before"], payload["after"])
        try:
            if work.attempts > 1 and await post_once.lost(
                self._gateway, card.channel, metadata, card.created_at, card.ts
            ):
                return
            await post_once.post(self._gateway, card.channel, message, metadata, thread_ts=card.ts)
        except Gone:
            return  # nobody is left to be told; the next drawing of the card notes it
