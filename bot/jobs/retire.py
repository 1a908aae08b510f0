"""The job `retire`: of a message that was posted twice, one is left.

Two processes can post the same one, where the first slept past its lease with the call on its way. The first
finds out when it hands the job back, and asks for this.
"""

from datetime import timedelta

from sqlalchemy.orm import Session

from bot.jobs import posts
from bot.slack import Gateway, Gone
from models import jobs
from models.cards import Card
from models.jobs import Urgency, Work
from models.requests import Comment
from models.store import Store, Tx

ARRIVED = timedelta(seconds=30)
"""After so long no call that was under way can still arrive."""


def want(tx: Tx, work: Work) -> None:
    """A run of a job that posts was overtaken: look what became of what it had sent."""
    tx.enqueue(
        "retire",
        f"retire:{work.key}",
        lane=work.key,
        run_at=tx.now + ARRIVED,
        urgency=Urgency.LATER,
        **work.payload,
    )


class RetireJob:
    """Deletes copies that nobody keeps up to date."""

    def __init__(self, store: Store, gateway: Gateway) -> None:
        self._store, self._gateway = store, gateway

    async def run(self, work: Work) -> None:
        """Carry out one; its payload is the one of the job that was overtaken, `card` or `say`."""
        card, comment = await self._store.read(lambda session: _read(session, work))
        if card.ts and not card.gone:
            await (self._of_comment(card, comment) if comment else self._of_card(card))
        await self._store.write(lambda tx: jobs.finish(tx.session, work))

    async def _of_card(self, card: Card) -> None:
        """The copy that is redrawn stays."""
        mark = posts.card_mark(card)
        found = await posts.copies(self._gateway, card.channel, mark, card.created_at)
        await self._delete(card.channel, [ts for ts in found if ts != card.ts])

    async def _of_comment(self, card: Card, comment: Comment) -> None:
        """The first one stays."""
        mark = posts.comment_mark(comment)
        found = await posts.copies(self._gateway, card.channel, mark, comment.at, card.ts)
        await self._delete(card.channel, sorted(found)[1:])

    async def _delete(self, channel: str, copies: list[str]) -> None:
        for ts in copies:
            try:
                await self._gateway.call("chat.delete", channel=channel, ts=ts)
            except Gone:
                continue


def _read(session: Session, work: Work) -> tuple[Card, Comment | None]:
    comment = work.payload.get("comment")
    return session.get_one(Card, work.payload["card"]), session.get_one(Comment, comment) if comment else None
