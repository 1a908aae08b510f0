"""A clock that was set back.

The trail knows the latest time that any of us has seen. Where that lies ahead, something was reckoned by
hours that are taken back: an access seems to begin in the future, and would last too long; a failure waits
for its next try for a year. An access goes back with the clock, so that it lasts as long as it would have;
what waits is tried now. An explicit end stays as it is.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select, text, update

from models import audit, jobs
from models.jobs import Urgency
from models.lifecycle import redraw, transitions
from models.lifecycle.grant import end_dates
from models.lifecycle.grant.give import TAKE_AGAIN
from models.store.outcome import SYSTEM, Outcome
from models.tables.base import Json
from models.tables.grants import UNSETTLED, Grant

NOTICED = timedelta(minutes=5)
"""Clocks of several machines differ by seconds; by more, one of them was set."""

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


def mend(out: Outcome) -> None:
    """Look whether the clock was set back, and bring to the present what was reckoned ahead of it."""
    latest = audit.latest_time(out.case)
    if latest is not None and latest > out.now + NOTICED:
        bring_back(out, latest - out.now)


def bring_back(out: Outcome, by: timedelta, since: datetime | None = None) -> None:
    """The clock was set back by so much: bring what was reckoned before that to the present.

    It was wrong from `since` on, by its own reckoning. Where that is not known, only what lies in the future
    is sure to be wrong.
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
    grant = end_dates.arm(out, grant, active_at=active_at, ends_at=ends_at)
    transitions.of_grant(out, grant, SYSTEM, "grant.set_back", before=before, after=_as_json(grant))
    redraw.redraw_grant(out, grant)


def _try_now(out: Outcome) -> None:
    jobs.hurry(out.sql, out.now)
    out.woke = True
    for target in out.case.read(_TARGETS, present=out.now):
        out.enqueue("settle", f"settle:{target}", urgency=Urgency.TAKE, target=target)
    out.bulk(_TRY_NOW, present=out.now)
    out.bulk(_TAKE_SOON, soon=out.now + TAKE_AGAIN)


def _as_json(grant: Grant) -> Json:
    return {
        "active": grant.active_at.isoformat() if grant.active_at else None,
        "end": grant.ends_at.isoformat() if grant.ends_at else None,
    }
