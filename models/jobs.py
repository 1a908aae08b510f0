"""The job table: work that a fact causes, written down in the fact's own transaction and done by the worker.

A job has a `key`: while one of that key is ready, asking again changes nothing, so a job says "bring this
up to date" and looks the facts up when it runs. It has a `lane`: at most one job of a lane runs at a time,
over all processes. It is held by a lease with a token; whoever lost the lease cannot finish the job
(`finish` refuses).
"""

import secrets
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Index, String, Text, case, delete, func, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import BIG_KEY, Base, Json
from models.inserts import insert_into

LEASE = timedelta(seconds=60)
FIRST_WAIT = timedelta(seconds=2)
LONGEST_WAIT = timedelta(minutes=15)
ATTEMPTS = 12
"""After so many failures a job is parked, with its last error, where the admins see it (about two hours)."""


class JobState(StrEnum):
    """Where a job stands; one that is done is gone."""

    READY = "ready"
    RUNNING = "running"
    PARKED = "parked"


class Urgency(IntEnum):
    """Lower goes first: taking access away, giving it, telling people, tidying."""

    TAKE = 0
    GIVE = 1
    TELL = 2
    LATER = 3


class Job(Base):
    """One piece of work."""

    __tablename__ = "jobs"

    id: Mapped[int] = mapped_column(BIG_KEY, primary_key=True)
    kind: Mapped[str] = mapped_column(String(32))
    key: Mapped[str] = mapped_column(String(255))
    lane: Mapped[str] = mapped_column(String(255))
    payload: Mapped[Json]
    urgency: Mapped[int]
    state: Mapped[JobState]
    run_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    token: Mapped[str | None] = mapped_column(String(32))
    lease_until: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]

    __table_args__ = (
        Index(
            "uq_jobs_ready_key",
            "key",
            unique=True,
            sqlite_where=text("state = 'ready'"),
            postgresql_where=text("state = 'ready'"),
        ),
        Index(
            "uq_jobs_running_lane",
            "lane",
            unique=True,
            sqlite_where=text("state = 'running'"),
            postgresql_where=text("state = 'running'"),
        ),
        Index(
            "ix_jobs_ready",
            "run_at",
            "urgency",
            sqlite_where=text("state = 'ready'"),
            postgresql_where=text("state = 'ready'"),
        ),
        Index(
            "ix_jobs_parked",
            "id",
            sqlite_where=text("state = 'parked'"),
            postgresql_where=text("state = 'parked'"),
        ),
        Index(
            "ix_jobs_leases",
            "lease_until",
            sqlite_where=text("state = 'running'"),
            postgresql_where=text("state = 'running'"),
        ),
    )


@dataclass(frozen=True)
class Work:
    """A claimed job, as the worker carries it."""

    id: int
    kind: str
    key: str
    payload: Json
    attempts: int
    token: str


class LeaseLost(Exception):
    """The lease ran out and another process has the job; nothing of this run may be written."""


@dataclass(frozen=True)
class Wanted:
    """Work to be written down."""

    kind: str
    key: str
    lane: str
    payload: Json
    urgency: Urgency
    run_at: datetime

    def merged(self, other: "Wanted") -> "Wanted":
        """One for two of the same key: the later one's payload, the earlier time, the higher urgency."""
        return replace(other, run_at=min(self.run_at, other.run_at), urgency=min(self.urgency, other.urgency))


_READY: dict[str, Any] = {"index_elements": [Job.key], "index_where": text("state = 'ready'")}
"""The index by which one job of a key is ready."""


def enqueue(session: Session, wanted: Iterable[Wanted], now: datetime) -> None:
    """Write jobs down. Where one of a key is ready already, the earlier time wins."""
    # By key, so that two transactions that want the same jobs wait for each other in one order only.
    rows = [
        vars(one) | {"state": JobState.READY, "attempts": 0, "error": "", "created_at": now}
        for one in sorted(wanted, key=lambda one: one.key)
    ]
    if not rows:
        return
    statement = insert_into(session, Job)
    new = statement.excluded
    # PostgreSQL locks the ready job even where the time stays: nobody runs it before this commit, without
    # seeing what it was wanted for.
    upsert = statement.on_conflict_do_update(
        **_READY, set_={"run_at": new.run_at, "payload": new.payload}, where=Job.run_at > new.run_at
    )
    session.connection().execute(upsert, rows)


def claim(session: Session, now: datetime, limit: int, without: Collection[str] = ()) -> list[Work]:
    """Take up to `limit` due jobs, the most urgent first, one of a lane, none of the kinds `without`.

    Their leases last `LEASE`.
    """
    _serialise_claims(session)
    release_expired(session, now)
    busy = select(Job.lane).where(Job.state == JobState.RUNNING)
    due = (
        select(Job)
        .where(Job.state == JobState.READY, Job.run_at <= now, Job.lane.not_in(busy))
        .where(Job.kind.not_in(without))
        .order_by(Job.urgency, Job.run_at, Job.id)
        .limit(limit)
        # Who wants one of these again just now is not waited for; it is claimed after that commit.
        .with_for_update(skip_locked=True)
    )
    first_of_lane: dict[str, Job] = {}
    for job in session.scalars(due):
        first_of_lane.setdefault(job.lane, job)
    until = lease_clock(session) + LEASE
    return [_take(job, until) for job in first_of_lane.values()]


def _take(job: Job, until: datetime) -> Work:
    job.state, job.attempts = JobState.RUNNING, job.attempts + 1
    job.token, job.lease_until = secrets.token_hex(8), until
    return Work(job.id, job.kind, job.key, job.payload, job.attempts, job.token)


def finish(session: Session, work: Work) -> None:
    """The work is done. Call it in the transaction that writes the work's result; raises LeaseLost."""
    done = delete(Job).where(Job.id == work.id, Job.token == work.token).returning(Job.id)
    if session.execute(done).first() is None:
        raise LeaseLost(work.key)


def again(
    session: Session,
    work: Work,
    now: datetime,
    *,
    error: str,
    wait: timedelta | None = None,
    park: bool = True,
) -> bool:
    """The work failed: try again after `wait` (default: a growing one), or park it. True if it was parked.

    A wait that the other side asked for (Retry-After) is not counted as a failure. With `park` False it is
    tried for ever, as where the other side is away. Raises LeaseLost.
    """
    held = select(Job).where(Job.id == work.id, Job.token == work.token).with_for_update()
    job = session.scalars(held.execution_options(populate_existing=True)).one_or_none()
    if job is None:
        raise LeaseLost(work.key)
    job.error, job.token, job.lease_until = error[:2000], None, None
    if wait is None and park and job.attempts >= ATTEMPTS:
        _park(session, job)
        return True
    if wait is not None:
        job.attempts -= 1
        _make_ready(session, job, now + wait, at_least=True)
    else:
        _make_ready(session, job, now + backoff(job.attempts))
    return False


def backoff(attempts: int) -> timedelta:
    """The wait after this many failures: doubled each time, capped, and spread by up to a quarter."""
    wait: timedelta = min(FIRST_WAIT * (1 << min(attempts - 1, 20)), LONGEST_WAIT)
    return wait * (1 + secrets.randbelow(250) / 1000)


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
            _park(session, job)
        else:
            # Whatever ends the process each time is parted by this from what only ran beside it.
            _make_ready(session, job, now if job.attempts == 1 else now + backoff(job.attempts))


def release_all(session: Session, now: datetime) -> None:
    """Put everything back. At start, and only where no other process shares the database (SQLite)."""
    session.execute(
        update(Job).where(Job.state == JobState.RUNNING).values(lease_until=datetime.fromtimestamp(0, UTC))
    )
    release_expired(session, now)


def extend_leases(session: Session, works: list[Work]) -> None:
    """Keep holding what is still being worked on."""
    ids = [work.id for work in works]
    tokens = [work.token for work in works]
    until = lease_clock(session) + LEASE
    session.execute(update(Job).where(Job.id.in_(ids), Job.token.in_(tokens)).values(lease_until=until))


def next_run(session: Session) -> datetime | None:
    """When the next job is due, or None."""
    return session.scalar(select(func.min(Job.run_at)).where(Job.state == JobState.READY))


def hurry(session: Session, now: datetime) -> None:
    """Let everything that waits run now: the clock that its time was reckoned by was set back."""
    session.execute(update(Job).where(Job.state == JobState.READY, Job.run_at > now).values(run_at=now))


def unpark(session: Session, key: str, now: datetime) -> None:
    """Let a parked job run again, from its first attempt."""
    for job in session.scalars(select(Job).where(Job.key == key, Job.state == JobState.PARKED)):
        job.attempts = 0
        _make_ready(session, job, now)


def lease_clock(session: Session) -> datetime:
    """The time that leases are measured by: the database server's where several machines share it.

    Never the injected clock: a sandbox that jumps a day ahead must not take work from a process at work.
    """
    if session.get_bind().dialect.name == "postgresql":
        return session.scalars(select(func.clock_timestamp())).one().astimezone(UTC)  # type: ignore[no-any-return]
    return datetime.now(UTC)


def _make_ready(session: Session, job: Job, run_at: datetime, *, at_least: bool = False) -> None:
    """Let a held job run again at `run_at`.

    Where the same was asked for while it ran, that one does it, and knows that it was tried; at its own time,
    but `at_least` at this one.
    """
    columns = ("kind", "key", "lane", "payload", "urgency", "attempts", "error", "created_at")
    values = {name: getattr(job, name) for name in columns}
    session.delete(job)
    session.flush()
    statement = insert_into(session, Job).values(values | {"state": JobState.READY, "run_at": run_at})
    new = statement.excluded
    twin = {"attempts": _larger(Job.attempts, new.attempts), "error": new.error}
    if at_least:
        twin["run_at"] = _larger(Job.run_at, new.run_at)
    session.execute(statement.on_conflict_do_update(**_READY, set_=twin))


def _larger(one: Any, other: Any) -> ColumnElement[Any]:
    return case((one > other, one), else_=other)


def _park(session: Session, job: Job) -> None:
    """Give a job up. Of several of one key the last stands for all."""
    session.execute(delete(Job).where(Job.key == job.key, Job.state == JobState.PARKED))
    job.state = JobState.PARKED


def _serialise_claims(session: Session) -> None:
    """On PostgreSQL two processes must not both start a lane's first job; claims are short, so they queue."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(0x6B65797475726E)))
