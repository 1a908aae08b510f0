"""A backup that is taken by the documented command, while people ask, is whole, and a bot starts on it."""

import asyncio
import re
import shutil
import sqlite3
import subprocess
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import aiohttp
import pytest

from bot.app import build
from bot.audit import trail
from models.audit import AuditEntry
from models.clock import ManualClock
from models.lifecycle.request import submit
from models.lifecycle.request.plan import Draft
from models.registry import directory
from models.store.base import Store
from models.store.open import open_store
from models.tables.people import Person
from models.tables.requests import Request
from tests.ready_world import EIGHT_HOURS, ready_world, submit_request
from tests.rows import every, new_row
from tests.world import World

PAGE = Path(__file__).parents[2] / "docs/operating/README.md"


def as_documented(folder: Path) -> None:
    """The command of the page, word for word."""
    (command,) = re.findall(r"^sqlite3 keyturn\.db .*$", PAGE.read_text(), re.MULTILINE)
    subprocess.run(command, shell=True, cwd=folder, check=True, timeout=60)


def by_vacuum(folder: Path) -> None:
    """What the page says for where there is no such command."""
    other = sqlite3.connect(folder / "keyturn.db")
    other.execute("VACUUM INTO ?", (str(folder / "keyturn.bak"),))
    other.close()


@pytest.fixture
async def world(sqlite_template: str, tmp_path: Path, clock: ManualClock) -> AsyncIterator[World]:
    async with ready_world(sqlite_template, tmp_path, clock) as ready:
        yield ready


async def somebody_asks(world: World, person: str) -> None:
    """Another person each time, since one does not ask twice for the same."""
    draft = Draft(person, person, "github", ("admin",), EIGHT_HOURS, "INC-42")

    known = new_row(Person, id=person, name=person, email="")
    await world.bot.store.run(directory.remember_people, [known])
    await world.bot.store.run(submit.submit, draft)


async def counted(store: Store) -> tuple[int, int]:
    """How many requests there are, and how many the trail says there are."""
    return await store.read(
        lambda case: (len(every(case, Request)), len(every(case, AuditEntry, action="request.pending")))
    )


@pytest.mark.parametrize("take", [as_documented, by_vacuum])
async def test_a_backup_while_people_ask_is_whole_and_runs(
    world: World, tmp_path: Path, http: aiohttp.ClientSession, take: Callable[[Path], None]
) -> None:
    if take is as_documented and not shutil.which("sqlite3"):
        pytest.skip("sqlite3 is not installed")
    await submit_request(world)
    taking = asyncio.create_task(asyncio.to_thread(take, tmp_path))
    during = 0
    while not taking.done() or during < 3:
        await somebody_asks(world, f"UX{during}")
        during += 1
    await taking

    restored = tmp_path / "elsewhere"
    restored.mkdir()
    shutil.copy(tmp_path / "keyturn.bak", restored / "keyturn.db")
    url = f"sqlite+aiosqlite:///{restored / 'keyturn.db'}"
    assert "whole" in await trail.verify(url)
    store = open_store(url, world.clock)
    requests, recorded = await counted(store)
    await store.close()
    assert 1 <= requests == recorded <= during + 1

    await world.stop_bot()
    bot = await build(world.config(url), world.clock)
    try:
        await bot.start()
        async with http.get(f"{bot.health_url}/readyz") as answer:
            assert answer.status == 200
        await bot.idle()
        assert (await counted(bot.store))[0] == requests
    finally:
        await bot.stop()
