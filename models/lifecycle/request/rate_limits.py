"""Limits of how much one person may request and comment, and the refusals beyond them."""

from dataclasses import dataclass
from datetime import timedelta

from models.errors import Denied, Invalid
from models.store.case import Case
from models.tables.requests import COMMENTS, OF_REQUESTER, PENDING_OF_REQUESTER, Request


@dataclass(frozen=True)
class Limits:
    """For each person."""

    open_requests: int = 50
    """Asked for, and waiting for a decision. Emergencies wait for none, and this keeps nobody from them."""
    requests_an_hour: int = 100
    comments_an_hour: int = 60
    """On one request."""


DEFAULT_LIMITS = Limits()


HOUR = timedelta(hours=1)


def refuse_too_many_requests(
    case: Case, person_id: str, wanted: int, limits: Limits, *, emergency: bool = False
) -> None:
    """Raises Denied, with what to do instead, where so many more are too many."""
    waiting = case.count(PENDING_OF_REQUESTER, person_id)
    lately = case.count(OF_REQUESTER, person_id, since=("created_at", case.now - HOUR))
    if not emergency and waiting + wanted > limits.open_requests:
        raise Denied(_too_many(waiting, wanted, limits.open_requests), field="access")
    if lately + wanted > limits.requests_an_hour:
        raise Denied(
            f"You have asked for {lately} things in the last hour, and {limits.requests_an_hour} is "
            "the most. Nothing of this was sent. Try again in an hour.",
            field="access",
        )


def _too_many(waiting: int, wanted: int, most: int) -> str:
    limit = f"{most} is the most for one person. "
    if wanted > 1:
        would = (
            f"With these {wanted}, {waiting + wanted} of your requests would wait for a decision, and {limit}"
        )
        return f"{would}Ask for fewer at once."
    return (
        f"{waiting} of your requests wait for a decision, and {limit}"
        "Withdraw what you do not need any more on App Home, or wait until some are decided."
    )


def refuse_too_many_comments(case: Case, request: Request, person_id: str, limits: Limits) -> None:
    """Raises Invalid where somebody has said too much about a request in the last hour."""
    since = case.now - HOUR
    if case.count(COMMENTS, request.id, since=("at", since)) < limits.comments_an_hour:
        return  # of everybody together
    theirs = [row for row in case.all(COMMENTS, request.id) if row.person_id == person_id]
    if sum(row.at > since for row in theirs) >= limits.comments_an_hour:
        raise Invalid(
            f"You have commented on {request.ref} {limits.comments_an_hour} times in the last hour. "
            "Everybody involved is told of each. Try again in an hour.",
            field="comment",
        )
