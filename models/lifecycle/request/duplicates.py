"""Whether the same was asked for before, and whether it can be asked for now."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.catalogue.words import RequestKind
from models.queries import brief
from models.tables.grants import Grant
from models.tables.requests import Request
from models.tables.states import GrantState, RequestState

Wanted = tuple[str, str, str]
"""Who would have it, the app's key and the access's."""


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


def in_the_way(session: Session, wanted: Collection[Wanted]) -> dict[Wanted, Request | Grant]:
    """What is in the way of asking for these: a request that is pending already, or a grant that is held."""
    people, apps = {one[0] for one in wanted}, {one[1] for one in wanted}
    held = select(Grant).where(
        Grant.person_id.in_(people),
        Grant.app_key.in_(apps),
        Grant.state.in_((GrantState.SCHEDULED, GrantState.GRANTING, GrantState.ACTIVE)),
    )
    pending = select(Request).where(
        Request.beneficiary_id.in_(people),
        Request.app_key.in_(apps),
        Request.state == RequestState.PENDING,
        Request.kind != RequestKind.EXTEND,
    )
    found: dict[Wanted, Request | Grant] = {
        (one.person_id, one.app_key, one.access_key): one
        for one in session.scalars(held.options(*brief.GRANT))
    }
    for one in session.scalars(pending.options(*brief.REQUEST)):
        found[one.beneficiary_id, one.app_key, one.access_key] = one
    return {key: row for key, row in found.items() if key in wanted}
