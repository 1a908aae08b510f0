"""The queue over the job table: enqueue, claim with a lease, finish, retry with backoff, park.

A job is written in the transaction of the change that causes it (`enqueue`, by `models.store.save`), and done
by the worker. It is held by a lease with a token; a process that lost the lease cannot finish it.
"""

import secrets
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, case, delete, func, not_, null, or_, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from models.jobs.work import LeaseLost, NewJob, Work
from models.statements import Sql, Write, among, many
from models.tables.jobs import Job, JobState, Urgency

LEASE = timedelta(seconds=60)
FIRST_WAIT = timedelta(seconds=2)
LONGEST_WAIT = timedelta(minutes=15)
ATTEMPTS = 12
"""After so many failures a job is parked, with its last error, where the admins see it (about two hours)."""

_JOBS: Any = Job.__table__
_C = _JOBS.c
_READY = text("jobs.state = 'ready'")
_RUNNING = text("jobs.state = 'running'")
"""As literal SQL: with bound values SQLite does not use the partial indexes."""
_ONE_READY: dict[str, Any] = {"index_elements": [_C.key], "index_where": text("state = 'ready'")}


def _later(first: Any, second: Any) -> Any:
    """The later of two times in SQL, of which the first may be NULL."""
    return case((first.is_(None), second), (first < second, second), else_=first)


def _upsert(insert: Any) -> Any:
    """Insert a job; one of its key that is ready keeps the earlier time and the higher urgency."""
    statement = insert(_JOBS)
    new = statement.excluded
    not_before = _later(_C.not_before, new.not_before)
    urgent = case((_C.urgency < new.urgency, _C.urgency), else_=new.urgency)
    soonest = case((_C.run_at < new.run_at, _C.run_at), else_=new.run_at)
    # PostgreSQL locks the ready job even where the time stays: nobody runs it before this commit, without
    # seeing the change that it was enqueued for.
    return statement.on_conflict_do_update(
        **_ONE_READY,
        set_={
            "run_at": _later(soonest, not_before),
            "not_before": not_before,
            "payload": new.payload,
            "urgency": urgent,
        },
        where=or_(_C.run_at > new.run_at, _C.urgency > new.urgency, new.not_before.is_not(None)),
    )


def _return(insert: Any) -> Any:
    """Put a held job back; one of its key that was enqueued meanwhile takes over its attempts and error."""
    statement = insert(_JOBS)
    new = statement.excluded
    not_before = _later(_C.not_before, new.not_before)
    twin = {
        "attempts": case((_C.attempts > new.attempts, _C.attempts), else_=new.attempts),
        "error": new.error,
        "run_at": _later(_C.run_at, not_before),
        "not_before": not_before,
    }
    return statement.on_conflict_do_update(**_ONE_READY, set_=twin)


_INSERTS = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
_ENQUEUE = {name: _upsert(insert) for name, insert in _INSERTS.items()}
_RETURN = {name: _return(insert) for name, insert in _INSERTS.items()}
_FINISH = delete(_JOBS).where(_C.id == bindparam("job"), _C.token == bindparam("held_by"))
_held = (
    func.unnest(many("jobs", _C.id.type), many("tokens", _C.token.type))
    .table_valued("job", "token")
    .render_derived(name="held")
)
_FINISH_ALL = (
    delete(_JOBS).where(_C.id == _held.c.job, _C.token == _held.c.token).returning(_C.id)
)  # PostgreSQL does not say how many rows a statement that is run for several has changed
_BUSY_LANES = select(_C.lane).where(_RUNNING).correlate(None)
_DUE = (
    select(Job)
    .where(_READY, _C.run_at <= bindparam("now"), _C.lane.not_in(_BUSY_LANES))
    .where(not_(among(_C.kind, "without")), _C.urgency <= bindparam("least"))
    .order_by(_C.urgency, _C.run_at, _C.id)
    .limit(bindparam("most"))
    # A job that is just being enqueued again is skipped; it is claimed after that commit.
    .with_for_update(skip_locked=True)
)
_TAKE = (
    update(_JOBS)
    .where(_C.id == bindparam("job"))
    .values(
        state=JobState.RUNNING,
        attempts=_C.attempts + 1,
        not_before=null(),  # it has passed
        token=bindparam("new_token"),
        lease_until=bindparam("until"),
    )
)
_NEXT = select(func.min(_C.run_at)).where(_READY)
_HURRY = (
    update(_JOBS)
    .where(_READY, _C.run_at > bindparam("now"))
    .values(run_at=bindparam("now"), not_before=null())
)
_HELD = select(Job).where(_C.id == bindparam("job"), _C.token == bindparam("held_by")).with_for_update()
_EXPIRED = (
    select(Job)
    .where(_RUNNING, _C.lease_until < bindparam("now"), not_(among(_C.id, "mine")))
    .order_by(_C.key)
    .with_for_update(skip_locked=True)  # it is just being finished, or its lease renewed
)
_END_LEASES = update(_JOBS).where(_RUNNING).values(lease_until=bindparam("moment"))
_EXTEND = (
    update(_JOBS)
    .where(among(_C.id, "jobs"), among(_C.token, "tokens"))
    .values(lease_until=bindparam("until"))
    .returning(_C.id)
)
_DROP = delete(_JOBS).where(_C.id == bindparam("job"))
_DROP_PARKED = delete(_JOBS).where(_C.key == bindparam("of_key"), _C.state == JobState.PARKED)
_PARK = (
    update(_JOBS)
    .where(_C.id == bindparam("job"))
    .values(state=JobState.PARKED, error=bindparam("why"), token=null(), lease_until=null())
)
_PARKED = select(Job).where(_C.key == bindparam("of_key"), _C.state == JobState.PARKED)
_CLOCK = select(func.clock_timestamp(type_=_C.run_at.type))
_ONE_CLAIM = select(func.pg_advisory_xact_lock(0x6B65797475726E))


def enqueue(sql: Sql, new_jobs: Iterable[NewJob], now: datetime) -> list[Write]:
    """What inserts jobs. Where one of a key is ready already, the earlier time and the higher urgency win.

    `not_before` is kept in any case.
    """
    # By key, so that two transactions that enqueue the same jobs cannot deadlock.
    rows = [
        {
            **job._asdict(),
            "run_at": max(job.run_at, job.not_before) if job.not_before else job.run_at,
            "state": JobState.READY,
            "attempts": 0,
            "error": "",
            "created_at": now,
        }
        for job in sorted(new_jobs, key=lambda job: job.key)
    ]
    return [Write(_ENQUEUE[sql.dialect.name], rows)]


def finish(sql: Sql, works: Sequence[Work]) -> list[Write]:
    """What deletes jobs that are done.

    Raises:
        LeaseLost: Another process has one of them (when it is written).
    """
    if not works:
        return []

    def check(done: int) -> None:
        if done != len(works):
            raise LeaseLost(", ".join(work.key for work in works))

    if sql.dialect.name == "sqlite":
        return [Write(_FINISH, [{"job": work.id, "held_by": work.token} for work in works], check)]
    lists = {"jobs": [work.id for work in works], "tokens": [work.token for work in works]}
    return [Write(_FINISH_ALL, [lists], check)]


def claim(
    sql: Sql,
    now: datetime,
    limit: int,
    without: Collection[str] = (),
    lease: timedelta = LEASE,
    *,
    least: Urgency = Urgency.LATER,
    mine: Collection[int] | None = (),
) -> list[Work]:
    """Claim up to `limit` due jobs, the most urgent first, one of a lane, none of the kinds `without`.

    None is less urgent than `least`. They are held for as long as `lease`. Expired leases of processes that
    stopped or froze are released first, except of `mine`: jobs that this process still has, their leases not
    renewed. With None for `mine` nothing is released.
    """
    if sql.dialect.name == "postgresql":
        # Two processes must not both start a lane's first job; claims are short, so they queue.
        sql.all(_ONE_CLAIM)
    if mine is not None:
        release_expired(sql, now, mine)
    first_of_lane: dict[str, Job] = {}
    for job in sql.all(_DUE, now=now, without=sorted(without), least=least, most=limit):
        first_of_lane.setdefault(job.lane, job)
    if not first_of_lane:
        return []
    until = lease_clock(sql) + lease
    works = [
        Work(job.id, job.kind, job.key, job.payload, job.attempts + 1, secrets.token_hex(8))
        for job in first_of_lane.values()
    ]
    sql.run(_TAKE, [{"job": work.id, "new_token": work.token, "until": until} for work in works])
    return works


def next_run(sql: Sql) -> datetime | None:
    """When the next job is due; None where there is none."""
    return sql.first(_NEXT)  # type: ignore[no-any-return]


def hurry(sql: Sql, now: datetime) -> None:
    """Make all ready jobs due now, since the clock that set their times was set back."""
    sql.run(_HURRY, [{"now": now}])


def retry_or_park(
    sql: Sql, work: Work, now: datetime, *, error: str, wait: timedelta | None = None, park: bool = True
) -> bool:
    """Retry a failed job after `wait` (default: a growing one), or park it; True if it was parked.

    A wait that the other side asked for (Retry-After) does not count as a failure. With `park` False it is
    retried for ever, as where the other side is away.

    Raises:
        LeaseLost: Another process has the job.
    """
    job = sql.first(_HELD, job=work.id, held_by=work.token)
    if job is None:
        raise LeaseLost(work.key)
    job = job._replace(error=error[:2000])
    if wait is None and park and job.attempts >= ATTEMPTS:
        _park(sql, job)
        return True
    if wait is not None:
        _make_ready(sql, job._replace(attempts=job.attempts - 1, not_before=now + wait), now + wait)
    else:
        _make_ready(sql, job, now + backoff(job.attempts))
    return False


def backoff(attempts: int) -> timedelta:
    """The wait after this many failures: doubled each time, capped, and spread by up to a quarter."""
    wait: timedelta = min(FIRST_WAIT * (1 << min(attempts - 1, 20)), LONGEST_WAIT)
    return wait * (1 + secrets.randbelow(250) / 1000)


def release_expired(sql: Sql, now: datetime, mine: Collection[int] = ()) -> None:
    """Release the expired leases of processes that stopped or froze; not of this one's jobs (ids `mine`)."""
    for job in sql.all(_EXPIRED, now=lease_clock(sql), mine=sorted(mine)):
        if job.attempts >= ATTEMPTS:  # it takes its process down with it
            _park(sql, job._replace(error=job.error or "The process ended while it ran this."))
        else:
            # The wait separates a job that ends the process each time from those that only ran beside it.
            _make_ready(sql, job, now if job.attempts == 1 else now + backoff(job.attempts))


def release_all(sql: Sql, now: datetime) -> None:
    """Release every lease. At start, and only where no other process shares the database (SQLite)."""
    sql.run(_END_LEASES, [{"moment": datetime.fromtimestamp(0, UTC)}])
    release_expired(sql, now)


def extend_leases(sql: Sql, works: Sequence[Work], lease: timedelta = LEASE) -> set[int]:
    """Extend the leases of jobs that are being worked on; returns the ids of those that were still held."""
    ids, tokens = [work.id for work in works], [work.token for work in works]
    return set(sql.all(_EXTEND, jobs=ids, tokens=tokens, until=lease_clock(sql) + lease))


def lease_clock(sql: Sql) -> datetime:
    """The time by which leases are measured: the database server's where several machines share it.

    Never the injected clock: a sandbox that jumps a day ahead must not take work from a process at work.
    """
    if sql.dialect.name == "postgresql":
        return sql.first(_CLOCK)  # type: ignore[no-any-return]
    return datetime.now(UTC)


def unpark(sql: Sql, key: str, now: datetime) -> None:
    """Make a parked job ready again, from its first attempt."""
    for job in sql.all(_PARKED, of_key=key):
        _make_ready(sql, job._replace(attempts=0), now)


def _make_ready(sql: Sql, job: Any, run_at: datetime) -> None:
    """Make a held job ready again at `run_at`.

    Where one of its key was enqueued while it ran, that one takes its place, with its attempts, at its own
    time, but not before `job.not_before`.
    """
    columns = ("kind", "key", "lane", "payload", "urgency", "not_before", "attempts", "error", "created_at")
    values = {name: getattr(job, name) for name in columns}
    sql.run(_DROP, [{"job": job.id}])
    sql.run(_RETURN[sql.dialect.name], [values | {"state": JobState.READY, "run_at": run_at}])


def _park(sql: Sql, job: Any) -> None:
    """Park a job, in the place of any other parked one of its key."""
    sql.run(_DROP_PARKED, [{"of_key": job.key}])
    sql.run(_PARK, [{"job": job.id, "why": job.error}])
