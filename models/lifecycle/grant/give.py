"""Provision access: from the last approval to an active grant, or to a failure that the admins see."""

from datetime import timedelta

from models.catalogue.spec.enums import RequestKind
from models.jobs import Urgency
from models.lifecycle import check_conflicts, redraw, transitions
from models.lifecycle.grant import end_dates
from models.lifecycle.transitions import move_grant
from models.registry.directory import Directory
from models.registry.policy_snapshot import policy_of
from models.store.outcome import SYSTEM, Outcome
from models.tables.cards import CardKind
from models.tables.grants import BEING_TAKEN, Direction, Grant
from models.tables.requests import Request, Term
from models.tables.states import GrantEvent, GrantState

RETRY_FAILED_TAKE = timedelta(hours=1)
"""How often a failed revocation is tried again: the access may still be there."""
TRIES = {Direction.GIVE: 6, Direction.TAKE: 10}
"""Transient failures in a row until a grant stands as failed: about 2 minutes to provision, where somebody
waits, and half an hour to revoke."""


def fulfil_request(out: Outcome, request: Request) -> Request:
    """Turn an approved request into a grant, or move the end of the grant that it extends.

    Where the grant ended while the extension was pending, a new one is made.
    """
    if request.kind is RequestKind.EXTEND and request.grant_id is not None:
        grant = out.case.lock(Grant, request.grant_id)
        if grant is not None and grant.state is GrantState.ACTIVE:
            end_dates.lengthen_grant(out, grant, request)
            return request
    return _create(out, request)


def enqueue_round(out: Outcome, grant: Grant, urgency: Urgency) -> None:
    """Have the worker run a round at the grant's target, at `grant.retry_at`."""
    out.enqueue(
        "settle", f"settle:{grant.target}", run_at=grant.retry_at, urgency=urgency, target=grant.target
    )


def start_scheduled(out: Outcome, grant: Grant) -> Grant:
    """Begin to provision a scheduled grant, whose start has come."""
    also = {"due_at": grant.ends_at, "retry_at": out.now}
    grant = move_grant(out, grant, GrantEvent.START, SYSTEM, also)
    _enqueue_giving(out, grant)
    redraw.redraw_grant(out, grant)
    return grant


def mark_active(out: Outcome, grant: Grant, by: str = SYSTEM) -> Grant:
    """Note that the access is there: the grant is active, and its duration counts from now."""
    grant = move_grant(out, grant, GrantEvent.GIVEN, by)
    ends_at = grant.ends_at if grant.length is None else out.now + timedelta(seconds=grant.length)
    grant = end_dates.reschedule(
        out, grant, active_at=out.now, ends_at=ends_at, failing=None, error="", attempts=0, retry_at=None
    )
    grant = end_dates.limit_new_grant(out, grant)
    redraw.want_card(out, CardKind.ACCESS, grant.ref, grant.ref, grant.person_id)
    redraw.redraw_grant(out, grant)
    return grant


def mark_failed(out: Outcome, grant: Grant, direction: Direction, error: str) -> Grant:
    """Note that the connector failed for good: the admins get a card, with Retry."""
    giving = direction is Direction.GIVE
    event = GrantEvent.GIVE_FAILED if giving else GrantEvent.TAKE_FAILED
    due_at = grant.ends_at if giving else out.now + RETRY_FAILED_TAKE
    also = {"failing": direction, "error": error, "retry_at": None, "due_at": due_at}
    grant = move_grant(out, grant, event, SYSTEM, also, error=error)
    for person_id in Directory(out.case).admins():
        redraw.want_card(out, CardKind.FAILURE, f"{grant.ref}/{direction}", grant.ref, person_id)
    redraw.redraw_grant(out, grant)
    return grant


def retry(out: Outcome, grant: Grant, by: str) -> Grant:
    """Try a failed grant again in the direction that failed; only once where the scheduler does it."""
    taking = grant.failing is Direction.TAKE
    also = {
        "retry_at": out.now,
        "attempts": TRIES[grant.failing or Direction.GIVE] - 1 if by == SYSTEM else 0,
        "due_at": None if taking else grant.ends_at,
    }
    event = GrantEvent.RETRY_TAKE if taking else GrantEvent.RETRY_GIVE
    grant = move_grant(out, grant, event, by, also)
    enqueue_round(out, grant, Urgency.TAKE if taking else Urgency.GIVE)
    redraw.redraw_grant(out, grant)
    return grant


def _create(out: Outcome, request: Request) -> Request:
    check_conflicts.lock_for(out.case, request)
    term, snapshot = Term.from_json(request.term), policy_of(out.case, request.policy)
    later = term.start is not None and term.start > out.now
    grant = out.add(
        Grant,
        request_id=request.id,
        person_id=request.beneficiary_id,
        app_key=request.app_key,
        access_key=request.access_key,
        app_name=request.app_name,
        access_name=request.access_name,
        policy=request.policy,
        connector=snapshot.connector,
        target=snapshot.target,
        state=GrantState.SCHEDULED if later else GrantState.GRANTING,
        length=int(term.length.total_seconds()) if term.length else None,
        starts_at=term.start,
        ends_at=term.end,
        due_at=term.start if later else term.end,
        retry_at=None if later else out.now,
        notices=[],
        created_at=out.now,
    )
    request = out.change(request, grant_id=grant.id)
    transitions.record_grant(
        out,
        grant,
        SYSTEM,
        f"grant.{grant.state}",
        request=request.ref,
        target=grant.target,
        term=request.term,
    )
    if not later:
        _enqueue_giving(out, grant)
    redraw.redraw_request(out, request)
    check_conflicts.redraw_conflicting(out, grant)
    return request


def _enqueue_giving(out: Outcome, grant: Grant) -> None:
    """Have the grant provisioned, and recheck what is being revoked from the same person at the same target.

    The next round leaves that alone, and nobody revokes by hand what this grant gives.
    """
    for leaving in out.case.all(BEING_TAKEN, grant.person_id):
        other = out.case.lock(Grant, leaving.id) if leaving.target == grant.target else None
        if other is not None and other.state is GrantState.REVOKING:
            out.change(other, retry_at=out.now)
    enqueue_round(out, grant, Urgency.GIVE)
