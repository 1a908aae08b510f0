"""Read what a person has to do: decisions, tasks, reviews; for admins also what failed and what is stuck.

The most urgent first: by the time that is left, then by risk, then by age.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    ScalarSelect,
    Select,
    String,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
    text,
)

from models.lifecycle import check_conflicts
from models.policy import Conflict
from models.queries.paging import Pages, Window, page_slice, paged, read_page
from models.queries.stage_stories import RequestProgress, progress_of
from models.registry.directory import Directory
from models.registry.policy_snapshot import Snapshot, hand_policies, is_owner, policy_of
from models.statements import among
from models.store.case import Case
from models.tables.catalogue import OPEN_CHANGES, App, Proposal
from models.tables.grants import OPEN_TASK_OF, Direction, Grant, Task
from models.tables.jobs import Job
from models.tables.people import Delegation
from models.tables.requests import Asked, Decision, Request
from models.tables.reviews import OPEN_REVIEWS, Review

HOUR = timedelta(hours=1)
"""Times left that are the same number of hours are alike: of them the higher risk goes first."""
ABSENCES_SHOWN = 10
"""How many absences are shown."""
WATCHED = 5
"""How many requests that others decide are shown."""

PERSON: BindParameter[str] = bindparam("person", type_=String)
# Open states are literal SQL, for the partial indexes. SQLite would still go over all requests by their ids
# if it were not given a time to compare, or if it were to sort by the bare id.
_PENDING = text("requests.state = 'pending' AND requests.expires_at > '1970-01-01'")
_IN_ORDER = Request.id + 0
_FAILED, _PARKED = text("grants.state = 'failed'"), text("jobs.state = 'parked'")


def _to_decide(*columns: Any) -> Select[Any]:
    """The pending requests whose open stage asks this person, whose vote is not given."""
    voted = exists().where(
        Decision.request_id == Asked.request_id,
        or_(
            Decision.person_id == PERSON,
            Decision.seat_id == PERSON,
            and_(Asked.seat_id != "", Asked.seat_id.in_((Decision.person_id, Decision.seat_id))),
        ),
    )
    # Whoever was asked a hundred thousand times is asked by few of the requests that are open.
    oldest = select(func.min(_IN_ORDER)).where(_PENDING).scalar_subquery()
    return (
        select(*columns)
        .select_from(Asked)
        .join(Request, and_(Request.id == Asked.request_id, Request.position == Asked.position))
        .where(
            Asked.person_id == PERSON, Asked.request_id >= oldest, text("requests.state = 'pending'"), ~voted
        )
    )


def _number(ids: Select[Any]) -> ScalarSelect[int]:
    return select(func.count()).select_from(ids.subquery()).scalar_subquery()


def _watched(*which: Any) -> Select[Any]:
    others = (Request.requester_id != PERSON, Request.beneficiary_id != PERSON)
    requests = select(Request).where(_PENDING, *others, Request.id.not_in(TO_DECIDE), *which)
    return requests.order_by(_IN_ORDER).limit(WATCHED)


def _absences(whose: Any) -> Select[Any]:
    ahead = select(Delegation).where(whose == PERSON, Delegation.due_at.is_not(None))
    return ahead.order_by(Delegation.starts_at).limit(ABSENCES_SHOWN)


TO_DECIDE: Select[int] = _to_decide(Asked.request_id)
_NUMBERS = select(_number(TO_DECIDE), _number(select(Task.id).where(OPEN_TASK_OF)))
_ADMINS_NUMBERS = select(_number(select(Grant.id).where(_FAILED)), _number(select(Job.id).where(_PARKED)))
# All that waits for somebody is put in order, since the risk stands in the policy; of this little is read.
_DECIDE = _to_decide(Request.id, Request.expires_at, Request.policy, Request.created_at)
_TASKS = (
    select(Task.id, Task.direction, Grant.ends_at, Grant.policy, Task.created_at)
    .join(Grant, Grant.id == Task.grant_id)
    .where(OPEN_TASK_OF)
)
# What could not be revoked may still be used, so it goes first.
_FAILED_GRANTS = paged(select(Grant).where(_FAILED).order_by(Grant.failing.desc(), Grant.id))
_PARKED_JOBS = paged(select(Job).where(_PARKED).order_by(Job.id))
_AWAY, _STANDS_IN = _absences(Delegation.person_id), _absences(Delegation.delegate_id)
_WATCHED, _WATCHED_OF_APPS = _watched(), _watched(among(Request.app_key, "apps"))
_OWNERS_ASKED = select(App.key, App.spec["owners"]).where(
    App.key.in_(select(Request.app_key).where(_PENDING))
)


@dataclass(frozen=True)
class ToDoCounts:
    """How many things a person has to do, by kind."""

    decisions: int
    tasks: int
    changes: int
    reviews: int
    failed: int
    parked: int

    @property
    def total(self) -> int:
        return self.decisions + self.tasks + self.changes + self.reviews + self.failed + self.parked


@dataclass(frozen=True)
class Waiting:
    """A request that waits for the person's decision."""

    request: Request
    progress: RequestProgress
    snapshot: Snapshot
    conflicts: tuple[Conflict, ...] = ()
    """As things stand now."""


@dataclass(frozen=True)
class ToDo:
    """The tab "To do", each kind with the most urgent first."""

    to_decide: tuple[Waiting, ...]
    tasks: tuple[tuple[Task, Grant], ...]
    changes: tuple[Proposal, ...]
    """Changes of the catalogue proposed by others; for admins."""
    reviews: tuple[tuple[Review, Request], ...]
    """Emergencies to review."""
    failed: tuple[Grant, ...]
    """Grants that could not be provisioned or revoked; for admins."""
    parked: tuple[Job, ...]
    """Parked jobs; for admins."""
    pages: Pages
    first_page: bool = False
    """Whether it is the first page, which shows more than the things to do."""
    absences: tuple[Delegation, ...] = ()
    """The person's own absences with their delegates, now and later, on the first page."""
    covering: tuple[Delegation, ...] = ()
    """The absences in which the person is the delegate, the same."""
    for_others: tuple[tuple[Request, RequestProgress], ...] = ()
    """The requests that wait longest for others, on the first page: owners see their apps', admins all."""


class _Entry(NamedTuple):
    """Something that waits, as far as its place in the order depends on it."""

    id: int
    due: datetime | None
    """When its time is up; None: at no moment."""
    policy: str
    since: datetime


def count_to_do(case: Case, person_id: str) -> ToDoCounts:
    """Count what a person has to do."""
    decisions, tasks = case.read(_NUMBERS, person=person_id)[0]
    reviews = len(_to_review(case, person_id))
    if not Directory(case).is_admin(person_id):
        return ToDoCounts(decisions, tasks, 0, reviews, 0, 0)
    failed, parked = case.read(_ADMINS_NUMBERS)[0]
    return ToDoCounts(decisions, tasks, len(_for_others(case, person_id)), reviews, failed, parked)


def to_do(case: Case, person_id: str, page: int, counts: ToDoCounts) -> ToDo:
    """One page of what a person has to do; `counts` is from `count_to_do`."""
    lengths = [counts.decisions, counts.tasks, counts.changes, counts.reviews, counts.failed, counts.parked]
    pages = Pages.of(page, counts.total)
    decide, tasks, changes, reviews, failed, parked = pages.windows(lengths)
    first = pages.number == 0
    return ToDo(
        to_decide=_decide(case, person_id, decide),
        tasks=_tasks(case, person_id, tasks),
        changes=tuple(page_slice(_for_others(case, person_id), changes) if changes[1] else ()),
        reviews=_reviews(case, person_id, reviews),
        failed=tuple(read_page(case, _FAILED_GRANTS, failed)),
        parked=tuple(read_page(case, _PARKED_JOBS, parked)),
        absences=tuple(case.read(_AWAY, person=person_id)) if first else (),
        covering=tuple(case.read(_STANDS_IN, person=person_id)) if first else (),
        first_page=first,
        for_others=_watch(case, person_id) if first else (),
        pages=pages,
    )


def _to_review(case: Case, person_id: str) -> list[Review]:
    """The emergencies that this person may review, oldest first."""
    return [review for review in case.all(OPEN_REVIEWS) if person_id in review.asked]


def _for_others(case: Case, person_id: str) -> list[Proposal]:
    """The open changes by others, which this admin can decide on; oldest first."""
    return [change for change in case.all(OPEN_CHANGES) if change.by != person_id]


def _in_order(case: Case, entries: Collection[_Entry]) -> list[int]:
    """The ids of these by the hours that are left, then by risk, then by age."""
    hand_policies(case, {entry.policy for entry in entries})

    def urgency(entry: _Entry) -> tuple[float, int, datetime, int]:
        left = float("inf") if entry.due is None else (entry.due - case.now) // HOUR
        return left, -policy_of(case, entry.policy).policy.risk.rank, entry.since, entry.id

    return [entry.id for entry in sorted(entries, key=urgency)]


def _decide(case: Case, person_id: str, window: Window) -> tuple[Waiting, ...]:
    if not window[1]:
        return ()
    entries = [_Entry(*row) for row in case.read(_DECIDE, person=person_id)]
    ids = page_slice(_in_order(case, entries), window)
    case.hand(Request, ids)
    requests = [case.get_one(Request, request_id) for request_id in ids]
    check_conflicts.read_ahead(case, requests)
    return tuple(
        Waiting(request, progress, policy_of(case, request.policy), check_conflicts.clashes_of(case, request))
        for request, progress in _standing(case, requests)
    )


def _tasks(case: Case, person_id: str, window: Window) -> tuple[tuple[Task, Grant], ...]:
    if not window[1]:
        return ()
    entries = [
        # What is to be revoked is overdue already, whenever its end would have been.
        _Entry(task, since if direction is Direction.TAKE else ends_at, policy, since)
        for task, direction, ends_at, policy, since in case.read(_TASKS, person=person_id)
    ]
    ids = page_slice(_in_order(case, entries), window)
    case.hand(Task, ids)
    rows = [case.get_one(Task, task_id) for task_id in ids]
    case.hand(Grant, [task.grant_id for task in rows])
    return tuple((task, case.get_one(Grant, task.grant_id)) for task in rows)


def _reviews(case: Case, person_id: str, window: Window) -> tuple[tuple[Review, Request], ...]:
    rows = page_slice(_to_review(case, person_id), window)
    case.hand(Request, [review.request_id for review in rows])
    return tuple((review, case.get_one(Request, review.request_id)) for review in rows)


def _watch(case: Case, person_id: str) -> tuple[tuple[Request, RequestProgress], ...]:
    if Directory(case).is_admin(person_id):
        return _standing(case, case.read(_WATCHED, person=person_id))
    apps = _owned_apps(case, person_id)
    return _standing(case, case.read(_WATCHED_OF_APPS, person=person_id, apps=apps)) if apps else ()


def _standing(case: Case, requests: Sequence[Request]) -> tuple[tuple[Request, RequestProgress], ...]:
    where = progress_of(case, requests)
    return tuple((request, where[request.id]) for request in requests)


def _owned_apps(case: Case, person_id: str) -> list[str]:
    """The keys of the apps with pending requests that this person owns."""
    person = Directory(case).person(person_id)
    if person is None:
        return []
    return [key for key, owners in case.read(_OWNERS_ASKED) if is_owner(person, owners or ())]
