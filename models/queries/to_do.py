"""What waits for a person: requests to decide, work by hand, and for admins what failed and what is stuck."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from models.jobs import Job, JobState
from models.queries import brief
from models.queries.paging import Pages
from models.queries.standing import Standing, standings
from models.registry.directory import Directory
from models.tables.catalogue import App
from models.tables.catalogue_changes import Proposal, for_others
from models.tables.delegations import Delegation
from models.tables.grants import Grant, Task, open_task_of
from models.tables.requests import Asked, Decision, Request
from models.tables.reviews import Review, open_review_of
from models.tables.states import GrantState, RequestState

DECIDED = 5
"""How many of one's own decisions are shown."""
STAND_INS = 10
"""How many absences are shown."""
WATCHED = 5
"""How many requests that others decide are shown."""


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
    """The tab "To do", each kind newest first. `policy` and `connector` are not loaded."""

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


def waiting(session: Session, person_id: str) -> Waiting:
    """Count what waits for a person."""
    admin = Directory(session).is_admin(person_id)
    return Waiting(
        decisions=_number(session, _to_decide(person_id)),
        tasks=_number(session, select(Task.id).where(open_task_of(person_id))),
        changes=_number(session, for_others(person_id).with_only_columns(Proposal.id)) if admin else 0,
        reviews=_number(session, select(Review.id).where(open_review_of(person_id))),
        failed=_number(session, select(Grant.id).where(Grant.state == GrantState.FAILED)) if admin else 0,
        parked=_number(session, select(Job.id).where(Job.state == JobState.PARKED)) if admin else 0,
    )


def to_do(session: Session, person_id: str, page: int, counts: Waiting) -> ToDo:
    """One page of what waits for a person, of whom `waiting` said how much that is."""
    lengths = [
        counts.decisions,
        counts.tasks,
        counts.changes,
        counts.reviews,
        counts.failed,
        counts.parked,
    ]
    pages = Pages.of(page, counts.total)
    decide, tasks, changes, reviews, failed, parked = pages.windows(lengths)
    return ToDo(
        decide=_decide(session, person_id, *decide),
        tasks=_tasks(session, person_id, *tasks),
        changes=_proposed(session, person_id, *changes),
        reviews=_reviews(session, person_id, *reviews),
        failed=_failed(session, *failed),
        parked=_parked(session, *parked),
        decided=_decided(session, person_id) if pages.number == 0 else (),
        away=_stand_ins(session, Delegation.person_id == person_id) if pages.number == 0 else (),
        stands_in=_stand_ins(session, Delegation.delegate_id == person_id) if pages.number == 0 else (),
        first=pages.number == 0,
        watched=_watched(session, person_id) if pages.number == 0 else (),
        pages=pages,
    )


def _to_decide(person_id: str) -> Select[int]:
    """Ids of the pending requests whose open stage asks this person, whose vote is not given."""
    given = or_(
        Decision.person_id == person_id,
        Decision.seat_id == person_id,
        and_(Asked.seat_id != "", Asked.seat_id.in_((Decision.person_id, Decision.seat_id))),
    )
    has_decided = exists().where(Decision.request_id == Asked.request_id, given)
    return (
        select(Asked.request_id)
        .join(Request, and_(Request.id == Asked.request_id, Request.position == Asked.position))
        .where(Asked.person_id == person_id, Request.state == RequestState.PENDING, ~has_decided)
    )


def _number(session: Session, ids: Select[int]) -> int:
    return session.scalars(select(func.count()).select_from(ids.subquery())).one()


def _decide(session: Session, person_id: str, skip: int, most: int) -> tuple[tuple[Request, Standing], ...]:
    ids = _to_decide(person_id).order_by(Asked.request_id.desc()).offset(skip).limit(most)
    found = select(Request).where(Request.id.in_(session.scalars(ids).all())).options(*brief.REQUEST)
    requests = session.scalars(found.order_by(Request.id.desc())).all()
    where = standings(session, requests)
    return tuple((request, where[request.id]) for request in requests)


def _stand_ins(session: Session, whose: ColumnElement[bool]) -> tuple[Delegation, ...]:
    found = select(Delegation).where(whose, Delegation.due_at.is_not(None)).order_by(Delegation.starts_at)
    return tuple(session.scalars(found.limit(STAND_INS)))


def _watched(session: Session, person_id: str) -> tuple[tuple[Request, Standing], ...]:
    mine = (Request.requester_id == person_id) | (Request.beneficiary_id == person_id)
    found = select(Request).where(
        Request.state == RequestState.PENDING, ~mine, Request.id.not_in(_to_decide(person_id))
    )
    if not Directory(session).is_admin(person_id):
        found = found.where(Request.app_key.in_(_owned(session, person_id)))
    rows = session.scalars(found.order_by(Request.id).limit(WATCHED).options(*brief.REQUEST)).all()
    where = standings(session, rows)
    return tuple((request, where[request.id]) for request in rows)


def _owned(session: Session, person_id: str) -> list[str]:
    """The keys of the apps that this person owns and that somebody asks for."""
    person = Directory(session).person(person_id)
    if person is None or not person.active:
        return []
    asked = select(Request.app_key).where(Request.state == RequestState.PENDING).distinct()
    names = {person_id, person.email.lower() or person_id}
    owners = session.execute(select(App.key, App.spec["owners"]).where(App.key.in_(asked)))
    return [
        key
        for key, named in owners
        if names & {str(one).lower() if "@" in one else one for one in named or ()}
    ]


def _tasks(session: Session, person_id: str, skip: int, most: int) -> tuple[tuple[Task, Grant], ...]:
    found = select(Task, Grant).join(Grant, Grant.id == Task.grant_id).where(open_task_of(person_id))
    rows = session.execute(
        found.order_by(Task.grant_id.desc(), Task.direction).offset(skip).limit(most).options(*brief.GRANT)
    )
    return tuple((task, grant) for task, grant in rows)


def _proposed(session: Session, person_id: str, skip: int, most: int) -> tuple[Proposal, ...]:
    found = for_others(person_id).order_by(Proposal.id.desc()).offset(skip).limit(most)
    return tuple(session.scalars(found))


def _reviews(session: Session, person_id: str, skip: int, most: int) -> tuple[tuple[Review, Request], ...]:
    found = select(Review, Request).join(Request, Request.id == Review.request_id)
    rows = session.execute(
        found.where(open_review_of(person_id))
        .order_by(Review.id.desc())
        .offset(skip)
        .limit(most)
        .options(*brief.REQUEST)
    )
    return tuple((review, request) for review, request in rows)


def _failed(session: Session, skip: int, most: int) -> tuple[Grant, ...]:
    found = select(Grant).where(Grant.state == GrantState.FAILED).order_by(Grant.id.desc())
    return tuple(session.scalars(found.offset(skip).limit(most).options(*brief.GRANT)))


def _parked(session: Session, skip: int, most: int) -> tuple[Job, ...]:
    found = select(Job).where(Job.state == JobState.PARKED).order_by(Job.id.desc())
    return tuple(session.scalars(found.offset(skip).limit(most)))


def _decided(session: Session, person_id: str) -> tuple[tuple[Decision, Request], ...]:
    found = (
        select(Decision, Request)
        .join(Request, Request.id == Decision.request_id)
        .where(Decision.person_id == person_id)
        .order_by(Decision.at.desc(), Decision.request_id.desc())
        .limit(DECIDED)
    )
    rows = session.execute(found.options(*brief.REQUEST))
    return tuple((decision, request) for decision, request in rows)
