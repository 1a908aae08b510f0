"""The next thing that Keyturn does by itself, read from the database."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Select, select

from bot.sandbox.browser import DueEvent
from models.store.case import Case
from models.tables.grants import Grant
from models.tables.requests import Request
from models.tables.reviews import Review
from models.tables.states import RequestState


def _earliest(at: Any, *conditions: ColumnElement[bool]) -> Select[Any]:
    """The rows with the earliest times in this column."""
    return select(at.class_).where(at.is_not(None), *conditions).order_by(at).limit(20)


_IS_PENDING = Request.state == RequestState.PENDING
_GRANTS_DUE, _NOTICES_DUE = _earliest(Grant.due_at), _earliest(Grant.notice_at)
_EXPIRY = _earliest(Request.expires_at, _IS_PENDING)
_REMINDERS = _earliest(Request.remind_at, _IS_PENDING)
_ESCALATIONS = _earliest(Request.escalate_at, _IS_PENDING)
_WARNINGS = _earliest(Request.warn_at, _IS_PENDING)
_REVIEW_REMINDERS = _earliest(Review.remind_at)


def next_due(case: Case) -> DueEvent | None:
    """The next event after now, None if nothing is due."""
    events = [due for due in (*_grants(case), *_requests(case), *_reviews(case)) if due.at > case.now]
    return min(events, key=lambda due: due.at, default=None)


def _grants(case: Case) -> Iterator[DueEvent]:
    for grant in case.read(_GRANTS_DUE):
        ends = grant.ends_at is not None and grant.due_at >= grant.ends_at
        yield DueEvent(grant.due_at, f"{_access_name(grant)} {'ends' if ends else 'goes on'}")
    for grant in case.read(_NOTICES_DUE):
        yield DueEvent(grant.notice_at, f"A notice that {_access_name(grant)} will end")


def _requests(case: Case) -> Iterator[DueEvent]:
    for request in case.read(_EXPIRY):
        yield DueEvent(request.expires_at, f"{request.ref} expires, if nobody decides")
    for request in case.read(_REMINDERS):
        yield DueEvent(request.remind_at, f"The approvers of {request.ref} are reminded")
    for request in case.read(_ESCALATIONS):
        yield DueEvent(request.escalate_at, f"The alternates of {request.ref} are asked too")
    for request in case.read(_WARNINGS):
        yield DueEvent(request.warn_at, f"A warning that {request.ref} is about to expire")


def _reviews(case: Case) -> Iterator[DueEvent]:
    for review in case.read(_REVIEW_REMINDERS):
        yield DueEvent(review.remind_at, f"The reviewers of {review.ref} are reminded")


def _access_name(grant: Grant) -> str:
    return f"{grant.app_name}, {grant.access_name} ({grant.ref})"
