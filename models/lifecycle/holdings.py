"""What somebody has, is getting, and has asked for: over this, conflicts are looked at."""

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from models.catalogue.access_refs import access_ref
from models.catalogue.words import RequestKind
from models.policy import Hold, Holding
from models.tables.grants import Direction, Grant
from models.tables.requests import Request
from models.tables.states import LIVE_GRANTS, GrantState, RequestState

_HOW = {
    GrantState.SCHEDULED: Hold.SCHEDULED,
    GrantState.GRANTING: Hold.COMING,
    GrantState.ACTIVE: Hold.HAS,
    GrantState.REVOKING: Hold.GOING,
    GrantState.FAILED: Hold.GOING,
}


# Every card of an open request asks this. A statement that is made once costs half of one made anew.
_LIVE = (
    select(Grant)
    .where(Grant.person_id == bindparam("person"), Grant.state.in_(LIVE_GRANTS))
    .order_by(Grant.id)
)


def grants_of(session: Session, person_id: str) -> list[Grant]:
    """Everything that somebody has, or will have: what could not be given is not among it.

    What could not be taken is, since it may still be there.
    """
    live = session.scalars(_LIVE, {"person": person_id})
    return [one for one in live if one.failing is not Direction.GIVE or _under_way(one)]


def _under_way(grant: Grant) -> bool:
    """Whether what failed before is being tried again."""
    return grant.state is not GrantState.FAILED


def asked_by(session: Session, person_id: str, besides: int | None = None) -> list[Request]:
    """Everything that waits to be decided for somebody, but the request with this id.

    Not more time for what they have.
    """
    pending = select(Request).where(
        Request.beneficiary_id == person_id,
        Request.state == RequestState.PENDING,
        Request.kind != RequestKind.EXTEND,
        Request.id != besides if besides is not None else Request.id.is_not(None),
    )
    return list(session.scalars(pending.order_by(Request.id)))


def of_grant(grant: Grant) -> Holding:
    """A grant, as the policy sees it."""
    at = grant.starts_at if grant.state is GrantState.SCHEDULED else grant.ends_at
    return Holding(access_ref(grant.app_key, grant.access_key), titled(grant), _HOW[grant.state], at)


def of_request(request: Request) -> Holding:
    """A pending request, as the policy sees it."""
    return Holding(access_ref(request.app_key, request.access_key), titled(request), Hold.PENDING)


def titled(row: Grant | Request) -> str:
    """How people call an access: "Payments, Enter"."""
    return f"{row.app_name}, {row.access_name}"


def of_person(session: Session, person_id: str, besides: int | None = None) -> tuple[Holding, ...]:
    """All of it. `besides` is the request that it is looked at for."""
    return (
        *(of_grant(one) for one in grants_of(session, person_id)),
        *(of_request(one) for one in asked_by(session, person_id, besides)),
    )
