"""Jobs: work that a change causes, enqueued in the change's own transaction and done by the worker.

A job has a `key`: while one of that key is ready, enqueuing it again changes nothing, so a job says "bring
this up to date" and looks the facts up when it runs. It has a `lane`: at most one job of a lane runs at a
time, over all processes.
"""

from models.jobs.queue import (
    ATTEMPTS,
    LEASE,
    LONGEST_WAIT,
    backoff,
    claim,
    enqueue,
    extend_leases,
    finish,
    hurry,
    next_run,
    release_all,
    release_expired,
    retry_or_park,
    unpark,
)
from models.jobs.work import LeaseLost, NewJob, Work
from models.tables.jobs import Job, JobState, Urgency

__all__ = [
    "ATTEMPTS",
    "LEASE",
    "LONGEST_WAIT",
    "Job",
    "JobState",
    "LeaseLost",
    "NewJob",
    "Urgency",
    "Work",
    "backoff",
    "claim",
    "enqueue",
    "extend_leases",
    "finish",
    "hurry",
    "next_run",
    "release_all",
    "release_expired",
    "retry_or_park",
    "unpark",
]
