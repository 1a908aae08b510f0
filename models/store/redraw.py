"""What a unit of work has to show: cards to post, copies to redraw, App Homes to publish, all as jobs.

Verbs only say what they touched; it is looked up here once for the whole unit, the last thing before its jobs
are written.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from models.jobs.work import NewJob
from models.statements import Read, among
from models.store.case import Case
from models.tables.base import Json
from models.tables.cards import Card, CardKind, Home
from models.tables.grants import Grant
from models.tables.jobs import Urgency
from models.tables.requests import Asked, Request
from models.tables.states import GrantState

MOMENT = timedelta(seconds=1)
"""A requester's card and Home wait so long where the access may be given by then: so they are drawn once, and
say more. What comes of giving it wants them at once."""

_TABLE: Any = Card.__table__
_ADD: dict[str, Any] = {
    name: insert(_TABLE).on_conflict_do_nothing()
    for name, insert in (("sqlite", sqlite.insert), ("postgresql", postgresql.insert))
}
_OF_SUBJECTS = select(Card.id, Card.kind, Card.subject, Card.person_id).where(among(Card.subject, "subjects"))
_REQUESTS = (
    select(
        Request.id, Request.requester_id,
        Grant.id, Grant.person_id, Grant.state, Grant.retry_at, Grant.attempts,
    )
    .join(Grant, Grant.id == Request.grant_id)
    .where(among(Grant.id, "grants"))
)  # fmt: skip
_NOTHING = ("", None, None, 0)
# One that never got there is looked at again: its news may go out by e-mail.
_TO_DRAW = and_(among(Card.about, "abouts"), or_(Card.gone.is_(False), Card.ts == ""))
_CARDS = select(Card.id, Card.kind, Card.about).where(_TO_DRAW)
# Those who may decide and have no card see it on App Home.
_HOMES = select(Home.person_id).where(
    or_(
        among(Home.person_id, "people"),
        Home.person_id.in_(select(Asked.person_id).where(among(Asked.request_id, "requests"))),
        Home.person_id.in_(select(Card.person_id).where(_TO_DRAW)),
    )
)


def wanted_jobs(
    case: Case, cards: Mapping[tuple[str, str, str], Json], touched: Iterable[str]
) -> dict[str, NewJob]:
    """Write down the cards that are not there yet; returns the jobs that draw what was touched, by key.

    What the unit has changed may be saved before or after this.
    """
    jobs: dict[str, NewJob] = {}
    names = set(touched)
    just_begun = _requests_of_grants(case, names)
    if cards:
        blank = {"channel": "", "ts": "", "digest": "", "gone": False, "created_at": case.now}
        case.sql.run(_ADD[case.sql.dialect.name], [cards[key] | blank for key in sorted(cards)])
    reads = [Read(_OF_SUBJECTS, {"subjects": sorted({key[1] for key in cards})})] if cards else []
    reads += _touched(case, names) if names else []
    found = case.sql.all_of(reads)
    for card_id, *key in found[0] if cards else ():
        if tuple(key) in cards:
            _draw(jobs, card_id, case.now)
    if names:
        _draw_touched(case, jobs, found[-2], found[-1], just_begun)
    return jobs


def _touched(case: Case, names: set[str]) -> list[Read]:
    """What reads the cards about these, and whose Homes show them."""
    requests = {int(name[3:]) for name in names if name.startswith("AR-")}
    asked = {one.person_id for one in case.changed(Asked) if one.request_id in requests}
    abouts = sorted(names)
    homes = {"people": sorted(names | asked), "requests": sorted(requests), "abouts": abouts}
    return [Read(_CARDS, {"abouts": abouts}), Read(_HOMES, homes)]


def _draw_touched(
    case: Case, jobs: dict[str, NewJob], cards: list[Any], homes: list[str], just_begun: set[str]
) -> None:
    now = case.now
    for card_id, kind, about in cards:
        waits = kind is CardKind.REQUEST and about in just_begun
        _draw(jobs, card_id, now + MOMENT if waits else now)
    for person_id in homes:
        key, at = f"home:{person_id}", now + MOMENT if person_id in just_begun else now
        jobs[key] = NewJob("home", key, key, {"person": person_id}, Urgency.LATER, at)


def _requests_of_grants(case: Case, touched: set[str]) -> set[str]:
    """Touch the requests of the touched grants.

    Returns those whose access is given first in a moment, and whose they are.
    """
    grants = {int(name[3:]) for name in touched if name.startswith("GR-")}
    stored = {one for one in grants if not case.added(Grant, one)}
    read = case.read(_REQUESTS, grants=sorted(stored)) if stored else []
    changed = {one.id: one for one in case.changed(Request)}
    requests = [row[:3] for row in read if row[0] not in changed]
    requests += [
        (one.id, one.requester_id, one.grant_id) for one in changed.values() if one.grant_id in grants
    ]
    given = {row[2]: row[3:] for row in read}
    given |= {one.id: (one.person_id, one.state, one.retry_at, one.attempts) for one in case.changed(Grant)}
    just_begun: set[str] = set()
    for request_id, requester, grant_id in requests:
        touched.add(f"AR-{request_id}")
        holder, state, retry_at, attempts = given.get(grant_id, _NOTHING)
        if state is GrantState.GRANTING and retry_at == case.now and not attempts:
            just_begun |= {f"AR-{request_id}", requester, holder}
    return just_begun


def _draw(jobs: dict[str, NewJob], card_id: int, at: datetime) -> None:
    key = f"card:{card_id}"
    known = jobs.get(key)
    if known is None or at < known.run_at:
        jobs[key] = NewJob("card", key, key, {"card": card_id}, Urgency.TELL, at)
