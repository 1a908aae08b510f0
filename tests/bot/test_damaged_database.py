"""A disk that is full, a file locked, read-only or damaged: a clear word, nothing half done, and on again."""

import asyncio
import io
import json
import re
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing, contextmanager
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy import Integer, String, make_url, text

from bot.audit import trail
from bot.database import health
from bot.worker import schedule
from models.clock import ManualClock
from models.registry import settings
from models.store import sqlite
from models.store.base import Store, Unavailable
from models.store.open import open_store
from models.store.outcome import Outcome
from models.tables.requests import Request
from models.tables.states import RequestState
from models.tables.workspace import Setting
from tests.postgres import connect
from tests.ready_world import ready_world, request_of, submit_request
from tests.rows import all_of
from tests.world import World, running

pytestmark = pytest.mark.both_engines

SENTENCE = r"Keyturn can't reach its database\. Nothing was changed\. Try again soon\. \(Reference (\w{6})\)"
LAST_PAGE = 4294967294


@pytest.fixture
async def world(
    sqlite_template: str, tmp_path: Path, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[World]:
    monkeypatch.setattr(sqlite, "BUSY_MS", 50)
    async with ready_world(sqlite_template, tmp_path, clock) as ready:
        yield ready


@contextmanager
def pragma(statement: str) -> Iterator[None]:
    """Every connection that is opened meanwhile gets this, as it would meet a disk that is so."""
    connect = sqlite._connect

    def opened(path: str, *, read_only: bool) -> sqlite3.Connection:
        connection = connect(path, read_only=read_only)
        connection.execute(statement)
        return connection

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sqlite, "_connect", opened)
        yield


async def run(store: Store, statement: str) -> None:
    await store.write(lambda out: out.sql.all(text(statement)))


@asynccontextmanager
async def full(world: World) -> AsyncIterator[str]:
    """No page more than there are, and none of them free."""
    store = world.bot.store
    counted = text("PRAGMA page_count").columns(pages=Integer)
    (pages,) = await store.read(lambda case: case.read(counted))
    limit = f"PRAGMA max_page_count = {pages}"
    with pragma(limit):
        await run(store, limit)
        try:
            for number in range(1000):
                await store.run(Outcome.record, "U1", "fill", str(number), note="x" * 300)
        except Unavailable:
            yield "full"
    await run(store, f"PRAGMA max_page_count = {LAST_PAGE}")


@asynccontextmanager
async def read_only(world: World) -> AsyncIterator[str]:
    """Nothing can be written any more."""
    with pragma("PRAGMA query_only = ON"):
        await run(world.bot.store, "PRAGMA query_only = ON")
        yield "readonly"


@asynccontextmanager
async def locked(world: World) -> AsyncIterator[str]:
    """Another process writes and does not end."""
    listed = text("PRAGMA database_list").columns(seq=Integer, name=String, file=String)
    ((_, _, file),) = await world.bot.store.read(lambda case: case.read(listed))
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield "locked"
        other.execute("ROLLBACK")


Fault = Callable[[World], AbstractAsyncContextManager[str]]


async def requests(world: World) -> list[Request]:
    return await all_of(world.bot.store, Request)


@pytest.mark.parametrize("fault", [full, read_only, locked])
async def test_what_cannot_be_written_is_said_and_works_once_the_cause_is_gone(
    world: World, tmp_path: Path, bot_log: io.StringIO, fault: Fault
) -> None:
    ref, ada, grace = await submit_request(world), world.person("Ada"), world.person("Grace")
    await ada.command("/request-access", f"github admin 8h because INC-43 {'x' * 1900}")
    await grace.click(world.card("Grace", "requests"), "Approve")
    await grace.fill("Comment", "x" * 1900)  # more than there is room for on any page
    async with fault(world) as word:
        for person in (ada, grace):
            sent = await person.submit()
            told = re.search(SENTENCE, str(sent.errors))
            assert told, sent
            assert person.view is not None  # with all that was typed
            (line,) = [one for one in bot_log.getvalue().splitlines() if told[1] in one and "failed" in one]
            assert word in line
    assert (await request_of(world, ref)).state is RequestState.PENDING
    assert len(await requests(world)) == 1

    for person in (ada, grace):
        sent = await person.submit()
        assert sent.ok, sent
        await world.settle()
    assert len(await requests(world)) == 2
    assert (await request_of(world, ref)).state is RequestState.APPROVED
    assert world.ids["Ada"] in world.group.members
    assert "whole" in await trail.verify(f"sqlite+aiosqlite:///{tmp_path / 'keyturn.db'}")


@pytest.fixture
async def watched(
    sqlite_template: str, tmp_path: Path, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[World]:
    """Looks at its database again and again; nobody has asked for anything."""
    impatient(monkeypatch)
    async with ready_world(sqlite_template, tmp_path, clock) as ready:
        yield ready


def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hundredths of a second instead of seconds."""
    monkeypatch.setattr(sqlite, "BUSY_MS", 50)
    monkeypatch.setattr(schedule, "PROBE", 0.05)
    monkeypatch.setattr(health, "TRIAL_AFTER", 0.05)
    monkeypatch.setattr(health, "RECOVERY", 0.2)


async def looked_at(world: World, path: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as http, http.get(world.bot.health_url + path) as answer:
        return answer.status, await answer.text()


async def becomes(world: World, status: int, word: str = "") -> None:
    """Wait until /readyz says so, with this word; /metrics says the same."""
    async with asyncio.timeout(30):
        while True:
            told, text = await looked_at(world, "/readyz")
            if told == status and word in json.loads(text).get("why", ""):
                break
            await asyncio.sleep(0.02)
    up = 'keyturn_up{part="database"} ' + ("1.0" if status == 200 else "0.0")
    assert up in (await looked_at(world, "/metrics"))[1]
    assert json.loads(text) == {"worker": True, "sweeps": True, "slack": True, "database": status == 200} | (
        {"why": json.loads(text)["why"]} if word else {}
    )


@pytest.mark.parametrize("fault", [read_only, locked])
async def test_it_is_not_ready_while_nothing_can_be_written_though_nobody_writes(
    watched: World, fault: Fault
) -> None:
    await becomes(watched, 200)
    async with fault(watched) as word:
        await becomes(watched, 503, word)
    await becomes(watched, 200)


async def test_it_is_not_ready_while_only_what_is_small_still_fits_on_the_disk(watched: World) -> None:
    async with full(watched):
        for _ in range(2):
            with pytest.raises(Unavailable):
                await watched.bot.store.run(Outcome.record, "U1", "fill", "x", note="x" * 3000)
        await becomes(watched, 503, "full")
    await becomes(watched, 200)


async def test_one_write_that_was_lost_with_its_connection_takes_nobody_out_of_the_balancer(
    store: Store,
) -> None:
    watch = health.DatabaseHealth(store)

    def cut(_out: Outcome) -> None:
        raise Unavailable("The connection was cut.")

    with pytest.raises(Unavailable):
        await store.write(cut)
    await watch.probe()
    assert (watch.writable, watch.problem) == (True, "")


async def test_looking_whether_it_can_be_written_leaves_nothing_behind(store: Store) -> None:
    await store.write(lambda out: settings.check_writable(out.sql))
    assert await all_of(store, Setting) == []


@pytest.fixture
def damaged(sqlite_template: str, tmp_path: Path) -> Path:
    """A database of which only the first page is left."""
    file, whole = tmp_path / "keyturn.db", Path(sqlite_template).read_bytes()
    file.write_bytes(whole[:4096] + b"\xa5" * (len(whole) - 4096))
    return file


async def test_a_damaged_file_is_said_by_reads_and_writes(damaged: Path, clock: ManualClock) -> None:
    store = open_store(f"sqlite+aiosqlite:///{damaged}", clock)
    try:
        with pytest.raises(Unavailable, match="malformed"):
            await store.run(settings.write_setting, "a", 1)
        with pytest.raises(Unavailable, match="malformed"):
            await store.read(lambda case: settings.read_setting(case, "a"))
    finally:
        await store.close()


async def told_to(url: str, *statements: str) -> None:
    """What an operator tells the PostgreSQL server about this database."""
    parsed = make_url(url)
    operator = await connect(parsed.set(database="postgres"))
    try:
        for statement in statements:
            await operator.execute(statement.format(name=parsed.database))
    finally:
        await operator.close()


END_ALL = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"


@pytest.mark.parametrize("engine", ["postgres"])
async def test_a_postgresql_that_only_reads_is_said_and_goes_on_by_itself(
    database_url: str, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    impatient(monkeypatch)
    async with running(database_url, clock, "http") as world:
        await world.acquaint()
        await world.offer()
        ada = world.person("Ada")
        await ada.command("/request-access", "github engineering 8h because INC-42")
        read_only = 'ALTER DATABASE "{name}" SET default_transaction_read_only = '
        await told_to(database_url, f"{read_only}on", END_ALL)
        sent = await ada.submit()
        assert re.search(SENTENCE, str(sent.errors)), sent
        await becomes(world, 503, "read-only transaction")
        await told_to(database_url, f"{read_only}off", END_ALL)
        await becomes(world, 200)
        sent = await ada.submit()
        assert sent.ok, sent
        await world.settle()
        assert len(await requests(world)) == 1
        assert world.bot.worker.alive
