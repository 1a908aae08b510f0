"""Say what a change shows: new cards, copies to redraw, App Homes to publish, direct messages."""

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
    """Give a person this card, or bring it up to date where they have it."""
    _want(out, kind, subject, about, person_id, place="")


def want_channel_card(out: Outcome, kind: CardKind, subject: str, about: str, channel: str) -> None:
    """Post this card in a channel, or bring it up to date where it is there.

    `subject` has to name the channel too, so that there is one card a channel.
    """
    _want(out, kind, subject, about, person_id="", place=channel)


def _want(out: Outcome, kind: CardKind, subject: str, about: str, person_id: str, place: str) -> None:
    card = {"kind": kind, "subject": subject, "about": about, "person_id": person_id, "place": place}
    out.cards[kind, subject, person_id] = card


def save_drawn(out: Outcome, card_id: int, channel: str, ts: str, digest: str) -> None:
    """Note where a card lies in Slack now, and the digest of what it shows."""
    out.bulk(_DRAWN, card=card_id, new_channel=channel, new_ts=ts, new_digest=digest)


def redraw_cards(out: Outcome, *abouts: str) -> None:
    """Redraw every copy of the cards about these references, and the App Homes of whoever has a copy."""
    out.touched.update(abouts)


def redraw_request(out: Outcome, request: Request) -> None:
    """Redraw what a change of a request shows on: its cards, its grant's, and its people's App Homes."""
    redraw_cards(out, request.ref, *([f"GR-{request.grant_id}"] if request.grant_id else []))
    refresh_homes(out, {request.requester_id, request.beneficiary_id})


def redraw_grant(out: Outcome, grant: Grant) -> None:
    """Redraw what a change of a grant shows on: its cards, its requests', and its holder's App Home."""
    redraw_cards(out, grant.ref)
    refresh_homes(out, {grant.person_id})


def refresh_homes(out: Outcome, person_ids: Iterable[str]) -> None:
    """Redraw App Home for those of these people who have opened it."""
    out.touched.update(person_ids)


OVERLOADED = "Keyturn is busy right now. Nothing was changed. Try again in a minute."
"""For whoever pressed or sent something that could not be started."""


def send_text(out: Outcome, person_id: str, text: str, key: str) -> None:
    """Send a person a plain text, once for each `key`."""
    out.enqueue("tell", f"tell:{key}"[:255], person=person_id, text=text, at=out.now.isoformat())


def send_overloaded(out: Outcome, people: Iterable[str]) -> None:
    """Notify these people that what they pressed did nothing."""
    for person_id in people:
        send_text(out, person_id, OVERLOADED, f"overloaded:{person_id}:{out.now.isoformat()}")


def post_duration_change(out: Outcome, request: Request, by: str, before: Json) -> None:
    """Post a changed duration under the requester's and the beneficiary's cards."""
    for card in out.case.all(CARDS, request.ref):
        if card.kind is CardKind.REQUEST and not card.gone:
            key = f"note:{card.id}:{by}"  # nobody decides twice on a request
            out.enqueue("note", key, card=card.id, by=by, before=before, after=request.term)
