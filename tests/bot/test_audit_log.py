"""The log names who did what to which request, by which delivery or job; no secrets, no words of people."""

import io
import json
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from models.audit import AuditEvent
from models.clock import ManualClock
from models.store.base import Store
from models.store.outcome import Outcome
from tests.ready_world import ready_world
from tests.world import World


@pytest.fixture
async def world(sqlite_template: str, tmp_path: Path, clock: ManualClock) -> AsyncIterator[World]:
    async with ready_world(sqlite_template, tmp_path, clock) as ready:
        yield ready


def recorded(bot_log: io.StringIO, action: str) -> dict[str, Any]:
    """The one line about this action."""
    lines: list[dict[str, Any]] = [json.loads(line) for line in bot_log.getvalue().splitlines()]
    (found,) = [
        line
        for line in lines
        if line["event"] == "recorded" and any(entry.startswith(f"{action} ") for entry in line["entries"])
    ]
    return found


async def test_each_step_is_in_the_log_with_its_reference_and_who_took_it(
    world: World, bot_log: io.StringIO
) -> None:
    await world.ask("Ada", "github engineering 8h because INC-42 is ours")
    await world.approve("Grace", "INC-42")
    ada, grace = world.ids["Ada"], world.ids["Grace"]
    asked, approved = recorded(bot_log, "request.pending"), recorded(bot_log, "request.approved")
    given = recorded(bot_log, "grant.active")
    assert f"request.pending AR-1 by {ada}" in asked["entries"]
    assert (asked["actor"], approved["actor"]) == (ada, grace)
    assert asked["delivery"] != approved["delivery"]
    assert "grant.active GR-1 by keyturn" in given["entries"]
    assert given["kind"] == "settle"
    assert given["job"].startswith("settle:")


async def test_neither_tokens_nor_what_people_wrote_are_in_the_log(
    world: World, bot_log: io.StringIO
) -> None:
    with world.slack.faults.fail("chat.postMessage", status=500, times=1):
        await world.ask("Ada", "github engineering 8h because INC-42 is ours")
    await world.pass_time(timedelta(minutes=1))  # whose card it was comes again
    await world.approve("Grace", "INC-42")
    written = bot_log.getvalue()
    app = world.app
    assert written
    for secret in (app.bot_token, app.app_token, app.signing_secret, "is ours"):
        assert secret not in written


async def test_a_log_that_cannot_be_written_stops_no_work(store: Store) -> None:
    def broken(_facts: Sequence[AuditEvent]) -> None:
        raise ValueError("I/O operation on closed file")

    store.on_records(broken)
    for number in range(3):
        await store.run(Outcome.record, "U1", "app.changed", f"app:{number}")
