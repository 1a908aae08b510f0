"""Read what a person has requested: pending requests with their progress, then closed ones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, select

from models.lifecycle.request.duplicates import pending_or_held
from models.queries.my_access import HeldGrant, held_of
from models.queries.paging import Pages, paged, read_page
from models.queries.stage_stories import RequestProgress, progress_of
from models.store.case import Case
from models.tables.base import is_a
from models.tables.grants import Grant
from models.tables.requests import Request
from models.tables.states import RequestState


def _number(*which: ColumnElement[bool]) -> Select[int]:
    return select(func.count()).select_from(Request).where(*which)


def _latest(*which: ColumnElement[bool]) -> Select[Any]:
    # In the order of `ix_requests_requester`, which has the state between the moment and the id.
    order = (Request.closed_at.desc(), Request.state.desc(), Request.id.desc())
    return paged(select(Request).where(*which).order_by(*order))


_MINE = Request.requester_id == bindparam("person")
_PENDING = (_MINE, Request.closed_at.is_(None), Request.state == RequestState.PENDING)
_CLOSED = (_MINE, Request.closed_at.is_not(None))
_CLOSED_AS = (*_CLOSED, Request.state == bindparam("status"))
_HOW_MANY_PENDING = _number(*_PENDING)
_HOW_MANY_CLOSED, _HOW_MANY_CLOSED_AS = _number(*_CLOSED), _number(*_CLOSED_AS)
_NEWEST_PENDING = paged(select(Request).where(*_PENDING).order_by(Request.id.desc()))
_LATEST_CLOSED, _LATEST_CLOSED_AS = _latest(*_CLOSED), _latest(*_CLOSED_AS)


@dataclass(frozen=True)
class MyRequests:
    """The tab "My requests"."""

    pending: tuple[tuple[Request, RequestProgress | None], ...]
    """Newest first; the progress is missing only where no stage decides."""
    closed: tuple[Request, ...]
    """The most recently closed first."""
    unavailable: Mapping[int, HeldGrant | None]
    """By id, those of `closed` that cannot be requested again now: the access is held (None: requested)."""
    status: RequestState | None
    """Only those of this status; None: all."""
    pages: Pages


def count_requests(case: Case, person_id: str) -> int:
    """Count the pending requests of a person."""
    (number,) = case.read(_HOW_MANY_PENDING, person=person_id)
    return int(number)


def my_requests(
    case: Case, person_id: str, status: RequestState | None, page: int, pending: int
) -> MyRequests:
    """One page of a person's requests: the pending ones first (so many as `pending` says), then closed."""
    lengths = [
        pending if status in (None, RequestState.PENDING) else 0,
        _closed(case, person_id, status) if status is not RequestState.PENDING else 0,
    ]
    pages = Pages.of(page, sum(lengths))
    show_pending, show_closed = pages.windows(lengths)
    latest = _LATEST_CLOSED if status is None else _LATEST_CLOSED_AS
    open_now = read_page(case, _NEWEST_PENDING, show_pending, person=person_id)
    over = read_page(case, latest, show_closed, person=person_id, status=status)
    where = progress_of(case, open_now)
    return MyRequests(
        pending=tuple((request, where.get(request.id)) for request in open_now),
        closed=tuple(over),
        unavailable=_unavailable(case, over),
        status=status,
        pages=pages,
    )


def _closed(case: Case, person_id: str, status: RequestState | None) -> int:
    statement = _HOW_MANY_CLOSED if status is None else _HOW_MANY_CLOSED_AS
    (number,) = case.read(statement, person=person_id, status=status)
    return int(number)


def _unavailable(case: Case, over: Sequence[Request]) -> dict[int, HeldGrant | None]:
    accesses = {row.id: (row.beneficiary_id, row.app_key, row.access_key) for row in over}
    taken = pending_or_held(case, set(accesses.values()))
    held = held_of(case, [row for row in taken.values() if is_a(row, Grant)])
    by_grant = {row.grant.id: row for row in held}
    return {
        request_id: by_grant[taken[access].id] if is_a(taken[access], Grant) else None
        for request_id, access in accesses.items()
        if access in taken
    }
