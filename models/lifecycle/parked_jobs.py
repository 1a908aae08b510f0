"""Work that is given up is shown to the admins; one who has mended what was wrong lets it run again."""

from datetime import timedelta

from models import jobs
from models.errors import Closed
from models.jobs import Job, JobState, Work
from models.lifecycle import redraw
from models.lifecycle.references import number_of
from models.registry.directory import Directory
from models.registry.permissions import only_admins
from models.store.tx import Tx


def hand_back(tx: Tx, work: Work, *, error: str, wait: timedelta | None = None, park: bool = True) -> bool:
    """A run failed: plan the next one, or give the job up (`jobs.again`). True if it was given up."""
    given_up = jobs.again(tx.session, work, tx.now, error=error, wait=wait, park=park)
    # A Home that cannot be drawn would be given up again, and so on.
    if given_up and work.kind != "home":
        redraw.refresh_homes(tx, Directory(tx.session).admins())
    return given_up


def run_again(tx: Tx, ref: str, by: str) -> None:
    """Let a parked job (JB-3) run from its first attempt; raises Closed where somebody was first."""
    only_admins(tx.session, by, "let this run again")
    job = tx.locked(Job, number_of(ref, "JB"))
    if job is None or job.state is not JobState.PARKED:
        raise Closed("That runs again already.")
    tx.record(by, "job.retried", ref, kind=job.kind, key=job.key, error=job.error)
    jobs.unpark(tx.session, job.key, tx.now)
    tx.woke = True
    redraw.refresh_homes(tx, Directory(tx.session).admins())
