"""Jobs on their way into the table and out of it: to be written, and claimed by the worker."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from models.tables.base import Json
from models.tables.jobs import Urgency


@dataclass(frozen=True)
class Work:
    """A claimed job, as the worker carries it."""

    id: int
    kind: str
    key: str
    payload: Json
    attempts: int
    token: str


class NewJob(NamedTuple):
    """A job that is to be enqueued."""

    kind: str
    key: str
    lane: str
    payload: Json
    urgency: Urgency
    run_at: datetime
    not_before: datetime | None = None
    """What the other side asked for (Retry-After): not before then, even if enqueued again."""

    def merged_with(self, other: "NewJob") -> "NewJob":
        """One for two of the same key: the later one's payload, the earlier time, the higher urgency."""
        not_before = max(filter(None, (self.not_before, other.not_before)), default=None)
        earlier, urgency = min(self.run_at, other.run_at), min(self.urgency, other.urgency)
        return other._replace(run_at=earlier, urgency=urgency, not_before=not_before)


def add_job(jobs: "dict[str, NewJob]", job: NewJob) -> None:
    """Add a job to jobs by key; two of one key become one."""
    before = jobs.get(job.key)
    jobs[job.key] = before.merged_with(job) if before else job


class LeaseLost(Exception):
    """The lease ran out and another process has the job; nothing of this run may be written."""
