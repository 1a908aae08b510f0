"""A bot that is killed at any point: after a restart the story ends as if nothing had happened."""

import os
import shutil
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.config import Mode
from models.clock import ManualClock
from models.store import open_store
from tests.conftest import START
from tests.crash.facts import Facts, facts
from tests.crash.lives import Nursery, lives
from tests.crash.stories import STORIES
from tests.postgres import PostgresServer

STEP = int(os.environ.get("KEYTURN_CRASH_STEP", "0"))
"""1: every point of every story; 5: every fifth; 0: a few of some."""
FEW = 1
STRUCK = [
    (engine, story)
    for engine in ("sqlite", "postgres")
    for story in STORIES
    if STEP
    or (engine, story)
    in {("sqlite", "by_hand"), ("sqlite", "no"), ("sqlite", "nobody"), ("postgres", "access")}
]
LEASE = 4.0
"""Seconds; on PostgreSQL the work of the dead is taken up when it is over."""


@dataclass(frozen=True)
class Ended:
    """How a story ended: what stands, the points that the first bot came by, and whether it was struck."""

    facts: Facts
    points: list[str]
    struck: bool


@dataclass(frozen=True)
class Place:
    """Where stories are told, each on a database of its own."""

    mode: Mode
    database: Callable[[Path], AbstractAsyncContextManager[str]]
    nursery: Nursery
    folder: Path

    async def tell(self, story: str, strike: str | None = None, number: int = signal.SIGKILL) -> Ended:
        """Tell a story with a bot that dies, or freezes, at this point."""
        folder = self._empty()
        async with self.database(folder) as url:
            store = open_store(url, ManualClock(START))
            try:
                async with lives(self.nursery, folder, url, store, self.mode, lease=LEASE) as world:
                    await world.begin(strike, number)
                    await STORIES[story](world)
                    await world.rest()
                    return Ended(await facts(world), world.points, world.deaths > 0)
            finally:
                await store.close()

    def _empty(self) -> Path:
        folder = self.folder / "life"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        return folder

    def note(self, words: str) -> None:
        """Write down how far it is: every point takes its time."""
        with (self.folder / "report.txt").open("a") as report:
            report.write(f"{words}\n")


@pytest.fixture
def place(
    engine: str, template: str, nursery: Nursery, tmp_path: Path, request: pytest.FixtureRequest
) -> Place:
    if engine == "sqlite":
        return Place("socket", _copies(template), nursery, tmp_path)
    server: PostgresServer = request.getfixturevalue("postgres_server")
    return Place("http", lambda _folder: server.database(template), nursery, tmp_path)


def _copies(template: str) -> Callable[[Path], AbstractAsyncContextManager[str]]:
    @asynccontextmanager
    async def copy(folder: Path) -> AsyncIterator[str]:
        shutil.copy(template, folder / "keyturn.db")
        yield f"sqlite+aiosqlite:///{folder / 'keyturn.db'}"

    return copy


def _chosen(points: list[str]) -> list[str]:
    """The points to be tried: each at its step, or a few from all over the story."""
    if STEP:
        return points[::STEP]
    return [points[(2 * number + 1) * len(points) // (2 * FEW)] for number in range(FEW)]


@pytest.mark.parametrize(("engine", "story"), STRUCK)
async def test_wherever_the_bot_dies_the_story_ends_as_if_nothing_had_happened(
    place: Place, story: str
) -> None:
    await _strike(place, story, signal.SIGKILL)


@pytest.mark.skipif(not STEP, reason="leases of seconds want a machine that is not busy: KEYTURN_CRASH_STEP")
@pytest.mark.parametrize("engine", ["postgres"])
@pytest.mark.parametrize("story", ["access"])
async def test_wherever_it_freezes_another_takes_over_and_it_does_nothing_twice_when_it_wakes(
    place: Place, story: str
) -> None:
    await _strike(place, story, signal.SIGSTOP)


async def _strike(place: Place, story: str, number: int) -> None:
    undisturbed = await place.tell(story)
    assert undisturbed.facts["the trail is whole"]
    assert undisturbed.facts["left to do"] == []
    wrong = {}
    for point in _chosen(undisturbed.points):
        trouble = await _trouble(place, story, point, number, undisturbed.facts)
        place.note(f"{story}: {point}: {trouble or 'well'}")
        if trouble:
            wrong[point] = trouble
    assert not wrong


async def _trouble(place: Place, story: str, point: str, number: int, expected: Facts) -> object:
    """What went another way for a stroke at this point; nothing where all was well."""
    try:
        ended = await place.tell(story, point, number)
    except AssertionError as error:
        return str(error)
    if not ended.struck:
        place.note(f"{story}: {point}: was not come by this time")
    found = ended.facts
    return {key: (found[key], expected[key]) for key in expected if found[key] != expected[key]}
