"""Somebody sets the clock of the machine on which `keyturn run` runs: it goes on, and no access lasts longer.

The real process, under libfaketime: its clock is the machine's and an offset that stands in a file; the
seconds that pass are real ones.
"""

import asyncio
import os
import shutil
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest

from bot.cli import __file__ as program
from models.catalogue.spec import AppSpec
from models.clock import ManualClock
from models.lifecycle.request import submit
from models.lifecycle.request.plan import Draft
from models.registry import apps, directory
from models.store.base import Store, Unavailable
from models.store.open import open_store
from models.tables.grants import Grant
from models.tables.people import Person
from models.tables.requests import Term
from models.tables.states import GrantState
from tests.bot.metrics_scrape import Scraped
from tests.crash.process_world import PATIENCE, config_of, free_port
from tests.crash.test_many_processes import heavy
from tests.rows import all_of, new_row
from tests.world import World

LIBRARY = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)
HOUR = timedelta(hours=1)
YEAR = timedelta(days=365)
LENGTH = timedelta(seconds=6)
LATE = 15.0
"""Seconds that a busy machine may need to revoke what is over; by less no clock is set here."""
JUMPS = [
    timedelta(seconds=-120),
    -3 * HOUR,
    HOUR,
    pytest.param(-YEAR, marks=heavy),
    pytest.param(YEAR, marks=heavy),
]

pytestmark = pytest.mark.skipif(
    LIBRARY is None and os.environ.get("CI") != "true",
    reason="libfaketime is missing: apt-get install faketime",
)


class RealTime(ManualClock):
    """The clock of this machine, which nobody moves."""

    def __init__(self) -> None:
        super().__init__(datetime.now(UTC))

    def now(self) -> datetime:
        return datetime.now(UTC)


class Machine(World):
    """A company, and a machine with a bot on it whose clock somebody sets."""

    def __init__(self, folder: Path, url: str, store: Store) -> None:
        super().__init__(RealTime(), "socket")
        self.folder, self.url, self.store = folder, url, store
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self.http: aiohttp.ClientSession

    def set_clock(self, offset: timedelta) -> None:
        """Set the bot's clock: so far from the right time."""
        beside = self.folder / "offset.new"
        beside.write_text(f"{offset.total_seconds():+.0f}\n")
        beside.replace(self.folder / "offset")

    def begin(self) -> None:
        """Start the bot."""
        assert LIBRARY is not None, "apt-get install faketime"
        self.set_clock(timedelta())
        (self.folder / "config.toml").write_text(config_of(self, self.url, self.port))
        with (self.folder / "log.txt").open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "bot", "run"], cwd=self.folder, stderr=log,
                env={
                    "PYTHONPATH": str(Path(program).parents[1]),
                    "LD_PRELOAD": str(LIBRARY),
                    "FAKETIME_TIMESTAMP_FILE": str(self.folder / "offset"),
                    "FAKETIME_NO_CACHE": "1",
                    "FAKETIME_DONT_FAKE_MONOTONIC": "1",
                },
            )  # fmt: skip

    def end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    async def ready(self) -> bool:
        try:
            async with self.http.get(f"http://127.0.0.1:{self.port}/readyz") as answer:
                return answer.status == 200
        except (aiohttp.ClientError, OSError):
            return False

    async def numbers(self) -> Scraped:
        async with self.http.get(f"http://127.0.0.1:{self.port}/metrics") as answer:
            return Scraped(await answer.text())

    async def sweeps(self) -> float:
        """How many sweeps there were so far."""
        return (await self.numbers())("sweep_seconds_count") or 0

    async def swept(self, count: float) -> bool:
        """Whether there were so many."""
        return await self.sweeps() >= count

    async def until(self, condition: Callable[[], object]) -> None:
        end = time.monotonic() + PATIENCE
        while True:
            true = condition()
            if await true if asyncio.iscoroutine(true) else true:
                return
            assert time.monotonic() < end, f"it never came: {self.log[-6000:]}"
            await asyncio.sleep(0.05)

    @property
    def log(self) -> str:
        return (self.folder / "log.txt").read_text()

    async def request(self, name: str) -> None:
        """Let somebody request an access that is granted at once, for some seconds."""
        person = self.ids[name]
        draft = Draft(person, person, "github", ("engineering",), Term(length=LENGTH), "INC-42")

        async def sent() -> bool:
            with suppress(Unavailable):  # the bot holds the file for too long, on a busy machine
                await self.store.run(submit.submit, draft)
                return True
            return False

        await self.until(sent)

    async def begun(self) -> bool:
        """Whether the bot knows that an access has begun: by its own clock."""
        return bool(await all_of(self.store, Grant, state=GrantState.ACTIVE))

    async def lasted(self, name: str) -> float:
        """For how many seconds somebody has the access, from when they get it on."""
        person = self.ids[name]
        await self.until(lambda: person in self.group.members)
        began = time.monotonic()
        await self.until(lambda: person not in self.group.members)
        return time.monotonic() - began


@pytest.fixture
async def machine(sqlite_template: str, tmp_path: Path) -> AsyncIterator[Machine]:
    shutil.copy(sqlite_template, tmp_path / "keyturn.db")
    url = f"sqlite+aiosqlite:///{tmp_path / 'keyturn.db'}"
    store = open_store(url, RealTime())
    made = Machine(tmp_path, url, store)
    await made.slack.start()
    try:
        people = [new_row(Person, id=one, name=name, email="", active=True) for name, one in made.ids.items()]
        await store.run(directory.remember_people, people)
        offer = made.github() | {"auto_approve": [{"name": "Everybody may"}]}
        await store.run(apps.save_app, AppSpec.model_validate(offer), made.ids["Root"])
        async with aiohttp.ClientSession() as made.http:
            made.begin()
            await made.until(made.ready)
            yield made
    finally:
        made.end()
        await made.slack.stop()
        await store.close()


@pytest.mark.parametrize("jump", JUMPS, ids=lambda jump: f"{jump.total_seconds():+.0f}s")
async def test_a_clock_that_is_set_stops_no_sweep_and_lengthens_and_shortens_no_access(
    machine: Machine, jump: timedelta
) -> None:
    """One access begins before the clock is set and ends while it is wrong; the other the other way round."""
    await machine.request("Ada")
    ada = asyncio.create_task(machine.lasted("Ada"))
    await machine.until(machine.begun)
    machine.set_clock(jump)
    before, began = await machine.sweeps(), time.monotonic()
    await machine.request("Mia")
    mia = asyncio.create_task(machine.lasted("Mia"))
    await machine.until(lambda: machine.swept(before + 3))
    assert time.monotonic() - began < LATE
    assert await machine.ready()
    assert LENGTH.total_seconds() - 1 < await ada < LENGTH.total_seconds() + LATE
    machine.set_clock(timedelta())
    assert LENGTH.total_seconds() - 1 < await mia < LENGTH.total_seconds() + LATE
