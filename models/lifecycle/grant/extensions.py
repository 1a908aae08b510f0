"""The request for more time that waits about a grant. There is one at most."""

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from models.catalogue.words import RequestKind
from models.store.tx import Tx
from models.tables.grants import Grant
from models.tables.requests import Request
from models.tables.states import GrantState, RequestState

# Every end asks this. A statement that is made once costs half of one that is made anew.
_WAITING = select(Request).where(
    Request.grant_id == bindparam("grant"),
    Request.kind == RequestKind.EXTEND,
    Request.state == RequestState.PENDING,
)
_HELD = _WAITING.with_for_update()


def waiting(session: Session, grant: Grant) -> Request | None:
    """The request for more time that waits to be decided, if there is one."""
    return session.scalars(_WAITING, {"grant": grant.id}).first()


def hold(tx: Tx, grant_id: int) -> None:
    """Keep others from deciding on more time for this grant until the commit.

    To be called before the grant is locked: whoever decides locks the request first, and then the grant.
    """
    tx.session.scalars(_HELD, {"grant": grant_id}, execution_options={"populate_existing": True}).all()


def end_grace(tx: Tx, request: Request) -> None:
    """An extension that was not approved holds up its grant's end no longer."""
    grant = tx.locked(Grant, request.grant_id)
    if grant is not None and grant.state is GrantState.ACTIVE:
        grant.due_at = grant.ends_at
