"""What a change shows: cards to post, copies to redraw, App Homes to bring up to date. All of it as jobs."""

from collections.abc import Iterable

from sqlalchemy import select

from models.cards import Card, CardKind, Home
from models.grants import Grant
from models.jobs import Urgency
from models.requests import Request
from models.store.tx import Tx


def show(tx: Tx, kind: CardKind, subject: str, about: str, person_id: str) -> None:
    """Give a person this card, if they do not have it yet, and bring it up to date."""
    found = select(Card).where(Card.kind == kind, Card.subject == subject, Card.person_id == person_id)
    card = tx.session.scalars(found).one_or_none()
    if card is None:
        card = Card(kind=kind, subject=subject, about=about, person_id=person_id, created_at=tx.now)
        tx.session.add(card)
        tx.session.flush()
    _draw(tx, card.id)


def redraw(tx: Tx, *abouts: str) -> None:
    """Bring every copy of the cards about these up to date, and the App Homes of those who have one."""
    cards = list(tx.session.scalars(select(Card).where(Card.about.in_(abouts), Card.gone.is_(False))))
    for card in cards:
        _draw(tx, card.id)
    refresh_homes(tx, {card.person_id for card in cards})


def redraw_request(tx: Tx, request: Request) -> None:
    """A request has changed: its cards, those of its grant, and the Homes of those it is about."""
    abouts = [request.ref] + ([f"GR-{request.grant_id}"] if request.grant_id else [])
    redraw(tx, *abouts)
    refresh_homes(tx, {request.requester_id, request.beneficiary_id})


def redraw_grant(tx: Tx, grant: Grant) -> None:
    """A grant has changed: its cards, those of the requests about it, and its holder's Home."""
    requests = tx.session.scalars(select(Request.id).where(Request.grant_id == grant.id))
    redraw(tx, grant.ref, *(f"AR-{request_id}" for request_id in requests))
    refresh_homes(tx, {grant.person_id})


def refresh_homes(tx: Tx, person_ids: Iterable[str]) -> None:
    """Bring App Home up to date for those of these people who have opened it."""
    rows = select(Home.person_id).where(Home.person_id.in_(set(person_ids)))
    for person_id in tx.session.scalars(rows):
        tx.enqueue("home", f"home:{person_id}", urgency=Urgency.LATER, person=person_id)


def _draw(tx: Tx, card_id: int) -> None:
    tx.enqueue("card", f"card:{card_id}", card=card_id)
