"""Whether the same was asked for before."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.catalogue.words import RequestKind
from models.requests import Request


def kind_of(session: Session, beneficiary_id: str, app_key: str, access_key: str) -> RequestKind:
    """A re-raise, where an earlier request for this person and access is closed, however; else a new one.

    It goes by what happened, not by the button that was pressed, so that nobody chooses which rules hold.
    """
    before = select(Request.id).where(
        Request.beneficiary_id == beneficiary_id,
        Request.app_key == app_key,
        Request.access_key == access_key,
        Request.kind != RequestKind.EXTEND,
        Request.closed_at.is_not(None),
    )
    found = session.scalars(before.limit(1)).first()
    return RequestKind.NEW if found is None else RequestKind.RERAISE
