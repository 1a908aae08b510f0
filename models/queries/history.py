"""Read what a person decided or was asked about, whoever concluded it."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Integer, Select, bindparam, select, union

from models.queries.paging import PAGE, Pages
from models.queries.to_do import PERSON, TO_DECIDE
from models.statements import among
from models.store.case import Case
from models.tables.requests import Asked, Decision, Request

LATEST = 5
"""How many of them To do shows."""
LAST_PAGE = 499
"""The last page that is read: what is further back stands in the audit trail."""

_REACH: Any = bindparam("reach", type_=Integer)


def _latest(column: Any, *which: Any) -> Select[int]:
    """The latest request ids of one source, in the order of its index, which goes no further than `reach`."""
    rows = select(column.label("id")).where(*which).group_by(column).order_by(column.desc()).limit(_REACH)
    return select(rows.subquery().c.id)


_IDS = union(
    _latest(Asked.request_id, Asked.person_id == PERSON, Asked.request_id.not_in(TO_DECIDE)),
    # Whoever became an approver a moment before the click was not asked.
    _latest(Decision.request_id, Decision.person_id == PERSON),
).subquery()
_HISTORY = (
    select(_IDS.c.id)
    .order_by(_IDS.c.id.desc())
    .limit(bindparam("most", type_=Integer))
    .offset(bindparam("skip", type_=Integer))
)
_OWN_DECISIONS = select(Decision).where(Decision.person_id == PERSON, among(Decision.request_id, "requests"))


@dataclass(frozen=True)
class Concluded:
    """A request that somebody decided or was asked about."""

    request: Request
    decision: Decision | None
    """Their own."""


@dataclass(frozen=True)
class History:
    """The part "Decided by you and others" of To do, newest request first."""

    entries: tuple[Concluded, ...]
    pages: Pages


def history(case: Case, person_id: str, page: int) -> History:
    """One page of what a person decided or was asked about and need not decide (any more)."""
    number = min(max(page, 0), LAST_PAGE)
    entries = _read(case, person_id, number * PAGE, PAGE + 1)
    if number and not entries:
        return history(case, person_id, 0)
    pages = Pages.uncounted(number, min(len(entries), PAGE if number == LAST_PAGE else PAGE + 1))
    return History(entries[:PAGE], pages)


def latest_history(case: Case, person_id: str) -> tuple[tuple[Concluded, ...], bool]:
    """The first few of them, and whether there are more."""
    entries = _read(case, person_id, 0, LATEST + 1)
    return entries[:LATEST], len(entries) > LATEST


def _read(case: Case, person_id: str, skip: int, most: int) -> tuple[Concluded, ...]:
    ids = case.read(_HISTORY, person=person_id, skip=skip, most=most, reach=skip + most)
    case.hand(Request, ids)
    rows = case.read(_OWN_DECISIONS, person=person_id, requests=ids) if ids else []
    own = {decision.request_id: decision for decision in rows}
    return tuple(Concluded(case.get_one(Request, key), own.get(key)) for key in ids)
