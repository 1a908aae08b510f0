"""Giving a claimed job back: it waits for its next run, or it is parked."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import case, delete, select
from sqlalchemy.orm import Session

from models.inserts import insert_into
from models.jobs.table import ONE_READY, Job, JobState, later

FIRST_WAIT = timedelta(seconds=2)
LONGEST_WAIT = timedelta(minutes=15)
ATTEMPTS = 12
"""After so many failures a job is parked, with its last error, where the admins see it (about two hours)."""


def backoff(attempts: int) -> timedelta:
    """The wait after this many failures: doubled each time, capped, and spread by up to a quarter."""
    wait: timedelta = min(FIRST_WAIT * (1 << min(attempts - 1, 20)), LONGEST_WAIT)
    return wait * (1 + secrets.randbelow(250) / 1000)


def make_ready(session: Session, job: Job, run_at: datetime) -> None:
    """Let a held job run again at `run_at`.

    Where the same was asked for while it ran, that one does it, and knows that it was tried; at its own time,
    but not before `job.not_before`.
    """
    columns = ("kind", "key", "lane", "payload", "urgency", "not_before", "attempts", "error", "created_at")
    values = {name: getattr(job, name) for name in columns}
    session.delete(job)
    session.flush()
    statement = insert_into(session, Job).values(values | {"state": JobState.READY, "run_at": run_at})
    new = statement.excluded
    told = later(Job.not_before, new.not_before)
    twin = {
        "attempts": case((Job.attempts > new.attempts, Job.attempts), else_=new.attempts),
        "error": new.error,
        "run_at": later(Job.run_at, told),
        "not_before": told,
    }
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
