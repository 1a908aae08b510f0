"""The job `say`: a comment as a reply under one person's copy of a card, so that Slack tells them."""

from dataclasses import dataclass
from datetime import timedelta

from blocks.cards import thread_replies
from bot.errors import RetryAfter
from bot.slack.gateway import Gateway, Gone
from bot.worker.jobs import post_once
from models.jobs import Work
from models.store.base import Store
from models.store.case import Case
from models.tables.cards import Card
from models.tables.requests import Comment

SOON = timedelta(seconds=2)


@dataclass(frozen=True)
class Said:
    """A comment, and the card that it goes under."""

    comment: Comment
    card: Card


class SayJob:
    """Passes comments on."""

    def __init__(self, store: Store, gateway: Gateway) -> None:
        self._store, self._gateway = store, gateway

    async def run(self, work: Work) -> None:
        """Carry out one; its payload is {"comment": id, "card": id}.

        Raises RetryAfter until the card is there.
        """
        said = await self._store.read(lambda case: _read(case, work))
        if not said.card.gone:
            if not said.card.ts:
                raise RetryAfter("its card is not posted yet", SOON)
            await self._reply(said, tried=work.attempts > 1)

    async def _reply(self, said: Said, *, tried: bool) -> None:
        card, metadata = said.card, post_once.comment_mark(said.comment)
        message = thread_replies.comment_reply(said.comment.person_id, said.comment.text)
        try:
            if tried and await post_once.lost(
                self._gateway, card.channel, metadata, said.comment.at, card.ts
            ):
                return
            await post_once.post(self._gateway, card.channel, message, metadata, thread_ts=card.ts)
        except Gone:
            return  # Nobody is left to be told; the next drawing of the card finds out and notes it.


def _read(case: Case, work: Work) -> Said:
    return Said(case.get_one(Comment, work.payload["comment"]), case.get_one(Card, work.payload["card"]))
