"""Work by hand.

The owners are asked to give or take an access, and say when they have, or that they cannot.
"""

from models.errors import Closed, Invalid, NotAllowed
from models.lifecycle import redraw
from models.lifecycle.grant import give, revoke
from models.registry.by_reference import lock_task
from models.registry.directory import Directory
from models.registry.permissions import can_do
from models.registry.policy_snapshot import policy_of
from models.store.case import Case
from models.store.outcome import SYSTEM, Outcome
from models.tables.cards import CardKind
from models.tables.grants import ALL_OPEN_TASKS, OPEN_TASKS, Direction, Grant, Task, TaskState
from models.text import tidy

NOTE_LIMIT = 2000


def open_task(out: Outcome, grant: Grant, direction: Direction) -> Task:
    """Ask the app's owners (or the admins, where there are none) to do it.

    Once, however often it is called.
    """
    same = (task for task in out.case.all(OPEN_TASKS, grant.id) if task.direction is direction)
    task = next(same, None)
    if task is None:
        task = out.add(
            Task, grant_id=grant.id, direction=direction, state=TaskState.OPEN, asked=[], created_at=out.now
        )
        task = _ask(out, task, grant)
    redraw.redraw_grant(out, grant)
    return task


def move_on(out: Outcome, person_id: str) -> None:
    """Somebody may do no tasks any more: for their open ones others are asked."""
    for theirs in out.case.all(ALL_OPEN_TASKS):
        if person_id in theirs.asked:
            task, grant = lock_task(out.case, theirs.ref)
            if task.state is TaskState.OPEN:
                _ask(out, task, grant)


def done(out: Outcome, ref: str, by: str) -> Task:
    """Somebody has done it: now it is true that the access is given, or taken."""
    task, grant = _open(out.case, ref, by)
    task = _close(out, task, grant, TaskState.DONE, by)
    if task.direction is Direction.GIVE:
        give.given(out, grant, by)
    else:
        revoke.taken(out, grant, by)
    return task


def cannot(out: Outcome, ref: str, by: str, note: str) -> Task:
    """Somebody cannot do it; the admins see it, with what they say."""
    task, grant = _open(out.case, ref, by)
    note = tidy(note)
    if not note:
        raise Invalid("Say why, so that somebody can help.", field="comment")
    if len(note) > NOTE_LIMIT:
        raise Invalid(f"That has {len(note)} characters. {NOTE_LIMIT} fit.", field="comment")
    task = _close(out, task, grant, TaskState.REFUSED, by, note)
    give.failed(out, grant, task.direction, note)
    return task


def may_do(case: Case, ref: str, by: str) -> Task:
    """Look whether this task is open and this person's, and change nothing; raises as `done` does."""
    return _open(case, ref, by)[0]


def _open(case: Case, ref: str, by: str) -> tuple[Task, Grant]:
    task, grant = lock_task(case, ref)
    if task.state is not TaskState.OPEN:
        raise Closed(f"{task.ref} is {task.state.value} already.")
    if not can_do(case, task, by):
        raise NotAllowed("This task is somebody else's.")
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
    redraw.redraw(out, task.ref)
    return task


def _ask(out: Outcome, task: Task, grant: Grant) -> Task:
    redraw.refresh_homes(out, task.asked)
    task = out.change(task, asked=_people(out.case, grant))
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
        redraw.show(out, CardKind.TASK, task.ref, task.ref, person_id)
    redraw.redraw(out, task.ref)
    redraw.refresh_homes(out, task.asked)
    return task


def _people(case: Case, grant: Grant) -> list[str]:
    directory = Directory(case)
    owners = policy_of(case, grant.policy).owners(directory)
    return list(owners) or [admin for admin in directory.admins() if directory.is_admin(admin)]
