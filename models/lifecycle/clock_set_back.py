"""Correct stored times after the clock was set back.

The audit trail knows the latest time that any process has seen. Where that lies ahead of now, times were
computed by a wrong clock: an access seems to begin in the future, and would last too long; a failure would
be retried in a year. A grant moves back with the clock, so that it lasts as long as it would have; retries
run now. An explicit end stays as it is.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select, text, update

from models import audit, jobs
from models.jobs import Urgency
from models.lifecycle import redraw, transitions
from models.lifecycle.grant import end_dates
from models.lifecycle.grant.give import RETRY_FAILED_TAKE
from models.store.outcome import SYSTEM, Outcome
from models.tables.base import Json
from models.tables.grants import UNSETTLED, Grant

TOLERANCE = timedelta(minutes=5)
"""Clocks of several machines differ by seconds; a larger difference means that one was set."""

_GRANTS: Any = Grant.__table__
_BEGUN_LATER = (
    select(Grant)
    .where(text("grants.state = 'active'"), Grant.active_at > bindparam("moment"))
    .order_by(Grant.id)
    .with_for_update()
)
_WAITING = (UNSETTLED, _GRANTS.c.retry_at > bindparam("present"))
_TARGETS = select(_GRANTS.c.target).where(*_WAITING).distinct().order_by(_GRANTS.c.target)
_TRY_NOW = update(_GRANTS).where(*_WAITING).values(retry_at=bindparam("present"))
_TAKE_SOON = (
    update(_GRANTS)
    .where(text("state = 'failed'"), text("failing = 'take'"), _GRANTS.c.due_at > bindparam("soon"))
    .values(due_at=bindparam("soon"))
)


def correct_times(out: Outcome) -> None:
    """Correct stored times where the audit trail shows that the clock was set back."""
    latest = audit.latest_time(out.case)
    if latest is not None and latest > out.now + TOLERANCE:
        move_times_back(out, latest - out.now)


def move_times_back(out: Outcome, by: timedelta, since: datetime | None = None) -> None:
    """Move times back by as much as the clock was set back.

    It was wrong from `since` on, by its own time. Where that is not known, only what lies in the future is
    sure to be wrong.
    """
    moment = min(since, out.now) if since else out.now
    for grant in out.case.take(out.case.read(_BEGUN_LATER, moment=moment)):
        _set_back(out, grant, by)
    _try_now(out)
    before = out.now + by
    out.record(SYSTEM, "clock.set_back", "clock", before=before.isoformat(), after=out.now.isoformat())


def _set_back(out: Outcome, grant: Grant, by: timedelta) -> None:
    if grant.active_at is None:
        return
    before = _as_json(grant)
    active_at, ends_at = min(grant.active_at - by, out.now), grant.ends_at
    if ends_at is not None and grant.length is not None:
        ends_at -= grant.active_at - active_at
    grant = end_dates.reschedule(out, grant, active_at=active_at, ends_at=ends_at)
    transitions.record_grant(out, grant, SYSTEM, "grant.set_back", before=before, after=_as_json(grant))
    redraw.redraw_grant(out, grant)


def _try_now(out: Outcome) -> None:
    jobs.hurry(out.sql, out.now)
    out.woke = True
    for target in out.case.read(_TARGETS, present=out.now):
        out.enqueue("settle", f"settle:{target}", urgency=Urgency.TAKE, target=target)
    out.bulk(_TRY_NOW, present=out.now)
    out.bulk(_TAKE_SOON, soon=out.now + RETRY_FAILED_TAKE)


def _as_json(grant: Grant) -> Json:
    return {
        "active": grant.active_at.isoformat() if grant.active_at else None,
        "end": grant.ends_at.isoformat() if grant.ends_at else None,
    }
