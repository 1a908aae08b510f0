"""What /metrics shows after something really happened, read over HTTP."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path

import aiohttp
import pytest

from bot.worker import schedule
from models.clock import ManualClock
from models.jobs import Job
from models.queries import health
from models.store.base import Store
from models.store.outcome import Outcome
from tests.bot.metrics_scrape import scrape
from tests.plans import explained
from tests.ready_world import approve_request, ready_world, submit_request
from tests.rows import clear
from tests.world import World, running

pytestmark = pytest.mark.both_engines


@pytest.fixture
async def world(
    sqlite_template: str, tmp_path: Path, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[World]:
    monkeypatch.setattr(schedule, "GRANT_COUNT_REST", 0)  # the grants are counted each time
    async with ready_world(sqlite_template, tmp_path, clock) as ready:
        yield ready


async def test_a_request_and_its_grant_are_counted_where_they_stand(
    world: World, http: aiohttp.ClientSession
) -> None:
    ref = await submit_request(world)
    before = await scrape(world.bot, http)
    await approve_request(world, ref)
    after = await scrape(world.bot, http)
    assert (before("pending_requests"), after("pending_requests")) == (1, 0)
    assert (before("grants", state="active"), after("grants", state="active")) == (0, 1)
    assert after("audit_entries_total", action="request.approved") == 1
    assert after("connector_seconds_count", type="slack_usergroup") == 1
    assert after("job_seconds_count", kind="settle") == 1
    assert after("slack_call_seconds_count", method="usergroups.users.update") == 1


async def test_a_click_is_counted_with_the_time_that_slack_waited(
    world: World, http: aiohttp.ClientSession
) -> None:
    await submit_request(world)
    before = (await scrape(world.bot, http))("acknowledgement_seconds_count", mode="http") or 0
    await world.approve("Grace", "INC-42")
    after = (await scrape(world.bot, http))("acknowledgement_seconds_count", mode="http") or 0
    assert after >= before + 2  # the button, and the form that asks once more


async def test_work_by_hand_is_open_until_it_is_done(world: World, http: aiohttp.ClientSession) -> None:
    await approve_request(world, await submit_request(world, access="admin"))
    seen = await scrape(world.bot, http)
    assert (seen("open_tasks"), seen("grants", state="granting")) == (1, 1)


async def test_an_access_that_cannot_be_taken_back_is_overdue(
    world: World, http: aiohttp.ClientSession
) -> None:
    await approve_request(world, await submit_request(world))
    with world.slack.faults.fail("usergroups.users.update"):
        await world.pass_time(timedelta(hours=8))
        on_time = await scrape(world.bot, http)
        await world.pass_time(timedelta(minutes=2))
        late = await scrape(world.bot, http)
    await world.pass_time(timedelta(days=1))
    mended = await scrape(world.bot, http)
    assert [one("overdue_revokes") for one in (on_time, late, mended)] == [0, 1, 0]
    assert late("connector_failures_total", type="slack_usergroup", direction="take")


async def test_waits_that_slack_asks_for_are_counted_in_seconds(
    world: World, http: aiohttp.ClientSession
) -> None:
    world.slack.faults.ratelimit("chat.postMessage", retry_after=30, times=1)
    await submit_request(world)
    seen = await scrape(world.bot, http)
    assert seen("slack_throttles_total", method="chat.postMessage") == 1
    assert seen("slack_throttled_seconds_total", method="chat.postMessage") == 30
    assert seen("slack_errors_total", method="chat.postMessage", error="ratelimited") == 1


async def test_what_waits_is_shown_by_kind_and_urgency_and_no_longer_than_it_waits(
    world: World, http: aiohttp.ClientSession
) -> None:
    with world.slack.faults.ratelimit("chat.postMessage", retry_after=60):
        await submit_request(world)
    await world.bot.worker.stop()
    world.clock.advance(timedelta(minutes=10))
    waiting = await scrape(world.bot, http)
    assert waiting("due_jobs", kind="card", urgency="tell")
    assert (waiting("oldest_due_job_seconds", urgency="tell") or 0) >= 540
    assert waiting("oldest_due_job_seconds", urgency="take") == 0
    await world.bot.store.run(clear, Job)
    gone = await scrape(world.bot, http)
    assert gone("due_jobs", kind="card", urgency="tell") is None
    assert gone("oldest_due_job_seconds", urgency="tell") == 0


async def test_it_says_which_keyturn_runs_and_whether_its_parts_do(
    world: World, http: aiohttp.ClientSession
) -> None:
    seen = await scrape(world.bot, http)
    (build,) = (dict(labels) for name, labels in seen.samples if name == "keyturn_build_info")
    assert build["version"] == version("keyturn")
    assert (seen("up", part="worker"), seen("up", part="slack")) == (1, 1)
    await world.bot.worker.stop()
    assert (await scrape(world.bot, http))("up", part="worker") == 0


async def test_no_connection_to_slack_shows(
    database_url: str, clock: ManualClock, http: aiohttp.ClientSession
) -> None:
    async with running(database_url, clock, "socket") as world:
        assert (await scrape(world.bot, http))("up", part="slack") == 1
        with world.slack.faults.down():
            socket = world.bot.socket
            assert socket is not None
            await world.slack.until(lambda: not socket.connected)
            assert (await scrape(world.bot, http))("up", part="slack") == 0


async def test_grants_are_not_counted_more_often_than_they_cost(
    sqlite_template: str,
    tmp_path: Path,
    clock: ManualClock,
    http: aiohttp.ClientSession,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(schedule, "GRANT_COUNT_REST", 10**6)  # among so few the count is done in no time
    async with ready_world(sqlite_template, tmp_path, clock) as world:
        await scrape(world.bot, http)
        await approve_request(world, await submit_request(world))
        assert (await scrape(world.bot, http))("grants", state="active") == 0


SMALL = {
    "ix_grants_due", "ix_grants_failed", "ix_grants_unsettled", "ix_jobs_claim", "ix_jobs_leases",
    "ix_jobs_parked", "ix_jobs_ready", "ix_requests_due_escalation", "ix_requests_due_expiry",
    "ix_requests_due_reminder",
    "ix_requests_due_warning", "ix_reviews_due", "ix_reviews_open", "uq_jobs_ready_key",
    "uq_jobs_running_lane", "uq_tasks_open",
}  # fmt: skip
"""Indexes of what is open or due; what is closed is in none of them."""


async def test_no_count_reads_what_is_closed(store: Store) -> None:
    """As SQLite and PostgreSQL plan it; PostgreSQL is told that the tables are dear to read."""
    *plans, grants = await store.write(_plans)
    assert len(plans) == 10
    for plan in plans:
        assert set(re.findall(r"\b(?:ix|uq|pk)_\w+", plan)) & SMALL, plan
        assert set(re.findall(r"\b(?:ix|uq|pk)_\w+", plan)) <= SMALL, plan
        assert "Seq Scan" not in plan
    assert re.search("COVERING INDEX ix_grants_live|Index Only Scan using ix_grants_live", grants)


def _plans(out: Outcome) -> list[str]:
    """The plan of every statement that the counts send."""
    return explained(out.case, lambda: (health.read_health(out.case), health.count_grants(out.case)))
