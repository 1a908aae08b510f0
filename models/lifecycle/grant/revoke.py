"""Taking: because the time is up, because somebody says so, or because the person is gone."""

from sqlalchemy import bindparam, select

from models.errors import Closed, NotAllowed
from models.jobs import Urgency
from models.lifecycle import redraw, separation_of_duties
from models.lifecycle.grant import extensions
from models.lifecycle.grant.give import retry, settle_soon
from models.lifecycle.references import lock_grant, number_of
from models.lifecycle.request import stages
from models.lifecycle.transitions import move_grant
from models.registry.directory import Directory
from models.registry.policy_snapshot import Snapshot
from models.store.tx import SYSTEM, Tx
from models.tables.cards import CardKind
from models.tables.grants import Cause, Direction, Grant, Task, TaskState
from models.tables.requests import Request
from models.tables.states import OVER_GRANTS, GrantEvent, GrantState, RequestEvent

# Every end asks this. A statement that is made once costs half of one that is made anew.
_OPEN_TASKS = select(Task).where(Task.grant_id == bindparam("grant"), Task.state == TaskState.OPEN)


def give_back(tx: Tx, ref: str, by: str) -> Grant:
    """The holder (or who asked for them) does not need it any more."""
    grant = _held(tx, ref)
    request = tx.session.get_one(Request, grant.request_id)
    if by not in (grant.person_id, request.requester_id):
        raise NotAllowed("Only the person who has this access can give it back.")
    return take_away(tx, grant, by, Cause.REQUESTER)


def revoke(tx: Tx, ref: str, by: str, note: str = "") -> Grant:
    """An admin, or an owner of the app, takes it away."""
    grant = _held(tx, ref)
    if not _manages(tx, grant, by):
        raise NotAllowed(f"Only an owner of {grant.app_name} or an admin can take this access away.")
    return take_away(tx, grant, by, Cause.ADMIN, note)


def take_away(tx: Tx, grant: Grant, by: str, cause: Cause, note: str = "") -> Grant:
    """Take a grant away early, whatever the reason; raises Closed where it is over or on its way out."""
    if grant.state in OVER_GRANTS:
        raise Closed(f"{grant.access_name} is {grant.state.label.lower()} already.")
    if grant.state is GrantState.REVOKING or grant.failing is Direction.TAKE:
        raise Closed(f"{grant.access_name} is being taken back already.")
    _leave(tx, grant, GrantEvent.REVOKE, by, cause, note)
    _drop_extension(tx, grant, by)
    return grant


def time_up(tx: Tx, grant: Grant) -> None:
    """The grant's end has come."""
    _leave(tx, grant, GrantEvent.TIME_UP, SYSTEM, None)


def taken(tx: Tx, grant: Grant, by: str = SYSTEM) -> None:
    """The connector has taken it, or saw that it is gone."""
    early = grant.cause is not None
    move_grant(tx, grant, GrantEvent.TAKEN_EARLY if early else GrantEvent.TAKEN_AT_END, by)
    _over(tx, grant)
    _void_tasks(tx, grant)
    if grant.active_at is not None:
        redraw.show(tx, CardKind.OVER, grant.ref, grant.ref, grant.person_id)
    redraw.redraw_grant(tx, grant)
    separation_of_duties.moved(tx, grant)


def retry_failed(tx: Tx, ref: str, by: str) -> Grant:
    """Somebody in charge says: try again."""
    grant = lock_grant(tx, ref)
    if not _manages(tx, grant, by):
        raise NotAllowed(f"Only an owner of {grant.app_name} or an admin can try this again.")
    if grant.state is not GrantState.FAILED:
        raise Closed(f"{grant.access_name} is {grant.state.label.lower()}; there is nothing to try again.")
    retry(tx, grant, by)
    return grant


def cancel_failed(tx: Tx, ref: str, by: str) -> Grant:
    """Somebody in charge gives up on giving it; what may be there already is taken back."""
    grant = lock_grant(tx, ref)
    if not _manages(tx, grant, by):
        raise NotAllowed(f"Only an owner of {grant.app_name} or an admin can cancel this.")
    if grant.state is not GrantState.FAILED or grant.failing is not Direction.GIVE:
        raise Closed(f"{grant.access_name} is {grant.state.label.lower()}; there is nothing to cancel.")
    return take_away(tx, grant, by, Cause.ADMIN)


def _held(tx: Tx, ref: str) -> Grant:
    """The grant, and (first, as for whoever decides) the request for more time that waits about it."""
    extensions.hold(tx, number_of(ref, "GR"))
    return lock_grant(tx, ref)


def _drop_extension(tx: Tx, grant: Grant, by: str) -> None:
    """Nobody needs to decide on more time for what is taken away, and no approval may give it anew."""
    if extension := extensions.waiting(tx.session, grant):
        theirs = by == extension.requester_id
        event = RequestEvent.WITHDRAW if theirs else RequestEvent.CANCEL
        stages.close(tx, extension, event, by, "" if theirs else "The access was taken away.")


def _leave(tx: Tx, grant: Grant, event: GrantEvent, by: str, cause: Cause | None, note: str = "") -> None:
    move_grant(tx, grant, event, by, cause=cause.value if cause else None, note=note)
    _void_tasks(tx, grant)  # first: its look would write the grant down half changed, and again at the end
    grant.cause, grant.caused_by = cause, by if cause else None
    grant.due_at, grant.notice_at, grant.failing, grant.error, grant.attempts = None, None, None, "", 0
    if grant.state is GrantState.REVOKING:
        grant.retry_at = tx.now
        settle_soon(tx, grant, Urgency.TAKE)
    else:
        _over(tx, grant)
    redraw.redraw_grant(tx, grant)


def _over(tx: Tx, grant: Grant) -> None:
    grant.over_at, grant.retry_at, grant.due_at, grant.notice_at = tx.now, None, None, None
    grant.failing, grant.error, grant.attempts = None, "", 0


def _void_tasks(tx: Tx, grant: Grant) -> None:
    """Nobody must do by hand what is no longer wanted."""
    for task in tx.session.scalars(_OPEN_TASKS, {"grant": grant.id}):
        task.state, task.closed_at = TaskState.VOID, tx.now
        tx.record(SYSTEM, "task.void", task.ref, app=grant.app_key, person=grant.person_id, grant=grant.ref)
        redraw.redraw(tx, task.ref)


def _manages(tx: Tx, grant: Grant, person_id: str) -> bool:
    directory = Directory(tx.session)
    person = directory.person(person_id)
    if person is None or not person.active:
        return False
    return directory.is_admin(person_id) or Snapshot.from_json(grant.policy).owned_by(person)
