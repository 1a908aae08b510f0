"""Several processes on one PostgreSQL: nothing happens twice, and nothing stops for longer than a lease."""

import asyncio
import signal
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import make_url

from bot.config import Mode
from models import audit, migrate
from models.audit import AuditEntry
from models.clock import ManualClock
from models.store.base import Store
from models.store.case import Case
from models.store.open import open_store
from models.tables.grants import Grant
from models.tables.requests import Decision, Request
from models.tables.states import RequestState
from tests.conftest import START
from tests.crash.process_world import PATIENCE, BotLauncher, ProcessWorld, process_world
from tests.crash.test_crash import STEP
from tests.postgres import OwnServer, PostgresServer, connect, or_without, running_server
from tests.rows import every

TEAM = "Engineering team"
LEASE = 5.0
STEADY = 60.0
"""The lease of one that takes over: on a busy machine it should not lose its own."""
SECONDS = 4.0
"""Between one time that everybody is cut off and the next."""
ASKERS = ("Ada", "Mia", "Otto", "Root") if STEP else ("Ada",)
SHUTDOWNS = ("immediate", "fast") if STEP else ("immediate",)
heavy = pytest.mark.skipif(not STEP, reason="takes long: KEYTURN_CRASH_STEP")


@pytest.fixture
def engine() -> str:
    return "postgres"


@pytest.fixture(params=["http", "socket"] if STEP else ["http"])
def mode(request: pytest.FixtureRequest) -> Mode:
    return "http" if request.param == "http" else "socket"


@pytest.fixture
async def world(
    bot_launcher: BotLauncher, tmp_path: Path, database_url: str, store: Store, mode: Mode
) -> AsyncIterator[ProcessWorld]:
    async with process_world(bot_launcher, tmp_path, database_url, store, mode, lease=LEASE) as ready:
        await ready.begin()
        yield ready


async def outcome(world: ProcessWorld) -> list[tuple[RequestState, list[bool], int]]:
    """Of each request: where it stands, what was decided, and how many grants it has."""

    def look(case: Case) -> list[tuple[RequestState, list[bool], int]]:
        return [
            (
                request.state,
                [one.approve for one in every(case, Decision, request_id=request.id)],
                len(every(case, Grant, request_id=request.id)),
            )
            for request in every(case, Request)
        ]

    return await world.store.read(look)


async def test_approve_against_reject_at_two_processes_has_one_outcome(world: ProcessWorld) -> None:
    one, other = world.bots[0], await world.begin()
    grace, alan = world.person("Grace"), world.person("Alan")
    for name in ASKERS:
        await world.ask(name, "github engineering 8h because of a release")
        await grace.click(world.card("Grace", world.ids[name]), "Approve")
        await alan.click(world.card("Alan", world.ids[name]), "Reject")
        await alan.fill("Comment", "Not now")
        world.reach(one)
        approval = asyncio.create_task(grace.submit())
        await asyncio.sleep(0)  # it is on its way to the one
        world.reach(other)
        await asyncio.gather(approval, alan.submit())
        await world.settle()
        for person in (grace, alan):
            if person.view is not None:  # who was second is told so
                assert "already" in " ".join(person.view.texts) or person.view.errors
                await person.close()
    for state, decisions, grants in await outcome(world):
        assert (state, decisions, grants) in (
            (RequestState.APPROVED, [True], 1),
            (RequestState.REJECTED, [False], 0),
        )
    assert (await world.store.read(audit.verify)).intact


@heavy
async def test_what_one_had_in_hand_when_it_was_killed_another_does(world: ProcessWorld) -> None:
    await world.ask("Ada", "github engineering 8h because of a release")
    with world.slack.faults.hang("usergroups.users.update", times=1) as hanging:
        assert await world.try_to_decide("Grace", world.card("Grace", TEAM), "Approve")
        await world.slack.until(lambda: hanging.used, 30)
        killed = world.bots[0]
        await world.begin(lease=STEADY)
        killed.signal(signal.SIGKILL)
        await world.seen(lambda: world.ids["Ada"] in world.group.members)
    await world.settle()
    assert "You have access" in world.card("Ada", "You have access").text
    assert [grants for _, _, grants in await outcome(world)] == [1]


@heavy
async def test_one_that_slept_past_its_lease_cannot_finish_what_another_took(world: ProcessWorld) -> None:
    await world.ask("Ada", "github engineering 8h because of a release")
    frozen = world.bots[0]
    with world.slack.faults.hang("usergroups.users.update", times=1) as hanging:
        assert await world.try_to_decide("Grace", world.card("Grace", TEAM), "Approve")
        await world.slack.until(lambda: hanging.used, 30)
        frozen.signal(signal.SIGSTOP)
        await world.begin(lease=STEADY)
        await world.seen(lambda: world.ids["Ada"] in world.group.members)
        await world.settle()
    done = await world.store.read(trail)
    assert done["grant.active"] == 1
    frozen.signal(signal.SIGCONT)
    await world.seen(lambda: "lost the lease" in world.log)
    await world.settle()
    await world.until(lambda: frozen.ready(world.http))  # it goes on, with other things
    assert await world.store.read(trail) == done
    assert len([one for one in world.person("Ada").messages() if "You have access" in one.text]) == 1


def trail(case: Case) -> Counter[str]:
    """How often each thing happened."""
    return Counter(entry.action for entry in every(case, AuditEntry))


@heavy
async def test_a_database_that_cuts_everybody_off_again_and_again_loses_and_doubles_nothing(
    world: ProcessWorld, database_url: str, postgres_server: PostgresServer
) -> None:
    await world.begin()
    stop = asyncio.Event()
    cutting = asyncio.create_task(_cut(postgres_server, database_url, stop))
    await everybody_gets_it(world)
    stop.set()
    assert await cutting > 3
    await all_is_well(world)


async def everybody_gets_it(world: ProcessWorld) -> None:
    """One after the other asks, and Grace approves."""
    for name in ASKERS:
        await world.ask(name, "github engineering 8h because of a release")
        await world.decide("Grace", world.ids[name], "Approve")


async def all_is_well(world: ProcessWorld) -> None:
    """Everybody has it, and was told so, once."""
    await world.rest()
    assert await outcome(world) == [(RequestState.APPROVED, [True], 1)] * len(ASKERS)
    assert {world.ids[name] for name in ASKERS} <= set(world.group.members)
    for name in ASKERS:
        said = [one.text for one in world.person(name).messages()]
        assert len([text for text in said if "You have access" in text]) == 1
    assert (await world.store.read(audit.verify)).intact


@pytest.fixture
async def own(
    bot_launcher: BotLauncher, tmp_path: Path, mode: Mode
) -> AsyncIterator[tuple[ProcessWorld, OwnServer]]:
    """A world on a server that may be restarted, which loses nothing that it has said to be committed."""
    with or_without(), running_server(durable=True) as server:
        url = await server.create_database()
        await migrate.upgrade(url)
        store = open_store(url, ManualClock(START))
        async with process_world(bot_launcher, tmp_path, url, store, mode, lease=LEASE) as ready:
            yield ready, server
            await ready.end()
        await store.close()


async def test_a_database_that_is_restarted_under_load_loses_and_doubles_nothing(
    own: tuple[ProcessWorld, OwnServer],
) -> None:
    world, server = own
    bots = [await world.begin(), await world.begin()]

    async def ready(wanted: bool) -> bool:
        return {await bot.ready(world.http) for bot in bots} == {wanted}

    load = asyncio.create_task(everybody_gets_it(world))
    for way, name in zip(SHUTDOWNS, ASKERS, strict=False):
        await world.slack.until(partial(world.sees, "Grace", world.ids[name]), PATIENCE)
        await server.stop(way)
        await world.until(partial(ready, False))
        await server.start()
        await world.until(partial(ready, True))
    await load
    await all_is_well(world)
    assert all(bot.alive for bot in bots)


async def _cut(server: PostgresServer, url: str, stop: asyncio.Event) -> int:
    """Cut off whoever is connected, again and again until told to stop; returns how many that were."""
    connection, cut = await connect(server.url), 0
    try:
        while not stop.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(SECONDS):
                    await stop.wait()
            gone = await connection.fetch(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1",
                make_url(url).database,
            )
            cut += len(gone)
    finally:
        await connection.close()
    return cut
