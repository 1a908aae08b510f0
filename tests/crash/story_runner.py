"""Run each step of a story from where the one before ended, with a bot and a database of its own."""

import shutil
import signal
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from sqlalchemy import make_url

from bot.config import Mode
from models.clock import ManualClock
from models.store.open import open_store
from tests.conftest import START
from tests.crash.end_state import Facts, facts
from tests.crash.process_world import BotLauncher, Kept, ProcessWorld, process_world
from tests.crash.stories import Step
from tests.postgres import PostgresServer


class Databases(Protocol):
    """How a database is copied, and how a copy goes."""

    async def copy(self, url: str, folder: Path) -> str:
        """Copies one that nobody uses; `folder` is for its files. Returns the copy's URL."""
        ...

    async def drop(self, url: str) -> None: ...


class SqliteFiles:
    """SQLite."""

    async def copy(self, url: str, folder: Path) -> str:
        shutil.copy(make_url(url).database or "", folder / "keyturn.db")
        return f"sqlite+aiosqlite:///{folder / 'keyturn.db'}"

    async def drop(self, url: str) -> None:
        """It goes with its folder."""


class PostgresDatabases:
    """PostgreSQL."""

    def __init__(self, server: PostgresServer) -> None:
        self._server = server

    async def copy(self, url: str, folder: Path) -> str:
        return await self._server.create_database(url)

    async def drop(self, url: str) -> None:
        await self._server.drop_database(url)


@dataclass(frozen=True)
class Start:
    """Where a step begins: what Slack and the clocks show (None at the very beginning), and the database."""

    database: str
    kept: Kept | None = None


@dataclass(frozen=True)
class Ended:
    """How a step ended: what stands, the points that the first bot came by, and whether it was struck."""

    facts: Facts
    points: list[str]
    struck: bool


@dataclass
class StoryRunner:
    """Runs steps on one kind of database and one transport."""

    mode: Mode
    databases: Databases
    bot_launcher: BotLauncher
    folder: Path
    _kept: list[str] = field(default_factory=list)

    async def after(self, steps: tuple[Step, ...], start: Start) -> Start:
        """Run these steps undisturbed; returns where the next begins."""
        folder = Path(tempfile.mkdtemp(dir=self.folder))
        url = await self.databases.copy(start.database, folder)
        self._kept.append(url)
        async with self._life(folder, url, start) as world:
            await world.begin()
            for step in steps:
                await step(world)
            kept = world.kept()
            await world.end()
        return Start(url, kept)

    async def run_step(
        self, step: Step, start: Start, strike: str | None = None, number: int = signal.SIGKILL
    ) -> Ended:
        """Run one step with a bot that dies, or freezes, at this point.

        The points of the bot's own start are returned at the very beginning only: they are the same each
        time. The folder stays where an error is raised.
        """
        folder = Path(tempfile.mkdtemp(prefix=f"{step.__name__}-", dir=self.folder))
        url = await self.databases.copy(start.database, folder)
        async with self._life(folder, url, start) as world:
            await world.begin(strike, number)
            beginning = len(world.points) if start.kept else 0
            await step(world)
            await world.rest()
            ended = Ended(await facts(world), world.points[beginning:], world.deaths > 0)
        await self.databases.drop(url)
        shutil.rmtree(folder)
        return ended

    @asynccontextmanager
    async def _life(self, folder: Path, url: str, start: Start) -> AsyncIterator[ProcessWorld]:
        store = open_store(url, ManualClock(START))
        try:
            async with process_world(
                self.bot_launcher, folder, url, store, self.mode, kept=start.kept
            ) as world:
                yield world
        finally:
            await store.close()

    def note(self, words: str) -> None:
        """Append a line to the report, which is read while a long run goes on."""
        with (self.folder / "report.txt").open("a") as report:
            report.write(f"{words}\n")

    async def close(self) -> None:
        """Drop the databases that were kept."""
        for url in self._kept:
            await self.databases.drop(url)
