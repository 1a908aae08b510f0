"""What somebody has, is getting, and has asked for: over this, conflicts are looked at."""

from models.catalogue.access_refs import access_ref
from models.catalogue.words import RequestKind
from models.policy import Hold, Holding
from models.store.case import Case
from models.tables.grants import LIVE_OF, Direction, Grant
from models.tables.requests import PENDING_OF_BENEFICIARY, Request
from models.tables.states import GrantState

_HOW = {
    GrantState.SCHEDULED: Hold.SCHEDULED,
    GrantState.GRANTING: Hold.COMING,
    GrantState.ACTIVE: Hold.HAS,
    GrantState.REVOKING: Hold.GOING,
    GrantState.FAILED: Hold.GOING,
}


def grants_of(case: Case, person_id: str) -> list[Grant]:
    """Everything that somebody has, or will have: what could not be given is not among it.

    What could not be taken is, since it may still be there; and what failed before and is being tried again.
    """
    live = case.all(LIVE_OF, person_id)
    return [one for one in live if one.failing is not Direction.GIVE or one.state is not GrantState.FAILED]


def asked_by(case: Case, person_id: str, besides: int | None = None) -> list[Request]:
    """Everything that waits to be decided for somebody, but the request with this id.

    Not more time for what they have.
    """
    pending = case.all(PENDING_OF_BENEFICIARY, person_id)
    return [one for one in pending if one.kind is not RequestKind.EXTEND and one.id != besides]


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


def of_person(case: Case, person_id: str, besides: int | None = None) -> tuple[Holding, ...]:
    """All of it. `besides` is the request that it is looked at for."""
    return (
        *(of_grant(one) for one in grants_of(case, person_id)),
        *(of_request(one) for one in asked_by(case, person_id, besides)),
    )
