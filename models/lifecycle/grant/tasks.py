"""Work by hand.

The owners are asked to give or take an access, and say when they have, or that they cannot.
"""

from sqlalchemy import select

from models.errors import Closed, Invalid, NotAllowed
from models.lifecycle import redraw
from models.lifecycle.grant import give, revoke
from models.lifecycle.references import lock_task
from models.registry.directory import Directory
from models.registry.policy_snapshot import Snapshot
from models.store.tx import SYSTEM, Tx
from models.tables.cards import CardKind
from models.tables.grants import Direction, Grant, Task, TaskState, open_task_of
from models.text_cleanup import tidy

NOTE_LIMIT = 2000


def open_task(tx: Tx, grant: Grant, direction: Direction) -> Task:
    """Ask the app's owners (or the admins, where there are none) to do it.

    Once, however often it is called.
    """
    same = select(Task).where(
        Task.grant_id == grant.id, Task.direction == direction, Task.state == TaskState.OPEN
    )
    task = tx.session.scalars(same).one_or_none()
    if task is None:
        task = Task(grant_id=grant.id, direction=direction, state=TaskState.OPEN, asked=[], created_at=tx.now)
        tx.session.add(task)
        tx.session.flush()
        _ask(tx, task, grant)
    redraw.redraw_grant(tx, grant)
    return task


def move_on(tx: Tx, person_id: str) -> None:
    """Somebody may do no tasks any more: for their open ones others are asked."""
    theirs = select(Task.id).where(open_task_of(person_id)).order_by(Task.grant_id)
    for task_id in tx.session.scalars(theirs).all():
        task, grant = lock_task(tx, f"TK-{task_id}")
        if task.state is TaskState.OPEN:
            _ask(tx, task, grant)


def done(tx: Tx, ref: str, by: str) -> Task:
    """Somebody has done it: now it is true that the access is given, or taken."""
    task, grant = _open(tx, ref, by)
    _close(tx, task, grant, TaskState.DONE, by)
    if task.direction is Direction.GIVE:
        give.given(tx, grant, by)
    else:
        revoke.taken(tx, grant, by)
    return task


def cannot(tx: Tx, ref: str, by: str, note: str) -> Task:
    """Somebody cannot do it; the admins see it, with what they say."""
    task, grant = _open(tx, ref, by)
    note = tidy(note)
    if not note:
        raise Invalid("Say why, so that somebody can help.", field="comment")
    if len(note) > NOTE_LIMIT:
        raise Invalid(f"That has {len(note)} characters. {NOTE_LIMIT} fit.", field="comment")
    _close(tx, task, grant, TaskState.REFUSED, by, note)
    give.failed(tx, grant, task.direction, note)
    return task


def may_do(tx: Tx, ref: str, by: str) -> Task:
    """Look whether this task is open and this person's, and change nothing; raises as `done` does."""
    task, _ = _open(tx, ref, by)
    return task


def _open(tx: Tx, ref: str, by: str) -> tuple[Task, Grant]:
    task, grant = lock_task(tx, ref)
    if task.state is not TaskState.OPEN:
        raise Closed(f"{task.ref} is {task.state.value} already.")
    person = Directory(tx.session).person(by)
    if by not in task.asked or person is None or not person.active:
        raise NotAllowed("This task is somebody else's.")
    return task, grant


def _close(tx: Tx, task: Task, grant: Grant, state: TaskState, by: str, note: str = "") -> None:
    task.state, task.done_by, task.note, task.closed_at = state, by, note, tx.now
    tx.record(
        by,
        f"task.{state}",
        task.ref,
        app=grant.app_key,
        person=grant.person_id,
        grant=grant.ref,
        direction=task.direction.value,
        note=note,
    )
    redraw.redraw(tx, task.ref)


def _ask(tx: Tx, task: Task, grant: Grant) -> None:
    redraw.refresh_homes(tx, task.asked)
    task.asked = _people(tx, grant)
    tx.record(
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
        redraw.show(tx, CardKind.TASK, task.ref, task.ref, person_id)
    redraw.redraw(tx, task.ref)
    redraw.refresh_homes(tx, task.asked)


def _people(tx: Tx, grant: Grant) -> list[str]:
    directory = Directory(tx.session)
    owners = Snapshot.from_json(grant.policy).owners(directory)
    return list(owners) or [one for one in directory.admins() if directory.is_admin(one)]
