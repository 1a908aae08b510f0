"""The job table: work that a fact causes, written down in the fact's own transaction and done by the worker.

A job has a `key`: while one of that key is ready, asking again changes nothing, so a job says "bring this
up to date" and looks the facts up when it runs. It has a `lane`: at most one job of a lane runs at a time,
over all processes. It is held by a lease with a token; whoever lost the lease cannot finish the job
(`finish` refuses).
"""

from models.jobs.claiming import claim, hurry, next_run
from models.jobs.finishing import again, finish
from models.jobs.leases import LEASE, extend_leases, release_all
from models.jobs.returning import ATTEMPTS, LONGEST_WAIT, backoff, unpark
from models.jobs.table import Job, JobState, LeaseLost, Urgency, Wanted, Work
from models.jobs.wanting import enqueue

__all__ = [
    "ATTEMPTS",
    "LEASE",
    "LONGEST_WAIT",
    "Job",
    "JobState",
    "LeaseLost",
    "Urgency",
    "Wanted",
    "Work",
    "again",
    "backoff",
    "claim",
    "enqueue",
    "extend_leases",
    "finish",
    "hurry",
    "next_run",
    "release_all",
    "unpark",
]
