"""Moving a request or a grant from one state to the next.

By the table, by compare-and-swap, and on record.
"""

from typing import Any

from sqlalchemy import update

from models.errors import Closed
from models.grants import Grant
from models.lifecycle import recording
from models.requests import Request
from models.states import GRANT_MOVES, REQUEST_MOVES, GrantEvent, RequestEvent
from models.store.tx import Tx


class IllegalMove(Exception):
    """A defect: code asked for a move that the table does not have."""


def move_request(tx: Tx, request: Request, event: RequestEvent, by: str, **data: Any) -> None:
    """Move a request; raises Closed where somebody was first."""
    before = request.state
    after = REQUEST_MOVES.get((before, event))
    if after is None:
        raise Closed(f"{request.ref} is {before.label.lower()} already.")
    swapped = (
        update(Request)
        .where(Request.id == request.id, Request.state == before)
        .values(state=after)
        .returning(Request.id)
    )
    if tx.session.execute(swapped).first() is None:
        raise Closed(f"{request.ref} was decided a moment ago.")
    recording.of_request(tx, request, by, f"request.{after}", before=before, after=after, **data)


def move_grant(tx: Tx, grant: Grant, event: GrantEvent, by: str, **data: Any) -> None:
    """Move a grant; raises IllegalMove where the table has no such move, Closed where somebody was first."""
    before = grant.state
    after = GRANT_MOVES.get((before, event))
    if after is None:
        raise IllegalMove(f"{grant.ref} is {before}: there is no {event}")
    tx.session.flush()
    swapped = (
        update(Grant)
        .where(Grant.id == grant.id, Grant.state == before)
        .values(state=after)
        .returning(Grant.id)
    )
    if tx.session.execute(swapped).first() is None:
        raise Closed(f"{grant.ref} was changed a moment ago.")
    recording.of_grant(tx, grant, by, f"grant.{after}", before=before, after=after, event=event, **data)
