"""Revoke a grant: at its end, on request, or when its holder has left; retry or cancel a failed one."""

from models.errors import Closed, NotAllowed
from models.jobs import Urgency
from models.lifecycle import check_conflicts, redraw
from models.lifecycle.grant import end_dates
from models.lifecycle.grant.give import enqueue_round, retry
from models.lifecycle.transitions import close_request, move_grant
from models.registry.by_reference import lock_grant, number_of
from models.registry.permissions import can_manage, can_use
from models.store.case import Case
from models.store.outcome import SYSTEM, Outcome
from models.tables.base import Json
from models.tables.cards import CardKind
from models.tables.grants import OPEN_TASKS, Cause, Direction, Grant, TaskState
from models.tables.states import GRANT_MOVES, OVER_GRANTS, GrantEvent, GrantState, RequestEvent

_CLEARED: Json = {"due_at": None, "notice_at": None, "failing": None, "error": "", "attempts": 0}
"""Columns of a grant that is being revoked, or over: no end is due, and nothing has failed yet."""


def give_back(out: Outcome, ref: str, by: str) -> Grant:
    """End one's own access early.

    Raises:
        NotAllowed: `by` neither holds nor requested it.
        Closed: It is over or being revoked.
    """
    grant = _lock(out.case, ref)
    if not can_use(out.case, grant, by):
        raise NotAllowed("Only the person who has this access can end it early.")
    return revoke_grant(out, grant, by, Cause.REQUESTER)


def revoke(out: Outcome, ref: str, by: str, note: str = "") -> Grant:
    """Revoke a grant as an admin or an owner of the app.

    Raises:
        NotAllowed: `by` is neither.
        Closed: It is over or being revoked.
    """
    grant = _lock(out.case, ref)
    if not can_manage(out.case, grant, by):
        raise NotAllowed(f"Only an owner of {grant.app_name} or an admin can revoke this access.")
    return revoke_grant(out, grant, by, Cause.ADMIN, note)


def can_be_revoked(grant: Grant) -> bool:
    """Whether there is something to revoke: the grant is neither over nor being revoked."""
    leaving = grant.state is GrantState.REVOKING or grant.failing is Direction.TAKE
    return grant.state not in OVER_GRANTS and not leaving


def revoke_grant(out: Outcome, grant: Grant, by: str, cause: Cause, note: str = "") -> Grant:
    """End a grant early, whatever the cause, with its pending extension.

    Raises:
        Closed: It is over or being revoked.
    """
    if grant.state in OVER_GRANTS:
        raise Closed(f"{grant.access_name} is already {grant.state.label.lower()}.")
    if not can_be_revoked(grant):
        raise Closed(f"{grant.access_name} is already being revoked.")
    grant = _end(out, grant, GrantEvent.REVOKE, by, cause, note)
    _drop_extension(out, grant, by)
    return grant


def expire_grant(out: Outcome, grant: Grant) -> Grant:
    """Revoke a grant whose end has come."""
    return _end(out, grant, GrantEvent.TIME_UP, SYSTEM, None)


def mark_ended(out: Outcome, grant: Grant, by: str = SYSTEM) -> Grant:
    """Note that the access is gone from the target system."""
    early = grant.cause is not None
    event = GrantEvent.TAKEN_EARLY if early else GrantEvent.TAKEN_AT_END
    grant = move_grant(out, grant, event, by, {**_CLEARED, "over_at": out.now, "retry_at": None})
    _void_tasks(out, grant)
    if grant.active_at is not None:
        redraw.want_card(out, CardKind.OVER, grant.ref, grant.ref, grant.person_id)
    redraw.redraw_grant(out, grant)
    check_conflicts.redraw_conflicting(out, grant)
    return grant


def retry_failed(out: Outcome, ref: str, by: str) -> Grant:
    """Retry a failed grant, as an admin or an owner of the app.

    Raises:
        NotAllowed: `by` is neither.
        Closed: It has not failed.
    """
    grant = lock_grant(out.case, ref)
    if not can_manage(out.case, grant, by):
        raise NotAllowed(f"Only an owner of {grant.app_name} or an admin can retry this.")
    if grant.state is not GrantState.FAILED:
        raise Closed(f"{grant.access_name} is {grant.state.label.lower()}; there is nothing to retry.")
    return retry(out, grant, by)


def cancel_failed(out: Outcome, ref: str, by: str) -> Grant:
    """Give up provisioning a failed grant, as an admin or an owner; what may be there already is revoked.

    Raises:
        NotAllowed: `by` is neither.
        Closed: It has not failed, or not while it was provisioned.
    """
    grant = lock_grant(out.case, ref)
    if not can_manage(out.case, grant, by):
        raise NotAllowed(f"Only an owner of {grant.app_name} or an admin can cancel this.")
    if grant.state is not GrantState.FAILED or grant.failing is not Direction.GIVE:
        raise Closed(f"{grant.access_name} is {grant.state.label.lower()}; there is nothing to cancel.")
    return revoke_grant(out, grant, by, Cause.ADMIN)


def _lock(case: Case, ref: str) -> Grant:
    """Lock the grant, and before it its pending extension, in the order of a decision."""
    end_dates.lock_extensions(case, number_of(ref, "GR"))
    return lock_grant(case, ref)


def _drop_extension(out: Outcome, grant: Grant, by: str) -> None:
    """Close the pending extension: nobody needs to decide on it, and no approval may give the access anew."""
    if extension := end_dates.pending_extension(out.case, grant):
        theirs = by == extension.requester_id
        event = RequestEvent.WITHDRAW if theirs else RequestEvent.CANCEL
        close_request(out, extension, event, by, "" if theirs else "The access was revoked.")


def _end(
    out: Outcome, grant: Grant, event: GrantEvent, by: str, cause: Cause | None, note: str = ""
) -> Grant:
    still_there = GRANT_MOVES.get((grant.state, event)) is GrantState.REVOKING
    leaving = _CLEARED | {
        "cause": cause,
        "caused_by": by if cause else None,
        "retry_at": out.now if still_there else None,
        "over_at": None if still_there else out.now,
    }
    grant = move_grant(out, grant, event, by, leaving, cause=cause.value if cause else None, note=note)
    _void_tasks(out, grant)
    if still_there:
        enqueue_round(out, grant, Urgency.TAKE)
    redraw.redraw_grant(out, grant)
    return grant


def _void_tasks(out: Outcome, grant: Grant) -> None:
    """Void the open tasks of a grant: nobody is to do by hand what is no longer wanted."""
    for task in out.case.all(OPEN_TASKS, grant.id):
        out.change(task, state=TaskState.VOID, closed_at=out.now)
        out.record(SYSTEM, "task.void", task.ref, app=grant.app_key, person=grant.person_id, grant=grant.ref)
        redraw.redraw_cards(out, task.ref)
