"""Telling somebody of what an update of their card alone would not bring to their notice."""

from sqlalchemy import select

from models.store.tx import Tx
from models.tables.base import Json
from models.tables.cards import Card, CardKind
from models.tables.requests import Request


def term_changed(tx: Tx, request: Request, by: str, before: Json) -> None:
    """An approver gives it for another time: said under the cards of those who would have it."""
    cards = select(Card.id).where(
        Card.about == request.ref, Card.kind == CardKind.REQUEST, Card.gone.is_(False)
    )
    for card_id in tx.session.scalars(cards):
        key = f"note:{card_id}:{by}"  # nobody decides twice on a request
        tx.enqueue("note", key, card=card_id, by=by, before=before, after=request.term)
