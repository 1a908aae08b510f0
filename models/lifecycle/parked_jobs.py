"""Park a job that keeps failing, where the admins see it, and run it again once the cause is gone."""

from datetime import timedelta

from models import jobs
from models.errors import Closed
from models.jobs import Job, JobState, Work
from models.lifecycle import redraw
from models.registry.by_reference import number_of
from models.registry.directory import Directory
from models.registry.permissions import only_admins
from models.store.outcome import Outcome


def return_job(
    out: Outcome, work: Work, *, error: str, wait: timedelta | None = None, park: bool = True
) -> bool:
    """Plan the next run of a failed job, or park it (`jobs.retry_or_park`); True if it was parked."""
    parked = jobs.retry_or_park(out.sql, work, out.now, error=error, wait=wait, park=park)
    # A Home that cannot be drawn would be parked again, and so on.
    if parked and work.kind != "home":
        redraw.refresh_homes(out, Directory(out.case).admins())
    return parked


def run_parked_job(out: Outcome, ref: str, by: str) -> None:
    """Run a parked job (JB-3) again, as an admin, from its first attempt.

    Raises:
        NotAllowed: `by` is no admin.
        Closed: It runs again already.
    """
    only_admins(out.case, by, "run this again")
    job = out.case.lock(Job, number_of(ref, "JB"))
    if job is None or job.state is not JobState.PARKED:
        raise Closed("This is already running again.")
    out.record(by, "job.retried", ref, kind=job.kind, key=job.key, error=job.error)
    jobs.unpark(out.sql, job.key, out.now)
    out.woke = True
    redraw.refresh_homes(out, Directory(out.case).admins())
