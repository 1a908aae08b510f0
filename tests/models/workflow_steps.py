"""Steps of a request and its grant in a line each: submit, approve, provision, sweep."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from models import jobs
from models.jobs import Job, Work
from models.lifecycle import due
from models.lifecycle.grant import reconcile
from models.lifecycle.grant.reconcile import Done, TargetChange
from models.lifecycle.request import decide, submit
from models.lifecycle.request.plan import Draft
from models.queries.stories import request_story
from models.statements import Made
from models.store.base import Store
from models.store.outcome import Outcome
from models.tables.grants import Direction, Grant
from models.tables.requests import Request, Term
from tests.models.company import ADA, GRACE
from tests.rows import all_of, every, row_of, trail_of


async def ask(store: Store, term: Term, *accesses: str, app: str = "github", by: str = ADA) -> str:
    """Someone requests themselves; the (first) request's reference."""
    draft = Draft(by, by, app, accesses or ("engineering",), term, "INC-42")
    return (await store.run(submit.submit, draft))[0].ref


async def hold(store: Store, term: Term, *accesses: str, app: str = "github", by: str = ADA) -> str:
    """Somebody asks, Grace approves, and the connector gives it; the grant's reference."""
    ref = await ask(store, term, *accesses, app=app, by=by)
    await store.run(decide.approve, ref, GRACE)
    await settle(store)
    return (await grant_of(store, ref)).ref


def obliging(_change: TargetChange) -> reconcile.ConnectorResult:
    """A target system that does what it is told."""
    return Done()


def targets(out: Outcome) -> list[str]:
    """Whatever any grant is about, before this unit of work."""
    return sorted({one.target for one in every(out.case, Grant)})


async def settle(
    store: Store, system: Callable[[TargetChange], reconcile.ConnectorResult] = obliging
) -> list[TargetChange]:
    """One round at every target, as the worker does it; returns what the target system was asked to do."""
    calls: list[TargetChange] = []

    def outcome(change: TargetChange) -> tuple[Direction, reconcile.ConnectorResult]:
        if change.held_otherwise:
            return change.direction, Done()
        calls.append(change)
        return change.direction, system(change)

    def round_of(out: Outcome) -> None:
        for target in targets(out):
            reconcile.cancel_or_fail_ineligible(out, target)
            found = reconcile.pending_changes(out.case, target)
            reconcile.save_outcomes(out, target, {change.grant_id: outcome(change) for change in found})

    await store.write(round_of)
    return calls


async def sweep(store: Store) -> due.Swept:
    """Do all that is due, as the scheduler does it; what came of the last batch."""
    swept = await store.write_many(due.sweep)
    while swept.more:
        swept = await store.write_many(due.sweep)
    return swept


async def request(store: Store, ref: str) -> Request:
    """A request as it stands."""
    return await row_of(store, Request, int(ref[3:]))


async def grant(store: Store, ref: str) -> Grant:
    """A grant as it stands."""
    return await row_of(store, Grant, int(ref[3:]))


async def grant_of(store: Store, ref: str) -> Grant:
    """The grant that a request came to."""
    return await grant(store, f"GR-{(await request(store, ref)).grant_id}")


async def waits_for(store: Store, ref: str) -> set[str]:
    """Who has yet to decide in the request's open stage."""
    story = await store.read(lambda case: request_story(case, ref))
    assert story.open_stage is not None
    return set(story.open_stage.tally.waiting)


async def claim(store: Store, limit: int = 10, lease: timedelta = jobs.LEASE) -> list[Work]:
    """Claim due jobs, as a worker does."""
    return await store.write(lambda out: jobs.claim(out.sql, out.now, limit, lease=lease))


async def job_rows(store: Store) -> list[Job]:
    """All jobs that there are."""
    return await all_of(store, Job)


async def actions(store: Store, ref: str) -> list[str]:
    """What the trail tells of a request, a grant or a task, in order."""
    rows = await trail_of(store, subject=ref)
    return [row.action for row in rows]


@contextmanager
def statements() -> Iterator[list[Any]]:
    """The statements that run in the block, on whichever database."""
    seen: list[Any] = []
    run = Made.all

    def noted(sql: Made, statement: Any, /, **values: Any) -> list[Any]:
        seen.append(statement)
        return run(sql, statement, **values)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Made, "all", noted)
        yield seen
