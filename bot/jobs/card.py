"""The job `card`: brings one person's copy of a card up to date, or posts it if it is not there yet."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from blocks.cards import Story, draw
from blocks.kit import Message
from bot.jobs import posts
from bot.slack import Gateway, Gone
from models import jobs
from models.cards import Card
from models.jobs import Work
from models.queries import stories
from models.store import Store, Tx

READ: dict[str, Callable[[Session, str], Story]] = {
    "AR": stories.request_story,
    "GR": stories.grant_story,
    "TK": stories.task_story,
}
"""How the story that a card is about is read, by the first letters of its reference."""


@dataclass(frozen=True)
class Drawn:
    """A card with what it should show."""

    card: Card
    message: Message
    digest: str

    @property
    def shown(self) -> bool:
        """Whether nothing has to be done."""
        return self.card.gone or (bool(self.card.ts) and self.card.digest == self.digest)


class CardJob:
    """Posts and redraws cards."""

    def __init__(self, store: Store, gateway: Gateway) -> None:
        self._store, self._gateway = store, gateway

    async def run(self, work: Work) -> None:
        """Carry out one job; its payload is {"card": id}."""
        drawn = await self._store.read(lambda session: _draw(session, work.payload["card"]))
        if drawn.shown:
            await self._store.write(lambda tx: jobs.finish(tx.session, work))
            return
        try:
            channel, ts = await self._show(drawn, tried=work.attempts > 1)
        except Gone:
            await self._store.write(lambda tx: _gone(tx, work, drawn.card.id))
        else:
            await self._store.write(lambda tx: _noted(tx, work, drawn, channel, ts))

    async def _show(self, drawn: Drawn, *, tried: bool) -> tuple[str, str]:
        """Post or change the message; returns where it lies."""
        card, metadata = drawn.card, posts.mark("keyturn_card", {"card": drawn.card.id})
        if not card.ts and tried:
            await self._find(card)
        if card.ts:
            await self._gateway.call("chat.update", channel=card.channel, ts=card.ts, **drawn.message)
            return card.channel, card.ts
        answer = await posts.post(self._gateway, card.person_id, drawn.message, metadata)
        return str(answer["channel"]), str(answer["ts"])

    async def _find(self, card: Card) -> None:
        """An earlier run may have posted it without hearing so."""
        opened = await self._gateway.call("conversations.open", users=card.person_id)
        channel = str(opened["channel"]["id"])
        metadata = posts.mark("keyturn_card", {"card": card.id})
        ts = await posts.find(self._gateway, channel, metadata, card.created_at)
        if ts:
            card.channel, card.ts = channel, ts


def _draw(session: Session, card_id: int) -> Drawn:
    card = session.get_one(Card, card_id)
    story = READ[card.about[:2]](session, card.about)
    message = draw(card.kind, story, card.person_id)
    canonical = json.dumps(message, sort_keys=True, separators=(",", ":"))
    return Drawn(card, message, hashlib.sha256(canonical.encode()).hexdigest())


def _noted(tx: Tx, work: Work, drawn: Drawn, channel: str, ts: str) -> None:
    jobs.finish(tx.session, work)
    card = tx.session.get_one(Card, drawn.card.id)
    card.channel, card.ts, card.digest = channel, ts, drawn.digest


def _gone(tx: Tx, work: Work, card_id: int) -> None:
    jobs.finish(tx.session, work)
    tx.session.get_one(Card, card_id).gone = True
