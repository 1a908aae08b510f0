"""/readyz and /metrics say what is away, and say it no longer once it is back, asked as a balancer asks."""

import asyncio
import json
from collections.abc import AsyncIterator

import aiohttp
import pytest
from sqlalchemy import make_url

from bot.config import Mode
from bot.worker import schedule
from models.clock import ManualClock
from tests.postgres import PostgresServer, connect
from tests.world import World, running


@pytest.fixture
async def world(
    pairing: tuple[str, Mode], database_url: str, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[World]:
    monkeypatch.setattr(schedule, "PROBE", 0.05)
    async with running(database_url, clock, pairing[1]) as ready:
        yield ready


async def found(world: World) -> tuple[int, dict[str, bool]]:
    async with (
        aiohttp.ClientSession() as http,
        http.get(f"{world.bot.health_url}/readyz") as answer,
    ):
        return answer.status, json.loads(await answer.text())


async def becomes(world: World, status: int, **parts: bool) -> None:
    """Wait until it says so."""
    wanted = (status, {"worker": True, "sweeps": True, "slack": True, "database": True} | parts)
    async with asyncio.timeout(30):
        while await found(world) != wanted:  # noqa: ASYNC110 - a balancer asks again and again, too
            await asyncio.sleep(0.02)


async def shown(world: World) -> bool:
    async with (
        aiohttp.ClientSession() as http,
        http.get(f"{world.bot.health_url}/metrics") as answer,
    ):
        return 'keyturn_up{part="slack"} 1.0' in await answer.text()


@pytest.mark.both_engines
async def test_slack_goes_and_comes_back(world: World) -> None:
    await becomes(world, 200)
    with world.slack.faults.down():
        for _ in range(2):  # somebody's card
            await world.bot.context.people.refresh([world.ids["Ada"]])
        await becomes(world, 503, slack=False)
        assert not await shown(world)
    await becomes(world, 200)
    assert await shown(world)


@pytest.mark.parametrize("pairing", [("postgres", "http")])
async def test_the_database_goes_and_comes_back(
    world: World, database_url: str, postgres_server: PostgresServer
) -> None:
    name = make_url(database_url).database
    operator = await connect(postgres_server.url)
    try:
        await becomes(world, 200)
        await operator.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        await operator.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name
        )
        await becomes(world, 503, database=False)
        await operator.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
        await becomes(world, 200)
        await operator.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name
        )
        await becomes(world, 200)
        await world.offer()
        assert world.bot.worker.alive
    finally:
        await operator.close()
