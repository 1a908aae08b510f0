"""End a request undecided: withdrawn, cancelled by an admin, or no longer in the catalogue."""

from sqlalchemy import select, text

from models.catalogue.spec.enums import RequestKind
from models.errors import NotAllowed
from models.lifecycle.transitions import close_request
from models.registry import apps
from models.registry.by_reference import lock_request
from models.registry.permissions import only_admins
from models.store.case import Case
from models.store.outcome import Outcome
from models.tables.requests import Request
from models.tables.states import RequestEvent, RequestState

_PENDING = select(Request.id, Request.app_key, Request.access_key).where(
    text("requests.state = 'pending'"), Request.kind != RequestKind.EXTEND
)
"""Of all pending requests, only what they are about: there are many, and few are cancelled."""


def withdraw(out: Outcome, ref: str, by: str) -> Request:
    """Withdraw one's own request.

    Raises:
        NotAllowed: It is somebody else's.
        Closed: It is decided already.
    """
    request = lock_request(out.case, ref)
    if by != request.requester_id:
        raise NotAllowed("Only the requester can withdraw a request.")
    return close_request(out, request, RequestEvent.WITHDRAW, by)


def cancel(out: Outcome, ref: str, by: str, note: str = "") -> Request:
    """Cancel a request, as an admin.

    Raises:
        NotAllowed: `by` is no admin.
        Closed: It is decided already.
    """
    request = lock_request(out.case, ref)
    only_admins(out.case, by, "cancel someone’s request")
    return close_request(out, request, RequestEvent.CANCEL, by, note)


def cancel_unoffered(out: Outcome, by: str) -> None:
    """Cancel the pending requests for accesses that the catalogue does not have any more.

    Grants stay and may still be extended. Requests for what is only switched off are decided as usual.
    """
    ids = _unoffered(out.case)
    if ids:
        out.case.lock_now(Request, ids)
    for request_id in ids:
        request = out.case.lock(Request, request_id)
        if request is not None and request.state is RequestState.PENDING:
            note = f"{request.app_name} · {request.access_name} is no longer in the catalogue."
            close_request(out, request, RequestEvent.CANCEL, by, note)


def _unoffered(case: Case) -> list[int]:
    """Their ids in order, with those that this unit of work has made."""
    pending: dict[int, tuple[str, str]] = {key: (app, access) for key, app, access in case.read(_PENDING)}
    for request in case.changed(Request):
        if request.kind is not RequestKind.EXTEND:
            pending[request.id] = (request.app_key, request.access_key)
    offered: dict[str, set[str]] = {}
    for app_key in {app_key for app_key, _ in pending.values()}:
        app = apps.find_app(case, app_key)
        offered[app_key] = {access.key for access in app.access} if app else set()
    return sorted(key for key, (app_key, access_key) in pending.items() if access_key not in offered[app_key])
