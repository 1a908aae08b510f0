"""Leases: a claimed job is held for a while, and put back when its process stopped or froze."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from models.jobs.returning import ATTEMPTS, backoff, make_ready, park_job
from models.jobs.table import Job, JobState, Work

LEASE = timedelta(seconds=60)


def release_expired(session: Session, now: datetime) -> None:
    """Put back what a process held that stopped or froze."""
    expired = (
        select(Job)
        .where(Job.state == JobState.RUNNING, Job.lease_until < lease_clock(session))
        .order_by(Job.key)
        .with_for_update(skip_locked=True)  # it is just being finished, or its lease renewed
        .execution_options(populate_existing=True)
    )
    for job in session.scalars(expired).all():
        job.token, job.lease_until = None, None
        if job.attempts >= ATTEMPTS:  # it takes its process down with it
            job.error = job.error or "The process ended while it worked on this."
            park_job(session, job)
        else:
            # Whatever ends the process each time is parted by this from what only ran beside it.
            make_ready(session, job, now if job.attempts == 1 else now + backoff(job.attempts))


def release_all(session: Session, now: datetime) -> None:
    """Put everything back. At start, and only where no other process shares the database (SQLite)."""
    session.execute(
        update(Job).where(Job.state == JobState.RUNNING).values(lease_until=datetime.fromtimestamp(0, UTC))
    )
    release_expired(session, now)


def extend_leases(session: Session, works: list[Work], lease: timedelta = LEASE) -> set[int]:
    """Keep holding what is still being worked on; returns the ids of what was still held."""
    ids = [work.id for work in works]
    tokens = [work.token for work in works]
    until = lease_clock(session) + lease
    held = update(Job).where(Job.id.in_(ids), Job.token.in_(tokens)).values(lease_until=until)
    return set(session.scalars(held.returning(Job.id)))


def lease_clock(session: Session) -> datetime:
    """The time that leases are measured by: the database server's where several machines share it.

    Never the injected clock: a sandbox that jumps a day ahead must not take work from a process at work.
    """
    if session.get_bind().dialect.name == "postgresql":
        return session.scalars(select(func.clock_timestamp())).one().astimezone(UTC)  # type: ignore[no-any-return]
    return datetime.now(UTC)
