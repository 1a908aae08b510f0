"""Pausing: a mass of accesses that would end only by a clock or a database in doubt waits for an admin."""

from datetime import datetime

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from models import audit
from models.errors import Closed, NotFound
from models.lifecycle import audit_entries, redraw
from models.lifecycle.references import number_of
from models.registry.directory import Directory
from models.registry.permissions import only_admins
from models.store.tx import SYSTEM, Tx
from models.tables import settings
from models.tables.cards import CardKind
from models.tables.grants import Grant
from models.tables.pauses import Pause, PauseKind, PauseState, open_of
from models.tables.states import GrantState

SEEN = "clock.seen"
"""The setting that says what time it was when a bot last worked on this database."""


def seen(session: Session) -> datetime | None:
    """The latest time that the database knows to have been; None in one that nothing happened in."""
    stamp = settings.read(session, SEEN)
    return datetime.fromisoformat(stamp) if stamp else audit.latest(session)


def note_time(tx: Tx) -> None:
    """Let the database know what time it is."""
    settings.write(tx.session, SEEN, tx.now.isoformat())


def would_end(session: Session, since: datetime, until: datetime) -> int:
    """How many accesses that people have would be over at `until` and were not at `since`."""
    return session.scalar(select(func.count()).where(*_ending(since, until))) or 0


def begin(tx: Tx, kind: PauseKind, since: datetime, until: datetime) -> Pause:
    """Ask every admin before what ends between the two moments is taken away; once for one kind."""
    known = open_of(tx.session, kind)
    if known is not None:
        return known
    pause = Pause(
        kind=kind,
        since=since,
        until=until,
        count=would_end(tx.session, since, until),
        created_at=tx.now,
    )
    tx.session.add(pause)
    tx.session.flush()
    tx.record(
        SYSTEM, "pause.open", pause.ref, kind=kind, since=since.isoformat(), until=until.isoformat()
    )  # fmt: skip
    for person_id in Directory(tx.session).admins():
        redraw.show(tx, CardKind.PAUSE, pause.ref, pause.ref, person_id)
    return pause


def wait(tx: Tx, ref: str, by: str) -> None:
    """An admin wants to find out first. Raises NotAllowed, NotFound, Closed."""
    _decide(tx, ref, by, PauseState.WAITING)


def lift(tx: Tx, ref: str, by: str) -> None:
    """An admin says: take it away. Raises NotAllowed, NotFound, Closed."""
    pause = _decide(tx, ref, by, PauseState.LIFTED)
    if pause.kind is PauseKind.RESTORED:
        tx.session.execute(update(Grant).where(*_held_by(pause)).values(due_at=Grant.ends_at))


def over(tx: Tx, pause_id: int) -> None:
    """The cause is gone."""
    pause = tx.locked(Pause, pause_id)
    if pause is not None and pause.open:
        _become(tx, pause, PauseState.OVER, SYSTEM)


def hold_back(tx: Tx) -> None:
    """In a restored database nothing that a person has is over by itself, until an admin says so."""
    pause = open_of(tx.session, PauseKind.RESTORED)
    if pause is None:
        return
    ended = select(Grant).where(
        Grant.due_at <= tx.now, Grant.state == GrantState.ACTIVE, Grant.created_at <= pause.created_at
    )
    for grant in tx.session.scalars(ended.order_by(Grant.id).with_for_update()).all():
        if grant.ends_at is not None and grant.ends_at <= tx.now:
            grant.due_at = None
            audit_entries.of_grant(tx, grant, SYSTEM, "grant.held", pause=pause.ref)
            redraw.redraw(tx, pause.ref)


def waiting(session: Session, pause: Pause, most: int) -> tuple[int, list[Grant]]:
    """How many accesses wait because of this pause, and those that end first."""
    which = _held_by(pause) if pause.kind is PauseKind.RESTORED else _ending(pause.since, pause.until)
    count = session.scalar(select(func.count()).select_from(Grant).where(*which)) or 0
    first = select(Grant).where(*which).order_by(Grant.ends_at, Grant.id).limit(most)
    return count, list(session.scalars(first))


def _ending(since: datetime, until: datetime) -> tuple[ColumnElement[bool], ...]:
    return (Grant.due_at > since, Grant.due_at <= until, Grant.state == GrantState.ACTIVE)


def _held_by(pause: Pause) -> tuple[ColumnElement[bool], ...]:
    return (
        Grant.state == GrantState.ACTIVE,
        Grant.due_at.is_(None),
        Grant.ends_at.is_not(None),
        Grant.created_at <= pause.created_at,
    )


def _decide(tx: Tx, ref: str, by: str, state: PauseState) -> Pause:
    only_admins(tx.session, by, "decide on this")
    pause = tx.locked(Pause, number_of(ref, "PS"))
    if pause is None:
        raise NotFound("That is not there any more.")
    if not pause.open:
        raise Closed("This is settled already.")
    _become(tx, pause, state, by)
    return pause


def _become(tx: Tx, pause: Pause, state: PauseState, by: str) -> None:
    pause.state, pause.decided_by = state, by
    tx.record(by, f"pause.{state}", pause.ref, kind=pause.kind)
    redraw.redraw(tx, pause.ref)
