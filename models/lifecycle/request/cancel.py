"""Taking a request back: by the requester, or by an admin."""

from models.errors import NotAllowed
from models.lifecycle.references import lock_request
from models.lifecycle.request import stages
from models.registry.permissions import only_admins
from models.store.tx import Tx
from models.tables.requests import Request
from models.tables.states import RequestEvent


def withdraw(tx: Tx, ref: str, by: str) -> Request:
    """The requester does not want it any more. Raises Closed where it is decided already."""
    request = lock_request(tx, ref)
    if by != request.requester_id:
        raise NotAllowed("Only the person who asked can withdraw a request.")
    stages.close(tx, request, RequestEvent.WITHDRAW, by)
    return request


def cancel(tx: Tx, ref: str, by: str, note: str = "") -> Request:
    """An admin ends a request that should not be decided."""
    request = lock_request(tx, ref)
    only_admins(tx.session, by, "cancel somebody’s request")
    stages.close(tx, request, RequestEvent.CANCEL, by, note)
    return request
