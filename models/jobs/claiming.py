"""Claiming: which jobs run next, and when there is something to claim."""

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.orm import Session

from models.jobs.leases import LEASE, lease_clock, release_expired
from models.jobs.table import Job, JobState, Work

_BUSY = select(Job.lane).where(Job.state == JobState.RUNNING)
# The worker asks these all the time. A statement that is made once costs half of one that is made anew.
_DUE = (
    select(Job)
    .where(Job.state == JobState.READY, Job.run_at <= bindparam("now"), Job.lane.not_in(_BUSY))
    .where(Job.kind.not_in(bindparam("without", expanding=True)))
    .order_by(Job.urgency, Job.run_at, Job.id)
    .limit(bindparam("limit"))
    # Who wants one of these again just now is not waited for; it is claimed after that commit.
    .with_for_update(skip_locked=True)
)
_NEXT = select(func.min(Job.run_at)).where(Job.state == JobState.READY)


def claim(
    session: Session,
    now: datetime,
    limit: int,
    without: Collection[str] = (),
    lease: timedelta = LEASE,
    *,
    release: bool = True,
) -> list[Work]:
    """Take up to `limit` due jobs, the most urgent first, one of a lane, none of the kinds `without`.

    They are held for as long as `lease`. With `release`, what a process held that stopped or froze is put
    back first.
    """
    _serialise_claims(session)
    if release:
        release_expired(session, now)
    due = session.scalars(_DUE, {"now": now, "without": list(without), "limit": limit})
    first_of_lane: dict[str, Job] = {}
    for job in due:
        first_of_lane.setdefault(job.lane, job)
    if not first_of_lane:
        return []
    until = lease_clock(session) + lease
    return [_take(job, until) for job in first_of_lane.values()]


def _take(job: Job, until: datetime) -> Work:
    job.state, job.attempts = JobState.RUNNING, job.attempts + 1
    job.not_before = None  # it has passed
    job.token, job.lease_until = secrets.token_hex(8), until
    return Work(job.id, job.kind, job.key, job.payload, job.attempts, job.token)


def next_run(session: Session) -> datetime | None:
    """When the next job is due, or None."""
    return session.scalar(_NEXT)


def hurry(session: Session, now: datetime) -> None:
    """Let everything that waits run now: the clock that its time was reckoned by was set back."""
    session.execute(
        update(Job).where(Job.state == JobState.READY, Job.run_at > now).values(run_at=now, not_before=None)
    )


def _serialise_claims(session: Session) -> None:
    """On PostgreSQL two processes must not both start a lane's first job; claims are short, so they queue."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(0x6B65797475726E)))
