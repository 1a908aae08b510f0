"""What of an app somebody has already or has asked for, so that the form can say so beside each access."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.catalogue.words import RequestKind
from models.tables.grants import Grant
from models.tables.requests import Request
from models.tables.states import GrantState, RequestState

_THEIRS = (GrantState.SCHEDULED, GrantState.GRANTING, GrantState.ACTIVE)


@dataclass(frozen=True)
class Mark:
    """Why an access need not be asked for: a pending request, or a grant."""

    ref: str
    """Of the request (AR-12) or the grant (GR-7)."""
    state: RequestState | GrantState
    ends_at: datetime | None = None


def marks(session: Session, person_id: str, app_key: str) -> dict[str, Mark]:
    """What of one app is marked for one person, by the access's key. What is held outdoes what is asked."""
    asked = select(Request.access_key, Request.id, Request.state).where(
        Request.beneficiary_id == person_id,
        Request.app_key == app_key,
        Request.state == RequestState.PENDING,
        Request.kind != RequestKind.EXTEND,
    )
    held = select(Grant.access_key, Grant.id, Grant.state, Grant.ends_at).where(
        Grant.person_id == person_id, Grant.app_key == app_key, Grant.state.in_(_THEIRS)
    )
    found = {key: Mark(f"AR-{row}", state) for key, row, state in session.execute(asked)}
    return found | {key: Mark(f"GR-{row}", state, end) for key, row, state, end in session.execute(held)}
