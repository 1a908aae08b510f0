"""A form that is sent twice: Slack did not hear in time that it was taken, and asked to try again."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from models.errors import SentAlready
from models.store.tx import Tx
from models.tables.requests import Decision, Request, Term
from models.text_cleanup import tidy

A_MOMENT = timedelta(minutes=10)
"""Whoever sends the same after longer than this means it."""


def is_the_same(
    request: Request, by: str, term: Term, reason: str, now: datetime, *, emergency: bool = False
) -> bool:
    """Whether a request was made a moment ago of what this person sends now, with the same in it."""
    return (
        request.requester_id == by
        and now - request.created_at < A_MOMENT
        and (request.asked_term, request.reason, request.emergency)
        == (term.to_json(), tidy(reason), emergency)
    )


def refuse_decision(
    tx: Tx, request: Request, by: str, approves: bool, comment: str, term: Term | None
) -> None:
    """Raises SentAlready where this person has decided so on this request a moment ago."""
    theirs = select(Decision).where(
        Decision.request_id == request.id, Decision.person_id == by, Decision.at > tx.now - A_MOMENT
    )
    said = (approves, tidy(comment), term.to_json() if term else None)
    if any((one.approve, one.comment, one.term) == said for one in tx.session.scalars(theirs)):
        raise SentAlready(f"We have it: your decision on {request.ref} was sent a moment ago.")


def taken(requests: Sequence[Request]) -> SentAlready:
    """What to say of these."""
    refs = sorted({request.ref for request in requests}, key=lambda ref: int(ref[3:]))
    if len(refs) == 1:
        return SentAlready(f"We have it: {refs[0]} was sent a moment ago. Its card shows how it goes on.")
    listed = f"{', '.join(refs[:-1])} and {refs[-1]}"
    return SentAlready(f"We have it: {listed} were sent a moment ago. Their cards show how it goes on.")
