"""Somebody has gone.

What they asked for is cancelled, what they held is taken, what waits for them moves on.
"""

from sqlalchemy import select

from models.errors import Closed
from models.grants import Cause, Grant
from models.lifecycle import revoking, screens, stages
from models.requests import Asked, Request
from models.states import GrantState, RequestEvent, RequestState
from models.store.tx import SYSTEM, Tx


def leave(tx: Tx, person_id: str) -> None:
    """A person was deactivated. Safe to repeat."""
    _cancel_requests(tx, person_id)
    _take_grants(tx, person_id)
    move_on(tx, person_id)


def move_on(tx: Tx, person_id: str) -> None:
    """A person may not decide any more (or now may).

    The pending stages that asked them look again who can.
    """
    waiting = (
        select(Request)
        .join(Asked, Asked.request_id == Request.id)
        .where(Asked.person_id == person_id, Request.state == RequestState.PENDING)
    )
    for request in tx.session.scalars(waiting.with_for_update(of=Request)).unique().all():
        stages.ask(tx, request)
        screens.redraw_request(tx, request)


def _cancel_requests(tx: Tx, person_id: str) -> None:
    theirs = select(Request).where(
        (Request.requester_id == person_id) | (Request.beneficiary_id == person_id),
        Request.state == RequestState.PENDING,
    )
    for request in tx.session.scalars(theirs.with_for_update()).all():
        stages.close(tx, request, RequestEvent.CANCEL, SYSTEM, "The person has left.")


def _take_grants(tx: Tx, person_id: str) -> None:
    states = (GrantState.SCHEDULED, GrantState.GRANTING, GrantState.ACTIVE, GrantState.FAILED)
    theirs = select(Grant).where(Grant.person_id == person_id, Grant.state.in_(states))
    for grant in tx.session.scalars(theirs.with_for_update()).all():
        try:
            revoking.take_away(tx, grant, SYSTEM, Cause.OFFBOARDING)
        except Closed:  # it went at the same moment
            continue
