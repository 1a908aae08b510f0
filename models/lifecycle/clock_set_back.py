"""A clock that was set back.

The trail knows the latest time that any of us has seen. Where that lies ahead, something was reckoned by
hours that are taken back: an access seems to begin in the future, and would last too long; a failure waits
for its next try for a year. Both are brought to the present. An explicit end stays as it is.
"""

from datetime import timedelta

from sqlalchemy import select, update

from models import audit, jobs
from models.jobs import Urgency
from models.lifecycle import audit_entries, redraw
from models.lifecycle.grant import end_dates
from models.lifecycle.grant.give import TAKE_AGAIN
from models.store.tx import SYSTEM, Tx
from models.tables.base import Json
from models.tables.grants import UNSETTLED, Direction, Grant
from models.tables.states import GrantState

NOTICED = timedelta(minutes=5)
"""Clocks of several machines differ by seconds; by more, one of them was set."""


def mend(tx: Tx) -> None:
    """Look whether the clock was set back, and bring to the present what was reckoned ahead of it."""
    latest = audit.latest(tx.session)
    if latest is None or latest <= tx.now + NOTICED:
        return
    begun = select(Grant).where(Grant.state == GrantState.ACTIVE, Grant.active_at > tx.now).order_by(Grant.id)
    for grant in tx.session.scalars(begun.with_for_update()).all():
        _begin_now(tx, grant)
    _try_now(tx)
    tx.record(SYSTEM, "clock.set_back", "clock", before=latest.isoformat(), after=tx.now.isoformat())


def _begin_now(tx: Tx, grant: Grant) -> None:
    before = _as_json(grant)
    if grant.active_at is not None and grant.ends_at is not None and grant.length is not None:
        grant.ends_at -= grant.active_at - tx.now
    grant.active_at = tx.now
    end_dates.arm(grant)
    audit_entries.of_grant(tx, grant, SYSTEM, "grant.set_back", before=before, after=_as_json(grant))
    redraw.redraw_grant(tx, grant)


def _try_now(tx: Tx) -> None:
    jobs.hurry(tx.session, tx.now)
    tx.woke = True
    waits = update(Grant).where(UNSETTLED, Grant.retry_at > tx.now).values(retry_at=tx.now)
    for target in sorted(set(tx.session.scalars(waits.returning(Grant.target)))):
        tx.enqueue("settle", f"settle:{target}", urgency=Urgency.TAKE, target=target)
    failed = update(Grant).where(Grant.state == GrantState.FAILED, Grant.failing == Direction.TAKE)
    soon = tx.now + TAKE_AGAIN
    tx.session.execute(failed.where(Grant.due_at > soon).values(due_at=soon))


def _as_json(grant: Grant) -> Json:
    return {
        "active": grant.active_at.isoformat() if grant.active_at else None,
        "end": grant.ends_at.isoformat() if grant.ends_at else None,
    }
