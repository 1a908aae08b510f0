"""What a unit of work has to show: cards to post, copies to redraw, App Homes to publish, all as jobs.

Verbs only say what they touched; it is looked up here once for the whole unit, the last thing before its jobs
are written.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.dialects import postgresql, sqlite

from models.jobs.work import NewJob, add_job
from models.statements import Sql, among
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
    select(Request.id, Request.requester_id, Grant.person_id, Grant.state, Grant.retry_at, Grant.attempts)
    .join(Grant, Grant.id == Request.grant_id)
    .where(among(Grant.id, "grants"))
)
# One that never got there is looked at again: its news may go out by e-mail.
_CARDS = select(Card.id, Card.person_id, Card.kind, Card.about).where(
    among(Card.about, "abouts"), or_(Card.gone.is_(False), Card.ts == "")
)
# Those who may decide and have no card see it on App Home.
_HOMES = select(Home.person_id).where(
    or_(
        among(Home.person_id, "people"),
        Home.person_id.in_(select(Asked.person_id).where(among(Asked.request_id, "requests"))),
    )
)


def wanted_jobs(
    case: Case, cards: Mapping[tuple[str, str, str], Json], touched: Iterable[str]
) -> dict[str, NewJob]:
    """Write down the cards that are not there yet; returns the jobs that draw what was touched, by key."""
    jobs: dict[str, NewJob] = {}
    if cards:
        _add_cards(case.sql, case.now, cards, jobs)
    names = set(touched)
    if names:
        _draw_touched(case, names, jobs)
    return jobs


def _add_cards(
    sql: Sql, now: datetime, cards: Mapping[tuple[str, str, str], Json], jobs: dict[str, NewJob]
) -> None:
    blank = {"channel": "", "ts": "", "digest": "", "gone": False, "created_at": now}
    sql.run(_ADD[sql.dialect.name], [cards[key] | blank for key in sorted(cards)])
    subjects = sorted({subject for _kind, subject, _person in cards})
    for card_id, *key in sql.all(_OF_SUBJECTS, subjects=subjects):
        if tuple(key) in cards:
            _draw(jobs, card_id, now)


def _draw_touched(case: Case, touched: set[str], jobs: dict[str, NewJob]) -> None:
    sql, now = case.sql, case.now
    just_begun = _requests_of_grants(case, touched)
    for card_id, person_id, kind, about in sql.all(_CARDS, abouts=sorted(touched)):
        waits = kind is CardKind.REQUEST and about in just_begun
        _draw(jobs, card_id, now + MOMENT if waits else now)
        touched.add(person_id)
    requests = [int(name[3:]) for name in touched if name.startswith("AR-")]
    for person_id in sql.all(_HOMES, people=sorted(touched), requests=requests):
        key, at = f"home:{person_id}", now + MOMENT if person_id in just_begun else now
        jobs[key] = NewJob("home", key, key, {"person": person_id}, Urgency.LATER, at)


def _requests_of_grants(case: Case, touched: set[str]) -> set[str]:
    """Touch the requests of the touched grants.

    Returns those whose access is given first in a moment, and whose they are.
    """
    grants = {int(name[3:]) for name in touched if name.startswith("GR-")}
    before = case.before.get(Grant, {})
    new = {row.id: row for row in case.changed(Grant) if row.id in grants and before[row.id] is None}
    # Of a new grant nobody but this unit of work has a request.
    found = [
        (one.id, one.requester_id, grant.person_id, grant.state, grant.retry_at, grant.attempts)
        for one in (case.changed(Request) if new else ())
        if one.grant_id is not None and (grant := new.get(one.grant_id)) is not None
    ]
    if grants := grants - new.keys():
        found += case.read(_REQUESTS, grants=sorted(grants))
    just_begun: set[str] = set()
    for request_id, requester, holder, state, retry_at, attempts in found:
        touched.add(f"AR-{request_id}")
        if state is GrantState.GRANTING and retry_at == case.now and not attempts:
            just_begun |= {f"AR-{request_id}", requester, holder}
    return just_begun


def _draw(jobs: dict[str, NewJob], card_id: int, at: datetime) -> None:
    key = f"card:{card_id}"
    add_job(jobs, NewJob("card", key, key, {"card": card_id}, Urgency.TELL, at))
