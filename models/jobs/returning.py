"""Giving a claimed job back: it waits for its next run, or it is parked."""

import secrets
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, delete, select
from sqlalchemy.orm import Session

from models.inserts import insert_into
from models.jobs.table import ONE_READY, Job, JobState

FIRST_WAIT = timedelta(seconds=2)
LONGEST_WAIT = timedelta(minutes=15)
ATTEMPTS = 12
"""After so many failures a job is parked, with its last error, where the admins see it (about two hours)."""


def backoff(attempts: int) -> timedelta:
    """The wait after this many failures: doubled each time, capped, and spread by up to a quarter."""
    wait: timedelta = min(FIRST_WAIT * (1 << min(attempts - 1, 20)), LONGEST_WAIT)
    return wait * (1 + secrets.randbelow(250) / 1000)


def make_ready(session: Session, job: Job, run_at: datetime, *, at_least: bool = False) -> None:
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
    session.execute(statement.on_conflict_do_update(**ONE_READY, set_=twin))


def park_job(session: Session, job: Job) -> None:
    """Give a job up. Of several of one key the last stands for all."""
    session.execute(delete(Job).where(Job.key == job.key, Job.state == JobState.PARKED))
    job.state = JobState.PARKED


def unpark(session: Session, key: str, now: datetime) -> None:
    """Let a parked job run again, from its first attempt."""
    for job in session.scalars(select(Job).where(Job.key == key, Job.state == JobState.PARKED)):
        job.attempts = 0
        make_ready(session, job, now)


def _larger(one: Any, other: Any) -> ColumnElement[Any]:
    return case((one > other, one), else_=other)
