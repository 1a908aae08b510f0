"""What a change shows: cards to post, copies to redraw, App Homes to bring up to date. All of it as jobs."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import BindParameter, bindparam, select, update

from models.inserts import add_all_new
from models.jobs import Urgency
from models.store.tx import Tx
from models.straight import straight
from models.tables.cards import Card, CardKind, Home
from models.tables.grants import Grant
from models.tables.requests import Asked, Request
from models.tables.states import GrantState

MOMENT = timedelta(seconds=1)
"""A requester's card and Home wait so long where the access may be given by then: so they are drawn once, and
say more. What comes of giving it wants them at once."""


def _any(name: str) -> BindParameter[list[str]]:
    return bindparam(name, expanding=True)


# Every verb asks these. A statement that is made once costs half of one that is made anew.
_OF_SUBJECTS = select(Card.id, Card.kind, Card.subject, Card.person_id).where(
    Card.subject.in_(_any("subjects"))
)
_REQUESTS = (
    select(Request.id, Request.requester_id, Grant.person_id, Grant.state, Grant.retry_at, Grant.attempts)
    .join(Grant, Grant.id == Request.grant_id)
    .where(Grant.id.in_(_any("grants")))
)
# One that never got there is looked at again: its news may go out by e-mail.
_CARDS = select(Card.id, Card.person_id, Card.kind, Card.about).where(
    Card.about.in_(_any("abouts")), Card.gone.is_(False) | (Card.ts == "")
)
_SHOWN = (
    update(Card)
    .where(Card.id == bindparam("card"))
    .values(channel=bindparam("new_channel"), ts=bindparam("new_ts"), digest=bindparam("new_digest"))
)
# Those who may decide and have no card see it on App Home.
_HOMES = select(Home.person_id).where(
    Home.person_id.in_(_any("people"))
    | Home.person_id.in_(select(Asked.person_id).where(Asked.request_id.in_(_any("requests"))))
)


def show(tx: Tx, kind: CardKind, subject: str, about: str, person_id: str) -> None:
    """Give a person this card, if they do not have it yet, and bring it up to date."""
    _want(tx, kind, subject, about, person_id, place="")


def show_in(tx: Tx, kind: CardKind, subject: str, about: str, channel: str) -> None:
    """Post this card in a channel, if it is not there yet, and bring it up to date.

    `subject` has to name the channel too, so that there is one card a channel.
    """
    _want(tx, kind, subject, about, person_id="", place=channel)


def _want(tx: Tx, kind: CardKind, subject: str, about: str, person_id: str, place: str) -> None:
    card = {"kind": kind, "subject": subject, "about": about, "person_id": person_id, "place": place}
    tx.cards[kind, subject, person_id] = card | {"created_at": tx.now}
    tx.at_end(_give_wanted)


def _give_wanted(tx: Tx) -> None:
    """Write down the cards that are not there yet, all at once, and want each drawn."""
    add_all_new(tx.session, Card, [tx.cards[key] for key in sorted(tx.cards)])
    subjects = {subject for _kind, subject, _person in tx.cards}
    for card_id, *key in tx.session.execute(_OF_SUBJECTS, {"subjects": list(subjects)}):
        if tuple(key) in tx.cards:
            _draw(tx, card_id)


def shown(tx: Tx, card_id: int, channel: str, ts: str, digest: str) -> None:
    """A card lies there in Slack now, and shows what has this digest."""
    where = {"card": card_id, "new_channel": channel, "new_ts": ts, "new_digest": digest}
    straight(tx.session, _SHOWN, where)


def redraw(tx: Tx, *abouts: str) -> None:
    """Bring every copy of the cards about these up to date, and the App Homes of those who have one.

    A verb changes the same thing in several steps; what it touched is looked up once, when it ends.
    """
    tx.touched.update(abouts)
    tx.at_end(_draw_touched)


def redraw_request(tx: Tx, request: Request) -> None:
    """A request has changed: its cards, those of its grant, and the Homes of those it is about."""
    redraw(tx, request.ref, *([f"GR-{request.grant_id}"] if request.grant_id else []))
    refresh_homes(tx, {request.requester_id, request.beneficiary_id})


def redraw_grant(tx: Tx, grant: Grant) -> None:
    """A grant has changed: its cards, those of the requests about it, and its holder's Home."""
    redraw(tx, grant.ref)
    refresh_homes(tx, {grant.person_id})


def refresh_homes(tx: Tx, person_ids: Iterable[str]) -> None:
    """Bring App Home up to date for those of these people who have opened it."""
    tx.touched.update(person_ids)
    tx.at_end(_draw_touched)


def _draw_touched(tx: Tx) -> None:
    """Of everything that was touched (references, and people's ids), want the cards and Homes drawn."""
    just_begun = _of_grants(tx, [int(one[3:]) for one in tx.touched if one.startswith("GR-")])
    requests = [int(one[3:]) for one in tx.touched if one.startswith("AR-")]
    for card_id, person_id, kind, about in tx.session.execute(_CARDS, {"abouts": list(tx.touched)}):
        waits = kind is CardKind.REQUEST and about in just_begun
        _draw(tx, card_id, tx.now + MOMENT if waits else None)
        tx.touched.add(person_id)
    for person_id in tx.session.scalars(_HOMES, {"people": list(tx.touched), "requests": requests}):
        run_at = tx.now + MOMENT if person_id in just_begun else None
        tx.enqueue("home", f"home:{person_id}", run_at=run_at, urgency=Urgency.LATER, person=person_id)


def _of_grants(tx: Tx, grants: list[int]) -> set[str]:
    """Touch the requests of these grants.

    Returns those whose access is given first in a moment, and whose they are.
    """
    if not grants:
        return set()
    just_begun = set[str]()
    found = tx.session.execute(_REQUESTS, {"grants": grants})
    for request_id, requester, holder, state, retry_at, attempts in found:
        tx.touched.add(f"AR-{request_id}")
        if state is GrantState.GRANTING and retry_at == tx.now and not attempts:
            just_begun |= {f"AR-{request_id}", requester, holder}
    return just_begun


def _draw(tx: Tx, card_id: int, run_at: datetime | None = None) -> None:
    tx.enqueue("card", f"card:{card_id}", run_at=run_at, card=card_id)
