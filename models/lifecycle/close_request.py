"""Close a request, whatever ended it. What an approval leads to begins in `models.lifecycle.request.stages`.

It belongs neither to requests nor to grants: a grant that ends closes its extension too.
"""

from models.catalogue.spec.enums import RequestKind
from models.lifecycle import redraw
from models.lifecycle.transitions import move_request
from models.store.outcome import Outcome
from models.tables.grants import Grant
from models.tables.requests import STAGES, Request
from models.tables.states import GrantState, RequestEvent, StageState


def close_request(out: Outcome, request: Request, event: RequestEvent, by: str, note: str = "") -> Request:
    """Close a request with its undecided stages; raises Closed where somebody was first."""
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
