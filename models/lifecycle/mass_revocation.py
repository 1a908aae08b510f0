"""Pause mass revocations: accesses that would end only by a doubtful clock or database wait for an admin."""

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

LAST_TIME = "clock.seen"
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


def last_time(case: Case) -> datetime | None:
    """The latest time that the database knows of; None where nothing happened in it yet."""
    stamp = settings.read_setting(case, LAST_TIME)
    return datetime.fromisoformat(stamp) if stamp else audit.latest_time(case)


def save_time(out: Outcome) -> None:
    """Save the present time in the database."""
    settings.write_setting(out, LAST_TIME, out.now.isoformat())


def count_ending(case: Case, since: datetime, until: datetime) -> int:
    """Count the active grants that end after `since` and up to `until`."""
    return int(case.read(_COUNT_ENDING, since=since, until=until)[0])


def open_pause(out: Outcome, kind: PauseKind, since: datetime, until: datetime) -> Pause:
    """Ask every admin before what ends between the two moments is revoked; once for each kind."""
    known = out.case.first(OPEN_PAUSES, kind)
    if known is not None:
        return known
    count = count_ending(out.case, since, until)
    pause = out.add(Pause, kind=kind, since=since, until=until, count=count, created_at=out.now)
    out.record(
        SYSTEM, "pause.open", pause.ref, kind=kind, since=since.isoformat(), until=until.isoformat()
    )  # fmt: skip
    for person_id in Directory(out.case).admins():
        redraw.want_card(out, CardKind.PAUSE, pause.ref, pause.ref, person_id)
    return pause


def keep_pause(out: Outcome, ref: str, by: str) -> None:
    """Keep a pause open, since an admin wants to look into it first.

    Raises:
        NotAllowed: `by` is no admin.
        NotFound: There is no such pause.
        Closed: It is over.
    """
    _decide(out, ref, by, PauseState.WAITING)


def lift_pause(out: Outcome, ref: str, by: str) -> None:
    """Lift a pause as an admin: what waited is revoked. Raises as `keep_pause` does."""
    pause = _decide(out, ref, by, PauseState.LIFTED)
    if pause.kind is PauseKind.RESTORED:
        out.bulk(_LET_END, begun_at=pause.created_at)


def close_pause(out: Outcome, pause_id: int) -> None:
    """Close a pause whose cause is gone."""
    pause = out.case.lock(Pause, pause_id)
    if pause is not None and pause.open:
        _set_state(out, pause, PauseState.OVER, SYSTEM)


def pause_for(case: Case, grant: Grant) -> Pause | None:
    """The pause of a restored database that keeps this grant from ending by itself.

    It is about grants that were there when it began, and lasts until an admin lifts it.
    """
    if grant.state is not GrantState.ACTIVE:
        return None
    pause = case.first(OPEN_PAUSES, PauseKind.RESTORED)
    return pause if pause is not None and grant.created_at <= pause.created_at else None


def hold_grant(out: Outcome, grant: Grant, pause: Pause) -> Grant:
    """Leave a grant whose end has come as it is until the pause is lifted."""
    grant = out.change(grant, due_at=None)
    transitions.record_grant(out, grant, SYSTEM, "grant.held", pause=pause.ref)
    redraw.redraw_cards(out, pause.ref)
    return grant


def paused_grants(case: Case, pause: Pause, most: int) -> tuple[int, list[Grant]]:
    """Count the grants that wait because of this pause, and return the `most` that end first."""
    if pause.kind is PauseKind.RESTORED:
        count = case.read(_COUNT_HELD, begun_at=pause.created_at)[0]
        return count, case.read(_FIRST_HELD, begun_at=pause.created_at, most=most)
    span = {"since": pause.since, "until": pause.until}
    return case.read(_COUNT_ENDING, **span)[0], case.read(_FIRST_ENDING, **span, most=most)


def _decide(out: Outcome, ref: str, by: str, state: PauseState) -> Pause:
    """Set the state of an open pause, as an admin.

    Raises:
        NotFound: There is no such pause.
        Closed: It is over.
    """
    only_admins(out.case, by, "decide on this")
    pause = out.case.lock(Pause, number_of(ref, "PS"))
    if pause is None:
        raise NotFound("This no longer exists.")
    if not pause.open:
        raise Closed("This is already settled.")
    return _set_state(out, pause, state, by)


def _set_state(out: Outcome, pause: Pause, state: PauseState, by: str) -> Pause:
    pause = out.change(pause, state=state, decided_by=by)
    out.record(by, f"pause.{state}", pause.ref, kind=pause.kind)
    redraw.redraw_cards(out, pause.ref)
    return pause
