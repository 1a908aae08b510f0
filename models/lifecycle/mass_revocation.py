"""Pausing: a mass of accesses that would end only by a clock or a database in doubt waits for an admin."""

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select, text, update

from models import audit
from models.errors import Closed, NotFound
from models.lifecycle import redraw, transitions
from models.registry import settings
from models.registry.by_reference import number_of
from models.registry.directory import Directory
from models.registry.permissions import only_admins
from models.store.case import Case
from models.store.outcome import SYSTEM, Outcome
from models.tables.cards import CardKind
from models.tables.grants import Grant
from models.tables.pauses import OPEN_PAUSES, Pause, PauseKind, PauseState
from models.tables.states import GrantState

SEEN = "clock.seen"
"""The setting that says what time it was when a bot last worked on this database."""

_GRANTS: Any = Grant.__table__
_ACTIVE = text("grants.state = 'active'")
_ENDING = (Grant.due_at > bindparam("since"), Grant.due_at <= bindparam("until"), _ACTIVE)
_HELD = (
    _ACTIVE,
    Grant.due_at.is_(None),
    Grant.ends_at.is_not(None),
    Grant.created_at <= bindparam("begun_at"),
)
_COUNT_ENDING = select(func.count()).select_from(Grant).where(*_ENDING)
_COUNT_HELD = select(func.count()).select_from(Grant).where(*_HELD)
_FIRST_ENDING = select(Grant).where(*_ENDING).order_by(Grant.ends_at, Grant.id).limit(bindparam("most"))
_FIRST_HELD = select(Grant).where(*_HELD).order_by(Grant.ends_at, Grant.id).limit(bindparam("most"))
_LET_END = update(_GRANTS).where(*_HELD).values(due_at=_GRANTS.c.ends_at)


def seen(case: Case) -> datetime | None:
    """The latest time that the database knows to have been; None in one that nothing happened in."""
    stamp = settings.read(case, SEEN)
    return datetime.fromisoformat(stamp) if stamp else audit.latest_time(case)


def note_time(out: Outcome) -> None:
    """Let the database know what time it is."""
    settings.write(out, SEEN, out.now.isoformat())


def would_end(case: Case, since: datetime, until: datetime) -> int:
    """How many accesses that people have would be over at `until` and were not at `since`."""
    return int(case.read(_COUNT_ENDING, since=since, until=until)[0])


def begin(out: Outcome, kind: PauseKind, since: datetime, until: datetime) -> Pause:
    """Ask every admin before what ends between the two moments is taken away; once for one kind."""
    known = out.case.first(OPEN_PAUSES, kind)
    if known is not None:
        return known
    count = would_end(out.case, since, until)
    pause = out.add(Pause, kind=kind, since=since, until=until, count=count, created_at=out.now)
    out.record(
        SYSTEM, "pause.open", pause.ref, kind=kind, since=since.isoformat(), until=until.isoformat()
    )  # fmt: skip
    for person_id in Directory(out.case).admins():
        redraw.show(out, CardKind.PAUSE, pause.ref, pause.ref, person_id)
    return pause


def wait(out: Outcome, ref: str, by: str) -> None:
    """An admin wants to find out first. Raises NotAllowed, NotFound, Closed."""
    _decide(out, ref, by, PauseState.WAITING)


def lift(out: Outcome, ref: str, by: str) -> None:
    """An admin says: take it away. Raises NotAllowed, NotFound, Closed."""
    pause = _decide(out, ref, by, PauseState.LIFTED)
    if pause.kind is PauseKind.RESTORED:
        out.bulk(_LET_END, begun_at=pause.created_at)


def over(out: Outcome, pause_id: int) -> None:
    """The cause is gone."""
    pause = out.case.lock(Pause, pause_id)
    if pause is not None and pause.open:
        _become(out, pause, PauseState.OVER, SYSTEM)


def pause_for(case: Case, grant: Grant) -> Pause | None:
    """The pause by which an access whose end has come is not over by itself: of a restored database.

    It lasts until an admin says so, and is about what a person had when it began.
    """
    if grant.state is not GrantState.ACTIVE:
        return None
    pause = case.first(OPEN_PAUSES, PauseKind.RESTORED)
    return pause if pause is not None and grant.created_at <= pause.created_at else None


def hold_back(out: Outcome, grant: Grant, pause: Pause) -> Grant:
    """Leave an access whose end has come as it is, until the pause is lifted."""
    grant = out.change(grant, due_at=None)
    transitions.of_grant(out, grant, SYSTEM, "grant.held", pause=pause.ref)
    redraw.redraw(out, pause.ref)
    return grant


def waiting(case: Case, pause: Pause, most: int) -> tuple[int, list[Grant]]:
    """How many accesses wait because of this pause, and those that end first."""
    if pause.kind is PauseKind.RESTORED:
        count = case.read(_COUNT_HELD, begun_at=pause.created_at)[0]
        return count, case.read(_FIRST_HELD, begun_at=pause.created_at, most=most)
    span = {"since": pause.since, "until": pause.until}
    return case.read(_COUNT_ENDING, **span)[0], case.read(_FIRST_ENDING, **span, most=most)


def _decide(out: Outcome, ref: str, by: str, state: PauseState) -> Pause:
    only_admins(out.case, by, "decide on this")
    pause = out.case.lock(Pause, number_of(ref, "PS"))
    if pause is None:
        raise NotFound("That is not there any more.")
    if not pause.open:
        raise Closed("This is settled already.")
    return _become(out, pause, state, by)


def _become(out: Outcome, pause: Pause, state: PauseState, by: str) -> Pause:
    pause = out.change(pause, state=state, decided_by=by)
    out.record(by, f"pause.{state}", pause.ref, kind=pause.kind)
    redraw.redraw(out, pause.ref)
    return pause
