"""The request for more time that waits about a grant. There is one at most."""

from models.store.case import Case
from models.store.outcome import Outcome
from models.tables.grants import Grant
from models.tables.requests import EXTENDING, Request
from models.tables.states import GrantState


def waiting(case: Case, grant: Grant) -> Request | None:
    """The request for more time that waits to be decided, if there is one."""
    return case.first(EXTENDING, grant.id)


def hold(case: Case, grant_id: int) -> None:
    """Keep others from deciding on more time for this grant until the commit.

    To be called before the grant is locked: whoever decides locks the request first, and then the grant.
    """
    case.lock_all(EXTENDING, grant_id)


def end_grace(out: Outcome, request: Request) -> None:
    """An extension that was not approved holds up its grant's end no longer."""
    grant = out.case.lock(Grant, request.grant_id)
    if grant is not None and grant.state is GrantState.ACTIVE:
        out.change(grant, due_at=grant.ends_at)
