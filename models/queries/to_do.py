"""What waits for a person: requests to decide, work by hand, and for admins what failed and what is stuck."""

from dataclasses import dataclass
from typing import Any

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

from models.catalogue.spec.references import address_key, person_key
from models.jobs.table import Job
from models.queries.paging import Pages, Window, cut, paged, read_page
from models.queries.pending_stages import Standing, standings
from models.registry.directory import Directory
from models.store.case import Case
from models.store.statements import among
from models.tables.catalogue import OPEN_CHANGES, App, Proposal
from models.tables.grants import OPEN_TASK_OF, Grant, Task
from models.tables.people import Delegation
from models.tables.requests import Asked, Decision, Request
from models.tables.reviews import OPEN_REVIEWS, Review

DECIDED = 5
"""How many of one's own decisions are shown."""
STAND_INS = 10
"""How many absences are shown."""
WATCHED = 5
"""How many requests that others decide are shown."""

_PERSON: BindParameter[str] = bindparam("person", type_=String)
# What waits is literal SQL, for the indexes of what is open. SQLite would still go over all requests by their
# ids if it were not given a time to compare, or if it were to sort by the bare id.
_PENDING = text("requests.state = 'pending' AND requests.expires_at > '1970-01-01'")
_IN_ORDER = Request.id + 0
_FAILED, _PARKED = text("grants.state = 'failed'"), text("jobs.state = 'parked'")


def _to_decide() -> Select[int]:
    """Ids of the pending requests whose open stage asks this person, whose vote is not given."""
    voted = exists().where(
        Decision.request_id == Asked.request_id,
        or_(
            Decision.person_id == _PERSON,
            Decision.seat_id == _PERSON,
            and_(Asked.seat_id != "", Asked.seat_id.in_((Decision.person_id, Decision.seat_id))),
        ),
    )
    # Whoever was asked a hundred thousand times is asked by few of the requests that are open.
    oldest = select(func.min(_IN_ORDER)).where(_PENDING).scalar_subquery()
    return (
        select(Asked.request_id)
        .join(Request, and_(Request.id == Asked.request_id, Request.position == Asked.position))
        .where(
            Asked.person_id == _PERSON, Asked.request_id >= oldest, text("requests.state = 'pending'"), ~voted
        )
    )


def _number(ids: Select[Any]) -> ScalarSelect[int]:
    return select(func.count()).select_from(ids.subquery()).scalar_subquery()


def _watched(*which: Any) -> Select[Any]:
    others = (Request.requester_id != _PERSON, Request.beneficiary_id != _PERSON)
    found = select(Request).where(_PENDING, *others, Request.id.not_in(_TO_DECIDE), *which)
    return found.order_by(_IN_ORDER).limit(WATCHED)


def _absences(whose: Any) -> Select[Any]:
    ahead = select(Delegation).where(whose == _PERSON, Delegation.due_at.is_not(None))
    return ahead.order_by(Delegation.starts_at).limit(STAND_INS)


_TO_DECIDE = _to_decide()
_NUMBERS = select(_number(_TO_DECIDE), _number(select(Task.id).where(OPEN_TASK_OF)))
_ADMINS_NUMBERS = select(_number(select(Grant.id).where(_FAILED)), _number(select(Job.id).where(_PARKED)))
_DECIDE = paged(_TO_DECIDE.order_by(Asked.request_id.desc()))
_TASKS = paged(select(Task).where(OPEN_TASK_OF).order_by(Task.grant_id.desc(), Task.direction))
_FAILED_GRANTS = paged(select(Grant).where(_FAILED).order_by(Grant.id.desc()))
_PARKED_JOBS = paged(select(Job).where(_PARKED).order_by(Job.id.desc()))
_DECIDED = (
    select(Decision)
    .where(Decision.person_id == _PERSON)
    .order_by(Decision.at.desc(), Decision.request_id.desc())
    .limit(DECIDED)
)
_AWAY, _STANDS_IN = _absences(Delegation.person_id), _absences(Delegation.delegate_id)
_WATCHED, _WATCHED_OF_APPS = _watched(), _watched(among(Request.app_key, "apps"))
_OWNERS_ASKED = select(App.key, App.spec["owners"]).where(
    App.key.in_(select(Request.app_key).where(_PENDING))
)


@dataclass(frozen=True)
class Waiting:
    """How much waits for a person, by kind."""

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
class ToDo:
    """The tab "To do", each kind newest first."""

    decide: tuple[tuple[Request, Standing], ...]
    tasks: tuple[tuple[Task, Grant], ...]
    changes: tuple[Proposal, ...]
    """Changes of the catalogue that others propose; for admins."""
    reviews: tuple[tuple[Review, Request], ...]
    """Emergencies to be looked at."""
    failed: tuple[Grant, ...]
    """Grants that could not be given or taken; for admins."""
    parked: tuple[Job, ...]
    """Jobs that were given up; for admins."""
    decided: tuple[tuple[Decision, Request], ...]
    """What the person decided last, on the first page."""
    pages: Pages
    first: bool = False
    """Whether it is the first page, where what goes beyond the things to do stands too."""
    away: tuple[Delegation, ...] = ()
    """Who stands in for the person, now and later, on the first page."""
    stands_in: tuple[Delegation, ...] = ()
    """For whom the person stands in, the same."""
    watched: tuple[tuple[Request, Standing], ...] = ()
    """What waits longest for others, on the first page; for owners of their apps, for admins of any."""


def waiting(case: Case, person_id: str) -> Waiting:
    """Count what waits for a person."""
    decisions, tasks = case.read(_NUMBERS, person=person_id)[0]
    reviews = len(_to_review(case, person_id))
    if not Directory(case).is_admin(person_id):
        return Waiting(decisions, tasks, 0, reviews, 0, 0)
    failed, parked = case.read(_ADMINS_NUMBERS)[0]
    return Waiting(decisions, tasks, len(_for_others(case, person_id)), reviews, failed, parked)


def to_do(case: Case, person_id: str, page: int, counts: Waiting) -> ToDo:
    """One page of what waits for a person, of whom `waiting` said how much that is."""
    lengths = [counts.decisions, counts.tasks, counts.changes, counts.reviews, counts.failed, counts.parked]
    pages = Pages.of(page, counts.total)
    decide, tasks, changes, reviews, failed, parked = pages.windows(lengths)
    first = pages.number == 0
    return ToDo(
        decide=_decide(case, person_id, decide),
        tasks=_tasks(case, person_id, tasks),
        changes=tuple(cut(_for_others(case, person_id), changes) if changes[1] else ()),
        reviews=_reviews(case, person_id, reviews),
        failed=tuple(read_page(case, _FAILED_GRANTS, failed)),
        parked=tuple(read_page(case, _PARKED_JOBS, parked)),
        decided=_decided(case, person_id) if first else (),
        away=tuple(case.read(_AWAY, person=person_id)) if first else (),
        stands_in=tuple(case.read(_STANDS_IN, person=person_id)) if first else (),
        first=first,
        watched=_watch(case, person_id) if first else (),
        pages=pages,
    )


def _to_review(case: Case, person_id: str) -> list[Review]:
    """The emergencies that this person may review, newest first."""
    return [one for one in reversed(case.all(OPEN_REVIEWS)) if person_id in one.asked]


def _for_others(case: Case, person_id: str) -> list[Proposal]:
    """The changes of the catalogue that an admin can decide on, since others have made them; newest first."""
    return [one for one in reversed(case.all(OPEN_CHANGES)) if one.by != person_id]


def _decide(case: Case, person_id: str, window: Window) -> tuple[tuple[Request, Standing], ...]:
    ids = read_page(case, _DECIDE, window, person=person_id)
    case.hand(Request, ids)
    return _standing(case, [case.get_one(Request, one) for one in ids])


def _tasks(case: Case, person_id: str, window: Window) -> tuple[tuple[Task, Grant], ...]:
    rows = read_page(case, _TASKS, window, person=person_id)
    case.hand(Grant, [task.grant_id for task in rows])
    return tuple((task, case.get_one(Grant, task.grant_id)) for task in rows)


def _reviews(case: Case, person_id: str, window: Window) -> tuple[tuple[Review, Request], ...]:
    rows = cut(_to_review(case, person_id), window)
    case.hand(Request, [review.request_id for review in rows])
    return tuple((review, case.get_one(Request, review.request_id)) for review in rows)


def _decided(case: Case, person_id: str) -> tuple[tuple[Decision, Request], ...]:
    rows = case.read(_DECIDED, person=person_id)
    case.hand(Request, [decision.request_id for decision in rows])
    return tuple((decision, case.get_one(Request, decision.request_id)) for decision in rows)


def _watch(case: Case, person_id: str) -> tuple[tuple[Request, Standing], ...]:
    if Directory(case).is_admin(person_id):
        return _standing(case, case.read(_WATCHED, person=person_id))
    apps = _owned(case, person_id)
    return _standing(case, case.read(_WATCHED_OF_APPS, person=person_id, apps=apps)) if apps else ()


def _standing(case: Case, requests: list[Request]) -> tuple[tuple[Request, Standing], ...]:
    where = standings(case, requests)
    return tuple((request, where[request.id]) for request in requests)


def _owned(case: Case, person_id: str) -> list[str]:
    """The keys of the apps that this person owns and that somebody asks for."""
    person = Directory(case).person(person_id)
    if person is None or person.unfit:
        return []
    names = {person_id, address_key(person.email) or person_id}
    return [
        key
        for key, named in case.read(_OWNERS_ASKED)
        if names & {person_key(str(ref)) for ref in named or ()}
    ]
