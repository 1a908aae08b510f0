"""Who asks for too much, or says too much, is refused, with what to do instead."""

from datetime import timedelta

from sqlalchemy import bindparam, func, select

from models.errors import Denied, Invalid
from models.rate_limits import Limits
from models.store.tx import Tx
from models.tables.requests import Comment, Request
from models.tables.states import RequestState

HOUR = timedelta(hours=1)

_OF_ONE = select(func.count()).where(Request.requester_id == bindparam("person"))
_THEIRS = select(
    _OF_ONE.where(Request.state == RequestState.PENDING).scalar_subquery(),
    _OF_ONE.where(Request.created_at > bindparam("since")).scalar_subquery(),
)
_SAID = select(func.count()).where(
    Comment.request_id == bindparam("request"),
    Comment.person_id == bindparam("person"),
    Comment.at > bindparam("since"),
)


def refuse_requests(tx: Tx, person_id: str, wanted: int, limits: Limits, *, emergency: bool = False) -> None:
    """Raises Denied, with what to do instead, where so many more are too many."""
    theirs = {"person": person_id, "since": tx.now - HOUR}
    waiting, lately = tx.session.execute(_THEIRS, theirs).one()
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


def refuse_comment(tx: Tx, request: Request, person_id: str, limits: Limits) -> None:
    """Raises Invalid where somebody has said too much about a request in the last hour."""
    lately = {"request": request.id, "person": person_id, "since": tx.now - HOUR}
    if (tx.session.scalar(_SAID, lately) or 0) >= limits.comments_an_hour:
        raise Invalid(
            f"You have commented on {request.ref} {limits.comments_an_hour} times in the last hour. "
            "Everybody involved is told of each. Try again in an hour.",
            field="comment",
        )
