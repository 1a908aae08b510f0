"""Move a request or a grant to its next state, by the table of moves, with an audit entry."""

from collections.abc import Mapping
from typing import Any

from models.catalogue.spec.enums import RequestKind
from models.errors import Closed
from models.lifecycle import redraw
from models.store.outcome import Outcome
from models.tables.grants import Grant
from models.tables.requests import STAGES, Request
from models.tables.states import GRANT_MOVES, REQUEST_MOVES, GrantEvent, GrantState, RequestEvent, StageState


def record_request(out: Outcome, request: Request, by: str, action: str, /, **data: Any) -> None:
    """Write an audit entry about a request; `data` is what JSON can hold."""
    out.record(by, action, request.ref, app=request.app_key, person=request.beneficiary_id, **data)


def record_grant(out: Outcome, grant: Grant, by: str, action: str, /, **data: Any) -> None:
    """Write an audit entry about a grant, in the same way."""
    out.record(by, action, grant.ref, app=grant.app_key, person=grant.person_id, **data)


class IllegalMove(Exception):
    """A defect: the table has no such move."""


_NOTHING: Mapping[str, Any] = {}


def move_request(
    out: Outcome,
    request: Request,
    event: RequestEvent,
    by: str,
    also: Mapping[str, Any] = _NOTHING,
    **data: Any,
) -> Request:
    """Move a request, with an audit entry that has `data`; `also` are further columns.

    Raises:
        Closed: The request is in a state that has no such move.
    """
    request = out.case.get_one(Request, request.id)
    before = request.state
    after = REQUEST_MOVES.get((before, event))
    if after is None:
        raise Closed(f"{request.ref} is already {before.label.lower()}.")
    request = out.change(request, **also, state=after)
    record_request(out, request, by, f"request.{after}", before=before, after=after, **data)
    return request


def move_grant(
    out: Outcome, grant: Grant, event: GrantEvent, by: str, also: Mapping[str, Any] = _NOTHING, **data: Any
) -> Grant:
    """Move a grant, with an audit entry that has `data`; `also` are further columns.

    Raises:
        IllegalMove: The table has no such move; callers check the state before.
    """
    grant = out.case.get_one(Grant, grant.id)
    before = grant.state
    after = GRANT_MOVES.get((before, event))
    if after is None:
        raise IllegalMove(f"{grant.ref} is {before}: there is no {event}")
    grant = out.change(grant, **also, state=after)
    record_grant(out, grant, by, f"grant.{after}", before=before, after=after, event=event, **data)
    return grant


def close_request(out: Outcome, request: Request, event: RequestEvent, by: str, note: str = "") -> Request:
    """Close a request with its undecided stages.

    Raises:
        Closed: Somebody was faster.
    """
    closing = {"closed_at": out.now, "closed_by": by, "closing_note": note}
    request = move_request(out, request, event, by, closing, note=note)
    for row in out.case.all(STAGES, request.id):
        if row.state in (StageState.OPEN, StageState.WAITING):
            out.change(row, state=StageState.CLOSED, closed_at=out.now)
    if request.kind is RequestKind.EXTEND and event is not RequestEvent.APPROVE:
        _end_grace(out, request)
    redraw.redraw_request(out, request)
    return request


def _end_grace(out: Outcome, request: Request) -> None:
    """Let the grant end that an extension, which was not approved, held up."""
    grant = out.case.lock(Grant, request.grant_id)
    if grant is not None and grant.state is GrantState.ACTIVE:
        out.change(grant, due_at=grant.ends_at)
