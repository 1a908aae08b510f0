"""The next thing that Keyturn does by itself, read from the database."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, select

from bot.sandbox.browser import DueEvent
from models.store.case import Case
from models.tables.grants import Grant
from models.tables.jobs import Job, JobState
from models.tables.people import Delegation
from models.tables.requests import Request
from models.tables.reviews import Review
from models.tables.states import RequestState


def _next(at: Any, *conditions: ColumnElement[bool]) -> Select[Any]:
    """The row with the earliest time after now in this column."""
    return select(at.class_).where(at > bindparam("now"), *conditions).order_by(at).limit(1)


def _access_name(grant: Grant) -> str:
    return f"{grant.app_name} · {grant.access_name}"


def _move(grant: Grant) -> str:
    ends = grant.ends_at is not None and grant.due_at is not None and grant.due_at >= grant.ends_at
    return f"{_access_name(grant)} {'ends' if ends else 'starts'}"


_IS_PENDING = Request.state == RequestState.PENDING
# For each kind of event: the next row, the column with its time, and its name.
_KINDS: tuple[tuple[Select[Any], str, Callable[[Any], str]], ...] = (
    (_next(Grant.due_at), "due_at", _move),
    (_next(Grant.notice_at), "notice_at", lambda grant: f"{_access_name(grant)}: notice"),
    (_next(Request.expires_at, _IS_PENDING), "expires_at", lambda request: f"{request.ref} expires"),
    (_next(Request.remind_at, _IS_PENDING), "remind_at", lambda request: f"{request.ref}: reminder"),
    (_next(Request.escalate_at, _IS_PENDING), "escalate_at", lambda request: f"{request.ref}: escalation"),
    (_next(Request.warn_at, _IS_PENDING), "warn_at", lambda request: f"{request.ref}: warning"),
    (_next(Review.remind_at), "remind_at", lambda review: f"{review.ref}: reminder"),
    (_next(Delegation.due_at), "due_at", lambda _delegation: "A delegation starts or ends"),
)
_RETRY = select(func.min(Job.run_at)).where(Job.state == JobState.READY, Job.run_at > bindparam("now"))


def next_due(case: Case) -> DueEvent | None:
    """The next event after now, None if nothing is scheduled."""
    return min(_events(case), key=lambda due: due.at, default=None)


def next_retry(case: Case) -> datetime | None:
    """When the next job that waits, as after a failure, runs again; None if none waits."""
    return next((at for at in case.read(_RETRY, now=case.now) if at is not None), None)


def _events(case: Case) -> Iterator[DueEvent]:
    for query, column, name in _KINDS:
        for row in case.read(query, now=case.now):
            yield DueEvent(getattr(row, column), name(row))
