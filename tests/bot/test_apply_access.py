"""One round at a connector: what it says becomes of each grant, and whatever it does breaks nothing else."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from bot.connectors.base import Connector, ConnectorContext, Params
from bot.connectors.manual import Manual
from bot.errors import RetryAfter, UpstreamUnavailable
from bot.metrics import Metrics
from bot.slack.gateway import Gateway
from bot.worker.jobs import apply_access
from bot.worker.jobs.apply_access import ApplyAccessJob
from bot.worker.runner import Result
from models import jobs
from models.catalogue.spec import AppSpec
from models.clock import ManualClock
from models.jobs import LeaseLost, Work
from models.lifecycle.grant import reconcile
from models.lifecycle.grant.reconcile import Done, TargetChange
from models.lifecycle.request import submit
from models.lifecycle.request.plan import Draft
from models.store.base import Store
from models.store.outcome import Outcome
from models.tables.grants import Grant, Task
from models.tables.requests import Term
from models.tables.states import GrantState
from tests.models.company import ADA, ALAN, GITHUB, GRACE, found
from tests.models.workflow_steps import sweep
from tests.rows import all_of, one_of

pytestmark = pytest.mark.both_engines

EIGHT_HOURS = Term(length=timedelta(hours=8))


class Moody(Connector):
    """A connector to a set in memory, with moods: by person, what is raised instead of working."""

    type = "moody"
    label = "Moody"

    def __init__(self, context: ConnectorContext) -> None:
        super().__init__(context)
        self.members: set[str] = set()
        self.moods: dict[str, Exception] = {}
        self.done: list[str] = []

    @classmethod
    def check(cls, _params: Params) -> str | None:
        return None

    async def give(self, change: TargetChange) -> reconcile.ConnectorResult:
        return self._act("give", change, self.members.add)

    async def take(self, change: TargetChange) -> reconcile.ConnectorResult:
        return self._act("take", change, self.members.discard)

    async def holds(self, change: TargetChange) -> bool | None:
        return change.person_id in self.members

    def _act(self, what: str, change: TargetChange, act: Callable[[str], None]) -> reconcile.ConnectorResult:
        if mood := self.moods.get(change.person_id):
            raise mood
        act(change.person_id)
        self.done.append(f"{what} {change.person_id}")
        return Done()


@pytest.fixture
def moody(clock: ManualClock, http: aiohttp.ClientSession, gateway: Gateway) -> Moody:
    return Moody(ConnectorContext(clock, http, gateway, lambda: "UKEYTURN"))


@pytest.fixture
def job(store: Store, moody: Moody, metrics: Metrics) -> ApplyAccessJob:
    return ApplyAccessJob(store, {"moody": moody, "manual": Manual(moody.context)}, metrics)


def app(connector: Mapping[str, Any]) -> AppSpec:
    entry = GITHUB.stored() | {"auto_approve": [{"name": "Everybody may"}]}
    entry["access"] = [{"key": "engineering", "name": "Engineering team", "connector": dict(connector)}]
    return AppSpec.model_validate(entry)


async def approved(store: Store, *people: str, connector: Mapping[str, Any] | None = None) -> None:
    """These people asked, and a rule said yes."""

    def work(out: Outcome) -> None:
        found(out, app(connector or {"type": "moody"}))
        for person in people:
            draft = Draft(person, person, "github", ("engineering",), EIGHT_HOURS, "INC-42")
            submit.submit(out, draft)

    await store.write(work)


async def written(store: Store, work: Work, result: Result) -> None:
    """The worker's part: what came of the job is written with its end."""

    def end(out: Outcome) -> None:
        out.finish(work)
        result(out)

    await store.write(end)


async def carried_out(job: ApplyAccessJob, store: Store) -> None:
    work = await claimed(store)
    await written(store, work, await job.run(work))


async def claimed(store: Store) -> Work:
    works = await store.write(lambda out: jobs.claim(out.sql, out.now, 100))
    return next(work for work in works if work.kind == "settle")


async def states(store: Store) -> dict[str, GrantState]:
    grants = await all_of(store, Grant)
    return {grant.person_id: grant.state for grant in grants}


async def error_of(store: Store, person: str) -> str:
    return (await one_of(store, Grant, person_id=person)).error


async def test_what_is_given_is_active_and_what_is_over_is_taken(
    store: Store, job: ApplyAccessJob, moody: Moody, clock: ManualClock
) -> None:
    await approved(store, ADA)
    await carried_out(job, store)
    assert await states(store) == {ADA: GrantState.ACTIVE}
    clock.advance(timedelta(hours=8))
    await sweep(store)
    await carried_out(job, store)
    assert await states(store) == {ADA: GrantState.ENDED}
    assert moody.members == set()


async def test_what_is_so_already_is_not_done_again(store: Store, job: ApplyAccessJob, moody: Moody) -> None:
    moody.members.add(ADA)
    await approved(store, ADA)
    await carried_out(job, store)
    assert await states(store) == {ADA: GrantState.ACTIVE}
    assert moody.done == []


async def test_one_persons_failure_is_not_the_next_ones(
    store: Store, job: ApplyAccessJob, moody: Moody
) -> None:
    moody.moods[GRACE] = ValueError("no such account")
    await approved(store, ADA, GRACE, ALAN)
    await carried_out(job, store)
    assert await states(store) == {
        ADA: GrantState.ACTIVE,
        GRACE: GrantState.GRANTING,
        ALAN: GrantState.ACTIVE,
    }
    assert await error_of(store, GRACE) == "ValueError: no such account"


@pytest.mark.parametrize(
    ("mood", "again", "words"),
    [
        (RetryAfter("wait, please", timedelta(seconds=90)), timedelta(seconds=90), "wait, please"),
        (
            UpstreamUnavailable("connection refused"),
            timedelta(seconds=3),
            "does not answer: connection refused",
        ),
    ],
)
async def test_what_may_pass_is_tried_again_when_it_may_have_passed(
    store: Store,
    job: ApplyAccessJob,
    moody: Moody,
    clock: ManualClock,
    mood: Exception,
    again: timedelta,
    words: str,
) -> None:
    moody.moods[ADA] = mood
    await approved(store, ADA)
    await carried_out(job, store)
    assert words in await error_of(store, ADA)
    moody.moods.clear()
    clock.advance(again)
    await carried_out(job, store)
    assert await states(store) == {ADA: GrantState.ACTIVE}


async def test_a_connector_that_breaks_altogether_is_tried_again(
    store: Store, job: ApplyAccessJob, moody: Moody, monkeypatch: pytest.MonkeyPatch, clock: ManualClock
) -> None:
    async def breaks(_: Sequence[TargetChange]) -> Mapping[int, reconcile.ConnectorResult]:
        raise KeyError("surprise")

    monkeypatch.setattr(moody, "apply", breaks)
    await approved(store, ADA, GRACE)
    await carried_out(job, store)
    assert await states(store) == {ADA: GrantState.GRANTING, GRACE: GrantState.GRANTING}
    monkeypatch.undo()
    clock.advance(timedelta(seconds=3))
    await carried_out(job, store)
    assert await states(store) == {ADA: GrantState.ACTIVE, GRACE: GrantState.ACTIVE}


async def test_a_connector_that_hangs_is_cut_off(
    store: Store, job: ApplyAccessJob, moody: Moody, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hangs(_: Sequence[TargetChange]) -> Mapping[int, reconcile.ConnectorResult]:
        await asyncio.Event().wait()
        return {}

    monkeypatch.setattr(apply_access, "ROUND_TIMEOUT", 0.05)
    monkeypatch.setattr(moody, "apply", hangs)
    await approved(store, ADA)
    await carried_out(job, store)
    assert "did not answer within" in await error_of(store, ADA)


async def test_a_connector_that_forgets_somebody_is_asked_again(
    store: Store, job: ApplyAccessJob, moody: Moody, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def forgets(changes: Sequence[TargetChange]) -> Mapping[int, reconcile.ConnectorResult]:
        return {changes[0].grant_id: Done()}

    monkeypatch.setattr(moody, "apply", forgets)
    await approved(store, ADA, GRACE)
    await carried_out(job, store)
    assert await states(store) == {ADA: GrantState.ACTIVE, GRACE: GrantState.GRANTING}


async def test_a_target_that_asks_to_be_left_alone_is_left_alone_for_others_too(
    store: Store, job: ApplyAccessJob, moody: Moody, clock: ManualClock
) -> None:
    await approved(store, ADA)
    moody.moods[ADA] = RetryAfter("Too many calls", timedelta(hours=1))
    await carried_out(job, store)
    moody.moods.clear()
    await approved(store, ALAN)
    clock.advance(timedelta(minutes=59))
    works = await store.write(lambda out: jobs.claim(out.sql, out.now, 100))
    assert "settle" not in {work.kind for work in works}
    clock.advance(timedelta(minutes=1))
    await carried_out(job, store)
    assert await states(store) == {ADA: GrantState.ACTIVE, ALAN: GrantState.ACTIVE}


async def test_a_connector_that_is_not_there_fails_at_once_and_says_so(
    store: Store, job: ApplyAccessJob
) -> None:
    await approved(store, ADA, connector={"type": "carrier_pigeon"})
    await carried_out(job, store)
    assert await states(store) == {ADA: GrantState.FAILED}
    assert "no connector 'carrier_pigeon'" in await error_of(store, ADA)


async def test_what_is_done_by_hand_waits_for_a_hand(store: Store, job: ApplyAccessJob) -> None:
    await approved(store, ADA, connector={"type": "manual"})
    await carried_out(job, store)
    assert await states(store) == {ADA: GrantState.GRANTING}
    (task,) = await all_of(store, Task)
    assert sorted(task.asked) == [ALAN, GRACE]


async def test_who_lost_the_lease_writes_nothing(store: Store, job: ApplyAccessJob, moody: Moody) -> None:
    await approved(store, ADA)
    work = await claimed(store)
    await store.write(lambda out: jobs.release_all(out.sql, out.now))
    with pytest.raises(LeaseLost):
        await written(store, work, await job.run(work))
    assert await states(store) == {ADA: GrantState.GRANTING}
    await carried_out(job, store)  # the next one looks, and sees that it is done
    assert await states(store) == {ADA: GrantState.ACTIVE}
    assert moody.done == [f"give {ADA}"]


async def test_what_another_grant_still_gives_is_not_taken(
    store: Store, job: ApplyAccessJob, moody: Moody, clock: ManualClock
) -> None:
    """Two ways to the same thing: the one that ends first takes nothing."""
    await approved(store, ADA)
    other = app({"type": "moody"}).model_copy(update={"key": "gitlab", "name": "GitLab"})
    longer = Draft(ADA, ADA, "gitlab", ("engineering",), Term(length=timedelta(days=2)), "INC-43")

    def work(out: Outcome) -> None:
        found(out, other)
        submit.submit(out, longer)

    await store.write(work)
    await carried_out(job, store)
    clock.advance(timedelta(hours=8))
    await sweep(store)
    await carried_out(job, store)
    grants = await all_of(store, Grant)
    assert [grant.state for grant in grants] == [GrantState.ENDED, GrantState.ACTIVE]
    assert moody.members == {ADA}


async def test_failures_are_counted(
    store: Store, job: ApplyAccessJob, moody: Moody, metrics: Metrics
) -> None:
    moody.moods[ADA] = ValueError("no such account")
    await approved(store, ADA)
    await carried_out(job, store)
    assert b'keyturn_connector_failures_total{direction="give",type="moody"} 1.0' in metrics.render()
