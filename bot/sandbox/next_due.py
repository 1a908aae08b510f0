"""What happens next by itself, as the database knows it."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Select, select

from bot.sandbox.browser import Due
from models.store.case import Case
from models.tables.grants import Grant
from models.tables.requests import Request
from models.tables.reviews import Review
from models.tables.states import RequestState


def _soonest(at: Any, *which: ColumnElement[bool]) -> Select[Any]:
    """The rows that this column has the earliest moments of."""
    return select(at.class_).where(at.is_not(None), *which).order_by(at).limit(20)


_IS_PENDING = Request.state == RequestState.PENDING
_MOVING, _NOTICED = _soonest(Grant.due_at), _soonest(Grant.notice_at)
_EXPIRING = _soonest(Request.expires_at, _IS_PENDING)
_REMINDED = _soonest(Request.remind_at, _IS_PENDING)
_ESCALATED = _soonest(Request.escalate_at, _IS_PENDING)
_WARNED = _soonest(Request.warn_at, _IS_PENDING)
_REVIEWED = _soonest(Review.remind_at)


def next_due(case: Case) -> Due | None:
    """What comes next by itself, after now; None where nothing is ahead."""
    ahead = [each for each in (*_grants(case), *_requests(case), *_reviews(case)) if each.at > case.now]
    return min(ahead, key=lambda each: each.at, default=None)


def _grants(case: Case) -> Iterator[Due]:
    for grant in case.read(_MOVING):
        ends = grant.ends_at is not None and grant.due_at >= grant.ends_at
        yield Due(grant.due_at, f"{_what(grant)} {'ends' if ends else 'goes on'}")
    for grant in case.read(_NOTICED):
        yield Due(grant.notice_at, f"A notice that {_what(grant)} will end")


def _requests(case: Case) -> Iterator[Due]:
    for request in case.read(_EXPIRING):
        yield Due(request.expires_at, f"{request.ref} expires, if nobody decides")
    for request in case.read(_REMINDED):
        yield Due(request.remind_at, f"The approvers of {request.ref} are reminded")
    for request in case.read(_ESCALATED):
        yield Due(request.escalate_at, f"The alternates of {request.ref} are asked too")
    for request in case.read(_WARNED):
        yield Due(request.warn_at, f"A warning that {request.ref} is about to expire")


def _reviews(case: Case) -> Iterator[Due]:
    for review in case.read(_REVIEWED):
        yield Due(review.remind_at, f"The reviewers of {review.ref} are reminded")


def _what(grant: Grant) -> str:
    return f"{grant.app_name}, {grant.access_name} ({grant.ref})"
