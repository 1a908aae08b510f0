"""The request for more time that waits about a grant. There is one at most."""

from sqlalchemy import select

from models.catalogue.words import RequestKind
from models.grants import Grant
from models.requests import Request
from models.states import GrantState, RequestState
from models.store.tx import Tx

_WAITS = (Request.kind == RequestKind.EXTEND, Request.state == RequestState.PENDING)


def waiting(tx: Tx, grant: Grant) -> Request | None:
    """The request for more time that waits to be decided, if there is one."""
    return tx.session.scalars(select(Request).where(Request.grant_id == grant.id, *_WAITS)).first()


def hold(tx: Tx, grant_id: int) -> None:
    """Keep others from deciding on more time for this grant until the commit.

    To be called before the grant is locked: whoever decides locks the request first, and then the grant.
    """
    found = select(Request).where(Request.grant_id == grant_id, *_WAITS).with_for_update()
    tx.session.scalars(found.execution_options(populate_existing=True)).all()


def end_grace(tx: Tx, request: Request) -> None:
    """An extension that was not approved holds up its grant's end no longer."""
    grant = tx.locked(Grant, request.grant_id)
    if grant is not None and grant.state is GrantState.ACTIVE:
        grant.due_at = grant.ends_at
