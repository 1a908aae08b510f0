"""Tasks: owners provision or revoke an access by hand, and say when they have, or that they cannot."""

from models.errors import Closed, Invalid, NotAllowed
from models.lifecycle import redraw
from models.lifecycle.deliver_comment import add_comment
from models.lifecycle.grant import give, revoke
from models.registry.by_reference import lock_task
from models.registry.directory import Directory
from models.registry.permissions import can_do
from models.registry.policy_snapshot import policy_of
from models.store.case import Case
from models.store.outcome import SYSTEM, Outcome
from models.tables.cards import CardKind
from models.tables.grants import ALL_OPEN_TASKS, OPEN_TASKS, Direction, Grant, Task, TaskState
from models.tables.requests import Request
from models.text import tidy_text


def open_task(out: Outcome, grant: Grant, direction: Direction) -> Task:
    """Ask the app's owners (or the admins, where there are none) to do it, once for each direction."""
    same = (task for task in out.case.all(OPEN_TASKS, grant.id) if task.direction is direction)
    task = next(same, None)
    if task is None:
        task = out.add(
            Task, grant_id=grant.id, direction=direction, state=TaskState.OPEN, asked=[], created_at=out.now
        )
        task = _ask(out, task, grant)
    redraw.redraw_grant(out, grant)
    return task


def ask_other_workers(out: Outcome, person_id: str) -> None:
    """Ask again for the open tasks of somebody who may do none any more."""
    for theirs in out.case.all(ALL_OPEN_TASKS):
        if person_id in theirs.asked:
            task, grant = lock_task(out.case, theirs.ref)
            if task.state is TaskState.OPEN:
                _ask(out, task, grant)


def complete_task(out: Outcome, ref: str, by: str, note: str = "") -> Task:
    """Complete a task: the access is provisioned or revoked now. The note reaches everyone involved.

    Raises:
        NotAllowed: The task is somebody else's.
        Closed: It is not open any more.
        Invalid: The note is too long; field "comment".
    """
    task, grant = _open(out.case, ref, by)
    note = tidy_text(note, "The comment")
    task = _close(out, task, grant, TaskState.DONE, by, note)
    if note:
        add_comment(out, out.case.get_one(Request, grant.request_id), by, note)
    if task.direction is Direction.GIVE:
        give.mark_active(out, grant, by)
    else:
        revoke.mark_ended(out, grant, by)
    return task


def refuse_task(out: Outcome, ref: str, by: str, note: str) -> Task:
    """Refuse a task: the grant fails, and the admins get the note.

    Raises:
        Invalid: The note is missing or too long; field "comment". The rest as `complete_task` does.
    """
    task, grant = _open(out.case, ref, by)
    note = tidy_text(note, "That")
    if not note:
        raise Invalid("Say what went wrong, so that someone can help.", field="comment")
    task = _close(out, task, grant, TaskState.REFUSED, by, note)
    give.mark_failed(out, grant, task.direction, note)
    return task


def may_complete(case: Case, ref: str, by: str) -> Task:
    """Return the task, if it is open and this person may do it; raises as `complete_task` does."""
    return _open(case, ref, by)[0]


def _open(case: Case, ref: str, by: str) -> tuple[Task, Grant]:
    task, grant = lock_task(case, ref)
    if task.state is not TaskState.OPEN:
        raise Closed(f"{task.ref} is already {task.state.value}.")
    if not can_do(case, task, by):
        raise NotAllowed("This task is assigned to someone else.")
    return task, grant


def _close(out: Outcome, task: Task, grant: Grant, state: TaskState, by: str, note: str = "") -> Task:
    task = out.change(task, state=state, done_by=by, note=note, closed_at=out.now)
    out.record(
        by,
        f"task.{state}",
        task.ref,
        app=grant.app_key,
        person=grant.person_id,
        grant=grant.ref,
        direction=task.direction.value,
        note=note,
    )
    redraw.redraw_cards(out, task.ref)
    return task


def _ask(out: Outcome, task: Task, grant: Grant) -> Task:
    redraw.refresh_homes(out, task.asked)
    task = out.change(task, asked=_workers(out.case, grant))
    out.record(
        SYSTEM,
        "task.open",
        task.ref,
        app=grant.app_key,
        person=grant.person_id,
        grant=grant.ref,
        direction=task.direction.value,
        asked=task.asked,
    )
    for person_id in task.asked:
        redraw.want_card(out, CardKind.TASK, task.ref, task.ref, person_id)
    redraw.redraw_cards(out, task.ref)
    redraw.refresh_homes(out, task.asked)
    return task


def _workers(case: Case, grant: Grant) -> list[str]:
    directory = Directory(case)
    owners = policy_of(case, grant.policy).owners(directory)
    return list(owners) or [admin for admin in directory.admins() if directory.is_admin(admin)]
