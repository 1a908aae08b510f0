"""Read what a person holds, and what they held last."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, func, select, text

from models.catalogue.spec.enums import RequestKind
from models.lifecycle.request.duplicates import pending_or_held
from models.queries.paging import Pages, paged, read_page
from models.registry.directory import Directory
from models.statements import among
from models.store.case import Case
from models.tables.grants import Grant, Task
from models.tables.requests import Request

ENDED = 5
"""How many grants that are over are shown."""

# As `ix_grants_holder` has them: a page costs the same, however much a person held.
_HELD = (Grant.person_id == bindparam("person"), Grant.over_at.is_(None))
_COUNT = select(func.count()).select_from(Grant).where(*_HELD)
_LIVE = paged(select(Grant).where(*_HELD).order_by(Grant.id.desc()))
_ENDED = (
    select(Grant)
    .where(Grant.person_id == bindparam("person"), Grant.over_at.is_not(None))
    .order_by(Grant.over_at.desc(), Grant.id.desc())
    .limit(ENDED)
)
_EXTENSIONS = select(Request).where(
    among(Request.grant_id, "grants"),
    Request.kind == RequestKind.EXTEND,
    text("requests.state = 'pending'"),
)
_BY_HAND = select(Task.grant_id, Task.asked).where(
    among(Task.grant_id, "grants"), text("tasks.state = 'open'")
)


@dataclass(frozen=True)
class HeldGrant:
    """A grant that is not over."""

    grant: Grant
    extension: Request | None
    """A pending extension."""
    task_workers: tuple[str, ...]
    """The people whose open task it is to provision or revoke it."""


@dataclass(frozen=True)
class MyAccess:
    """The tab "My access"."""

    live: tuple[HeldGrant, ...]
    """Newest first."""
    ended: tuple[Grant, ...]
    """The last few that are over, on the first page."""
    requestable: frozenset[int]
    """Those of `ended`, by id, that can be requested again: they are not held or requested by now."""
    admins: tuple[str, ...]
    """The people to ask about what failed."""
    pages: Pages


def count_access(case: Case, person_id: str) -> int:
    """Count the grants of a person that are not over."""
    (number,) = case.read(_COUNT, person=person_id)
    return int(number)


def my_access(case: Case, person_id: str, page: int, total: int) -> MyAccess:
    """One page of what a person holds; `total` is from `count_access`."""
    pages = Pages.of(page, total)
    (window,) = pages.windows([total])
    ended = tuple(case.read(_ENDED, person=person_id)) if pages.number == 0 else ()
    return MyAccess(
        live=held_of(case, read_page(case, _LIVE, window, person=person_id)),
        ended=ended,
        requestable=_requestable(case, ended),
        admins=Directory(case).admins(),
        pages=pages,
    )


def held_of(case: Case, grants: Sequence[Grant]) -> tuple[HeldGrant, ...]:
    """These grants, each with its pending extension and open task."""
    if not grants:
        return ()
    ids = [grant.id for grant in grants]
    extensions = {request.grant_id: request for request in case.read(_EXTENSIONS, grants=ids)}
    workers = {grant_id: tuple(people) for grant_id, people in case.read(_BY_HAND, grants=ids)}
    return tuple(HeldGrant(grant, extensions.get(grant.id), workers.get(grant.id, ())) for grant in grants)


def _requestable(case: Case, ended: Sequence[Grant]) -> frozenset[int]:
    accesses = {grant.id: (grant.person_id, grant.app_key, grant.access_key) for grant in ended}
    taken = pending_or_held(case, set(accesses.values()))
    return frozenset(grant_id for grant_id, access in accesses.items() if access not in taken)
