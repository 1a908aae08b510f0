"""Read what a person has requested: what waits, what is in progress, and then what is closed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, func, not_, or_, select, text

from models.lifecycle.request.duplicates import pending_or_held
from models.queries.my_access import HeldGrant, held_of
from models.queries.paging import Pages, Window, paged, read_page
from models.queries.stage_stories import RequestProgress, progress_of
from models.registry.directory import Directory
from models.statements import among
from models.store.case import Case
from models.tables.base import is_a
from models.tables.grants import Grant
from models.tables.requests import Request
from models.tables.states import GrantState, RequestState

Status = RequestState | GrantState

# As `ix_grants_live` has them: of all grants there are, few are on their way at a time.
_ON_THE_WAY = text(
    "grants.over_at IS NULL AND grants.state IN ('scheduled', 'granting', 'revoking', 'failed')"
)
_MINE = Request.requester_id == bindparam("person")
_PENDING = and_(_MINE, Request.closed_at.is_(None), Request.state == RequestState.PENDING)
_GRANT = exists().where(Grant.id == Request.grant_id)
# The access is not there yet, or not gone yet. An extension makes no grant: it is done once it is approved.
_MOVES = Request.id.in_(select(Grant.request_id).where(_ON_THE_WAY))
_CLOSED = and_(_MINE, Request.closed_at.is_not(None))
_STATUS = or_(among(Request.state, "requests"), _GRANT.where(among(Grant.state, "grants")))
# In the order of `ix_requests_requester`, which has the state between the moment and the id.
_LATEST_CLOSED = (Request.closed_at.desc(), Request.state.desc(), Request.id.desc())


class _Part:
    """One of the lists of requests, whole or filtered by status, to be counted and paged."""

    def __init__(self, which: ColumnElement[bool], *order: Any) -> None:
        self._counts = [_counted(which), _counted(which, _STATUS)]
        self._pages = [paged(select(Request).where(*where).order_by(*order)) for where in _filters(which)]

    def count(self, case: Case, **values: Any) -> int:
        (number,) = case.read(self._counts[_is_filtered(values)], **values)
        return int(number)

    def page(self, case: Case, window: Window, **values: Any) -> list[Request]:
        return read_page(case, self._pages[_is_filtered(values)], window, **values)


def _filters(which: ColumnElement[bool]) -> tuple[tuple[ColumnElement[bool], ...], ...]:
    return (which,), (which, _STATUS)


def _counted(*which: ColumnElement[bool]) -> Select[int]:
    return select(func.count()).select_from(Request).where(*which)


def _is_filtered(values: Mapping[str, Any]) -> bool:
    return "requests" in values


_PARTS = (
    _Part(_PENDING, Request.id.desc()),
    _Part(and_(_CLOSED, _MOVES), *_LATEST_CLOSED),
    _Part(and_(_CLOSED, not_(_MOVES)), *_LATEST_CLOSED),
)
"""What waits, what is in progress, what is closed."""


@dataclass(frozen=True)
class MyRequests:
    """The tab "My requests"."""

    pending: tuple[tuple[Request, RequestProgress | None], ...]
    """Newest first; the progress is missing only where no stage decides."""
    in_progress: tuple[Request, ...]
    """Approved, and the access is not there yet or not gone yet; the most recently approved first."""
    closed: tuple[Request, ...]
    """The most recently closed first."""
    grants: Mapping[int, Grant]
    """The grants of `in_progress` and `closed`, by their id."""
    unavailable: Mapping[int, HeldGrant | None]
    """By id, those of these two that cannot be requested again now: the access is held (None: requested)."""
    statuses: tuple[Status, ...]
    """Only requests that have one of these, or whose grant has; empty: all."""
    admins: tuple[str, ...]
    """The people to ask about what failed."""
    pages: Pages


def count_requests(case: Case, person_id: str) -> int:
    """Count the open requests of a person: those that wait, and those in progress."""
    return sum(part.count(case, person=person_id) for part in _PARTS[:2])


def my_requests(case: Case, person_id: str, statuses: Collection[Status], page: int) -> MyRequests:
    """One page of a person's requests: what waits, then what is in progress, then what is closed."""
    values: dict[str, Any] = {"person": person_id}
    if statuses:
        values["requests"] = [status for status in statuses if isinstance(status, RequestState)]
        values["grants"] = [status for status in statuses if isinstance(status, GrantState)]
    lengths = [part.count(case, **values) for part in _PARTS]
    pages = Pages.of(page, sum(lengths))
    pending, in_progress, closed = (
        part.page(case, window, **values) for part, window in zip(_PARTS, pages.windows(lengths), strict=True)
    )
    where, over = progress_of(case, pending), [*in_progress, *closed]
    grant_ids = {request.grant_id for request in over if request.grant_id}
    case.hand(Grant, grant_ids)
    return MyRequests(
        pending=tuple((request, where.get(request.id)) for request in pending),
        in_progress=tuple(in_progress),
        closed=tuple(closed),
        grants={grant_id: case.get_one(Grant, grant_id) for grant_id in grant_ids},
        unavailable=_unavailable(case, over),
        statuses=tuple(statuses),
        admins=Directory(case).admins(),
        pages=pages,
    )


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
