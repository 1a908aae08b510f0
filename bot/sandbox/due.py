"""What happens next by itself, as the database knows it."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from bot.sandbox.browser import Due
from models.tables.grants import Grant
from models.tables.requests import Request
from models.tables.reviews import Review
from models.tables.states import RequestState


def next_due(session: Session, now: datetime) -> Due | None:
    """What comes next by itself, after now; None where nothing is ahead."""
    ahead = [each for each in (*_grants(session), *_requests(session), *_reviews(session)) if each.at > now]
    return min(ahead, key=lambda each: each.at, default=None)


def _grants(session: Session) -> Iterator[Due]:
    due = select(Grant).where(Grant.due_at.is_not(None)).order_by(Grant.due_at).limit(20)
    for grant in session.scalars(due):
        if grant.due_at:
            ends = grant.ends_at is not None and grant.due_at >= grant.ends_at
            yield Due(grant.due_at, f"{_what(grant)} {'ends' if ends else 'goes on'}")
    notices = select(Grant).where(Grant.notice_at.is_not(None)).order_by(Grant.notice_at).limit(20)
    for grant in session.scalars(notices):
        if grant.notice_at:
            yield Due(grant.notice_at, f"A notice that {_what(grant)} will end")


def _requests(session: Session) -> Iterator[Due]:
    pending = select(Request).where(Request.state == RequestState.PENDING)
    for request in session.scalars(pending.order_by(Request.expires_at).limit(20)):
        yield Due(request.expires_at, f"{request.ref} expires, if nobody decides")
    for request in session.scalars(_with(pending, Request.remind_at)):
        if request.remind_at:
            yield Due(request.remind_at, f"The approvers of {request.ref} are reminded")
    for request in session.scalars(_with(pending, Request.escalate_at)):
        if request.escalate_at:
            yield Due(request.escalate_at, f"The alternates of {request.ref} are asked too")
    for request in session.scalars(_with(pending, Request.warn_at)):
        if request.warn_at:
            yield Due(request.warn_at, f"A warning that {request.ref} is about to expire")


def _with(rows: Select[Request], at: Any) -> Select[Request]:
    return rows.where(at.is_not(None)).order_by(at).limit(20)


def _reviews(session: Session) -> Iterator[Due]:
    waiting = select(Review).where(Review.remind_at.is_not(None)).order_by(Review.remind_at).limit(20)
    for review in session.scalars(waiting):
        if review.remind_at:
            yield Due(review.remind_at, f"The reviewers of {review.ref} are reminded")


def _what(grant: Grant) -> str:
    return f"{grant.app_name}, {grant.access_name} ({grant.ref})"
