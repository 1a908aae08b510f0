"""Moving a request or a grant from one state to the next: by the table of moves, and on record.

What else changes with the state is changed with it (`also`, by column), so that a row is changed once.

Whether somebody else was faster is found at the save, which writes only where the row still has the state
that it was moved from (`models.store.save`).
"""

from collections.abc import Mapping
from typing import Any

from models.errors import Closed
from models.lifecycle import audit_entries
from models.store.outcome import Outcome
from models.tables.grants import Grant
from models.tables.requests import Request
from models.tables.states import GRANT_MOVES, REQUEST_MOVES, GrantEvent, RequestEvent


class IllegalMove(Exception):
    """A defect: code asked for a move that the table does not have."""


_NOTHING: Mapping[str, Any] = {}


def move_request(
    out: Outcome,
    request: Request,
    event: RequestEvent,
    by: str,
    also: Mapping[str, Any] = _NOTHING,
    **data: Any,
) -> Request:
    """Move a request and record it, with `data`; raises Closed where it has no such move any more."""
    request = out.case.get_one(Request, request.id)
    before = request.state
    after = REQUEST_MOVES.get((before, event))
    if after is None:
        raise Closed(f"{request.ref} is {before.label.lower()} already.")
    request = out.change(request, **also, state=after)
    audit_entries.of_request(out, request, by, f"request.{after}", before=before, after=after, **data)
    return request


def move_grant(
    out: Outcome, grant: Grant, event: GrantEvent, by: str, also: Mapping[str, Any] = _NOTHING, **data: Any
) -> Grant:
    """Move a grant and record it, with `data`; raises IllegalMove where the table has no such move."""
    grant = out.case.get_one(Grant, grant.id)
    before = grant.state
    after = GRANT_MOVES.get((before, event))
    if after is None:
        raise IllegalMove(f"{grant.ref} is {before}: there is no {event}")
    grant = out.change(grant, **also, state=after)
    audit_entries.of_grant(out, grant, by, f"grant.{after}", before=before, after=after, event=event, **data)
    return grant
