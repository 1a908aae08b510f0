"""Rate limits: how much one person may request and comment, and the refusals beyond that."""

from dataclasses import dataclass
from datetime import timedelta

from models.errors import Denied, Invalid
from models.store.case import Case
from models.tables.requests import COMMENTS, OF_REQUESTER, PENDING_OF_REQUESTER, Request


@dataclass(frozen=True)
class Limits:
    """For each person."""

    open_requests: int = 50
    """Pending at a time. It keeps nobody from an emergency, which waits for no decision."""
    requests_an_hour: int = 100
    comments_an_hour: int = 60
    """On one request."""


DEFAULT_LIMITS = Limits()
HOUR = timedelta(hours=1)


def refuse_too_many_requests(
    case: Case, person_id: str, number: int, limits: Limits, *, emergency: bool = False
) -> None:
    """Refuse `number` more requests of one person where they are too many.

    Raises:
        Denied: Beyond a limit, with what to do instead; field "access".
    """
    pending = case.count(PENDING_OF_REQUESTER, person_id)
    recent = case.count(OF_REQUESTER, person_id, since=("created_at", case.now - HOUR))
    if not emergency and pending + number > limits.open_requests:
        raise Denied(_too_many(pending, number, limits.open_requests), field="access")
    if recent + number > limits.requests_an_hour:
        raise Denied(
            f"You have sent {recent} requests in the last hour; the limit is "
            f"{limits.requests_an_hour}. Nothing was sent. Try again in an hour.",
            field="access",
        )


def _too_many(pending: int, number: int, most: int) -> str:
    if number > 1:
        return (
            f"With these {number} you would have {pending + number} open requests; the limit is {most}. "
            "Request fewer at once."
        )
    return (
        f"You have {pending} open request{'' if pending == 1 else 's'}; the limit is {most}. "
        "Withdraw some on App Home, or wait for decisions."
    )


def refuse_too_many_comments(case: Case, request: Request, person_id: str, limits: Limits) -> None:
    """Refuse one more comment on a request where somebody has written too many in the last hour.

    Raises:
        Invalid: Beyond the limit; field "comment".
    """
    since = case.now - HOUR
    if case.count(COMMENTS, request.id, since=("at", since)) < limits.comments_an_hour:
        return  # of everybody together
    theirs = [row for row in case.all(COMMENTS, request.id) if row.person_id == person_id]
    if sum(row.at > since for row in theirs) >= limits.comments_an_hour:
        raise Invalid(
            f"You have commented on {request.ref} {limits.comments_an_hour} times in the last hour, "
            "and everyone involved is notified. Try again in an hour.",
            field="comment",
        )
