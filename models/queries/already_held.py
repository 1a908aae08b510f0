"""Mark the accesses of an app that a person holds or has requested, for the form."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select, text

from models.catalogue.spec.enums import RequestKind
from models.store.case import Case
from models.tables.grants import Grant
from models.tables.requests import Request
from models.tables.states import GrantState, RequestState

_REQUESTED = select(Request.access_key, Request.id, Request.state).where(
    Request.beneficiary_id == bindparam("person"),
    Request.app_key == bindparam("app"),
    text("requests.state = 'pending'"),
    Request.kind != RequestKind.EXTEND,
)
_HELD = select(Grant.access_key, Grant.id, Grant.state, Grant.ends_at).where(
    Grant.person_id == bindparam("person"),
    Grant.app_key == bindparam("app"),
    text("grants.state IN ('scheduled', 'granting', 'active')"),
)


@dataclass(frozen=True)
class AccessMark:
    """Why an access need not be requested: a pending request, or a grant."""

    ref: str
    """Of the request (AR-12) or the grant (GR-7)."""
    state: RequestState | GrantState
    ends_at: datetime | None = None


def marks(case: Case, person_id: str, app_key: str) -> dict[str, AccessMark]:
    """The marks of one app for one person, by the access's key; a grant goes before a request."""
    of = {"person": person_id, "app": app_key}
    requested = {key: AccessMark(f"AR-{row}", state) for key, row, state in case.read(_REQUESTED, **of)}
    return requested | {
        key: AccessMark(f"GR-{row}", state, end) for key, row, state, end in case.read(_HELD, **of)
    }
