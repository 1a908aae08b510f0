"""Telling somebody what no card of theirs says, or what the update of a card would not bring to notice."""

from collections.abc import Iterable

from models.store.outcome import Outcome
from models.tables.base import Json
from models.tables.cards import CARDS, CardKind
from models.tables.requests import Request

OVERLOADED = "Keyturn has too much to do right now. Nothing was changed. Try again in a minute."
"""To whoever pressed or sent something that was not begun."""


def tell(out: Outcome, person_id: str, text: str, key: str) -> None:
    """Send somebody this plain text, once for each `key`, as soon as Slack takes it."""
    out.enqueue("tell", f"tell:{key}"[:255], person=person_id, text=text, at=out.now.isoformat())


def overloaded(out: Outcome, people: Iterable[str]) -> None:
    """Tell these people that what they pressed did nothing."""
    for person_id in people:
        tell(out, person_id, OVERLOADED, f"overloaded:{person_id}:{out.now.isoformat()}")


def term_changed(out: Outcome, request: Request, by: str, before: Json) -> None:
    """Say under the cards of those who would have the access that an approver gives it for another time."""
    for card in out.case.all(CARDS, request.ref):
        if card.kind is CardKind.REQUEST and not card.gone:
            key = f"note:{card.id}:{by}"  # nobody decides twice on a request
            out.enqueue("note", key, card=card.id, by=by, before=before, after=request.term)
