"""What a change shows: new cards, copies to redraw, App Homes to publish, and direct messages."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import bindparam, update

from models.store.outcome import Outcome
from models.tables.base import Json
from models.tables.cards import CARDS, Card, CardKind
from models.tables.grants import Grant
from models.tables.requests import Request

_CARDS: Any = Card.__table__
_DRAWN = (
    update(_CARDS)
    .where(_CARDS.c.id == bindparam("card"))
    .values(channel=bindparam("new_channel"), ts=bindparam("new_ts"), digest=bindparam("new_digest"))
)


def want_card(out: Outcome, kind: CardKind, subject: str, about: str, person_id: str) -> None:
    """Give a person this card, if they do not have it yet, and bring it up to date."""
    _want(out, kind, subject, about, person_id, place="")


def want_channel_card(out: Outcome, kind: CardKind, subject: str, about: str, channel: str) -> None:
    """Post this card in a channel, if it is not there yet, and bring it up to date.

    `subject` has to name the channel too, so that there is one card a channel.
    """
    _want(out, kind, subject, about, person_id="", place=channel)


def _want(out: Outcome, kind: CardKind, subject: str, about: str, person_id: str, place: str) -> None:
    card = {"kind": kind, "subject": subject, "about": about, "person_id": person_id, "place": place}
    out.cards[kind, subject, person_id] = card


def save_drawn(out: Outcome, card_id: int, channel: str, ts: str, digest: str) -> None:
    """A card lies there in Slack now, and shows what has this digest."""
    out.bulk(_DRAWN, card=card_id, new_channel=channel, new_ts=ts, new_digest=digest)


def redraw_cards(out: Outcome, *abouts: str) -> None:
    """Bring every copy of the cards about these up to date, and the App Homes of those who have one."""
    out.touched.update(abouts)


def redraw_request(out: Outcome, request: Request) -> None:
    """A request has changed: its cards, those of its grant, and the Homes of those it is about."""
    redraw_cards(out, request.ref, *([f"GR-{request.grant_id}"] if request.grant_id else []))
    refresh_homes(out, {request.requester_id, request.beneficiary_id})


def redraw_grant(out: Outcome, grant: Grant) -> None:
    """A grant has changed: its cards, those of the requests about it, and its holder's Home."""
    redraw_cards(out, grant.ref)
    refresh_homes(out, {grant.person_id})


def refresh_homes(out: Outcome, person_ids: Iterable[str]) -> None:
    """Bring App Home up to date for those of these people who have opened it."""
    out.touched.update(person_ids)


OVERLOADED = "Keyturn has too much to do right now. Nothing was changed. Try again in a minute."
"""To whoever pressed or sent something that was not begun."""


def send_text(out: Outcome, person_id: str, text: str, key: str) -> None:
    """Send somebody this plain text, once for each `key`, as soon as Slack takes it."""
    out.enqueue("tell", f"tell:{key}"[:255], person=person_id, text=text, at=out.now.isoformat())


def send_overloaded(out: Outcome, people: Iterable[str]) -> None:
    """Tell these people that what they pressed did nothing."""
    for person_id in people:
        send_text(out, person_id, OVERLOADED, f"overloaded:{person_id}:{out.now.isoformat()}")


def post_duration_change(out: Outcome, request: Request, by: str, before: Json) -> None:
    """Say under the cards of those who would have the access that an approver gives it for another time."""
    for card in out.case.all(CARDS, request.ref):
        if card.kind is CardKind.REQUEST and not card.gone:
            key = f"note:{card.id}:{by}"  # nobody decides twice on a request
            out.enqueue("note", key, card=card.id, by=by, before=before, after=request.term)
