"""Read what a person holds, and what they requested last and can request again."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, func, select, text

from models.catalogue.spec.enums import RequestKind
from models.lifecycle.request.duplicates import pending_or_held
from models.queries.paging import Pages, paged, read_page
from models.registry.directory import Directory
from models.registry.policy_snapshot import Snapshot, hand_policies, policy_of
from models.statements import among
from models.store.case import Case
from models.tables.grants import Grant, Task
from models.tables.requests import Request

RECENT = 3
"""How many closed requests are shown, to be made again."""
_LOOKED_THROUGH = 30
"""The last closed requests that these are looked for among."""

# As `ix_grants_holder` has them, and `ix_requests_requester`: a page costs the same, however much there was.
_HELD = (Grant.person_id == bindparam("person"), Grant.over_at.is_(None))
_COUNT = select(func.count()).select_from(Grant).where(*_HELD)
_LIVE = paged(select(Grant).where(*_HELD).order_by(Grant.id.desc()))
_LAST_CLOSED = (
    select(Request)
    .where(Request.requester_id == bindparam("person"), Request.closed_at.is_not(None))
    .order_by(Request.closed_at.desc(), Request.state.desc(), Request.id.desc())
    .limit(_LOOKED_THROUGH)
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
    snapshot: Snapshot
    """The app and the access, as they were requested."""


@dataclass(frozen=True)
class MyAccess:
    """The tab "My access"."""

    live: tuple[HeldGrant, ...]
    """Newest first."""
    recent: tuple[tuple[Request, Grant | None], ...]
    """The last closed requests that can be made again, one of an access, with their grants; first page."""
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
    return MyAccess(
        live=held_of(case, read_page(case, _LIVE, window, person=person_id)),
        recent=_recent(case, person_id) if pages.number == 0 else (),
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
    hand_policies(case, {grant.policy for grant in grants})
    return tuple(
        HeldGrant(grant, extensions.get(grant.id), workers.get(grant.id, ()), policy_of(case, grant.policy))
        for grant in grants
    )


def _recent(case: Case, person_id: str) -> tuple[tuple[Request, Grant | None], ...]:
    latest: dict[tuple[str, str, str], Request] = {}
    for request in case.read(_LAST_CLOSED, person=person_id):
        if request.kind is not RequestKind.EXTEND:
            latest.setdefault((request.beneficiary_id, request.app_key, request.access_key), request)
    taken = pending_or_held(case, set(latest))
    recent = [request for access, request in latest.items() if access not in taken][:RECENT]
    case.hand(Grant, [request.grant_id for request in recent if request.grant_id])
    return tuple(
        (request, case.get(Grant, request.grant_id) if request.grant_id else None) for request in recent
    )
