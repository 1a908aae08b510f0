"""What a person has asked for: what is open, with its progress, then what became of the rest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import Session

from models.lifecycle.request.duplicates import in_the_way
from models.queries import brief
from models.queries.my_access import Held, held_of
from models.queries.paging import Pages
from models.queries.standing import Standing, standings
from models.tables.grants import Grant
from models.tables.requests import Request
from models.tables.states import RequestState


@dataclass(frozen=True)
class MyRequests:
    """The tab "My requests". The requests' `policy` is not loaded."""

    pending: tuple[tuple[Request, Standing | None], ...]
    """Newest first; the standing is missing only for what no stage decides."""
    closed: tuple[Request, ...]
    """The one that was closed last first."""
    instead: Mapping[int, Held | None]
    """By id, those of `closed` that cannot be asked for again now: the access is held (None: asked for)."""
    status: RequestState | None
    """Only those of this status; None: all."""
    pages: Pages


def count(session: Session, person_id: str) -> int:
    """How many requests of a person are pending."""
    return _number(session, _pending(person_id))


def my_requests(session: Session, person_id: str, status: RequestState | None, page: int) -> MyRequests:
    """One page of what a person has asked for: the pending ones first, then the history."""
    pending, closed = _pending(person_id), _closed(person_id, status)
    lengths = [
        _number(session, pending) if status in (None, RequestState.PENDING) else 0,
        _number(session, closed) if status is not RequestState.PENDING else 0,
    ]
    pages = Pages.of(page, sum(lengths))
    (skip_pending, show_pending), (skip_closed, show_closed) = pages.windows(lengths)
    newest = _brief(pending).order_by(Request.id.desc())
    # In the order of the index, which has the state between the moment and the id.
    latest = _brief(closed).order_by(Request.closed_at.desc(), Request.state.desc(), Request.id.desc())
    open_now = session.scalars(newest.offset(skip_pending).limit(show_pending)).all()
    over = session.scalars(latest.offset(skip_closed).limit(show_closed)).all()
    where = standings(session, open_now)
    return MyRequests(
        pending=tuple((request, where.get(request.id)) for request in open_now),
        closed=tuple(over),
        instead=_instead(session, over),
        status=status,
        pages=pages,
    )


def _instead(session: Session, over: Sequence[Request]) -> dict[int, Held | None]:
    wanted = {one.id: (one.beneficiary_id, one.app_key, one.access_key) for one in over}
    found = in_the_way(session, set(wanted.values()))
    held = held_of(session, [one for one in found.values() if isinstance(one, Grant)])
    by_grant: dict[Grant | Request, Held] = {one.grant: one for one in held}
    return {key: by_grant.get(found[what]) for key, what in wanted.items() if what in found}


def _pending(person_id: str) -> ColumnElement[bool]:
    return and_(
        Request.requester_id == person_id,
        Request.closed_at.is_(None),
        Request.state == RequestState.PENDING,
    )


def _closed(person_id: str, status: RequestState | None) -> ColumnElement[bool]:
    closed = and_(Request.requester_id == person_id, Request.closed_at.is_not(None))
    return closed if status is None else and_(closed, Request.state == status)


def _number(session: Session, which: ColumnElement[bool]) -> int:
    return session.scalars(select(func.count()).select_from(Request).where(which)).one()


def _brief(which: ColumnElement[bool]) -> Select[Request]:
    return select(Request).where(which).options(*brief.REQUEST)
