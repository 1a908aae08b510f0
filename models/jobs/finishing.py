"""The end of a run: the work is done, or it failed and is tried again, or given up."""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session

from models.jobs.returning import ATTEMPTS, backoff, make_ready, park_job
from models.jobs.table import Job, LeaseLost, Work
from models.straight import straight

_DONE = delete(Job).where(Job.id == bindparam("job"), Job.token == bindparam("held_by"))


def finish(session: Session, work: Work) -> None:
    """The work is done. Call it in the transaction that writes the work's result; raises LeaseLost."""
    if not straight(session, _DONE, {"job": work.id, "held_by": work.token}).rowcount:
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
        park_job(session, job)
        return True
    if wait is not None:
        job.attempts -= 1
        job.not_before = now + wait
        make_ready(session, job, job.not_before)
    else:
        make_ready(session, job, now + backoff(job.attempts))
    return False
