"""A bot that is killed at any point: after a restart the story goes on as if nothing had happened."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.crash.end_state import Facts
from tests.crash.process_world import BotLauncher
from tests.crash.stories import STORIES, Step
from tests.crash.story_runner import PostgresDatabases, SqliteFiles, Start, StoryRunner
from tests.postgres import PostgresServer

ONLY = os.environ.get("KEYTURN_CRASH_ONLY", "")
"""Words that stand in what a report says of a point; no others are tried then."""
STEP = int(os.environ.get("KEYTURN_CRASH_STEP", "1" if ONLY else "0"))
"""1: every point of every step of every story; 5: every fifth; 0: one of each story."""
AT_ONCE = int(os.environ.get("KEYTURN_CRASH_AT_ONCE", "1"))
"""How many lives are lived at the same time: much of each is waiting."""
FEW = {"access": 1, "by hand": 2, "no": 1, "nobody": 1}
"""The step of each story in which one bot is killed where STEP is 0, in the middle; always the same one."""
ENGINES = {"access": "sqlite", "by hand": "sqlite", "no": "postgres", "nobody": "sqlite"}
STRUCK = [
    (engine, story)
    for engine in ("sqlite", "postgres")
    for story in STORIES
    if STEP or ENGINES[story] == engine
]


@pytest.fixture
def beginning(template: str) -> Start:
    return Start(template if "://" in template else f"sqlite:///{template}")


@pytest.fixture
async def runner(
    engine: str, bot_launcher: BotLauncher, tmp_path: Path, request: pytest.FixtureRequest
) -> AsyncIterator[StoryRunner]:
    if engine == "sqlite":
        ready = StoryRunner("socket", SqliteFiles(), bot_launcher, tmp_path)
    else:
        server: PostgresServer = request.getfixturevalue("postgres_server")
        ready = StoryRunner("http", PostgresDatabases(server), bot_launcher, tmp_path)
    yield ready
    await ready.close()


@pytest.mark.parametrize(("engine", "story"), STRUCK)
async def test_wherever_the_bot_dies_the_story_goes_on_as_if_nothing_had_happened(
    runner: StoryRunner, beginning: Start, story: str
) -> None:
    await _told(runner, beginning, story, signal.SIGKILL)


@pytest.mark.skipif(not STEP, reason="takes long: KEYTURN_CRASH_STEP")
@pytest.mark.parametrize("engine", ["postgres"])
@pytest.mark.parametrize("story", ["access"])
async def test_wherever_it_freezes_another_takes_over_and_it_does_nothing_twice_when_it_wakes(
    runner: StoryRunner, beginning: Start, story: str
) -> None:
    await _told(runner, beginning, story, signal.SIGSTOP)


async def _told(runner: StoryRunner, start: Start, story: str, number: int) -> None:
    steps, wrong = STORIES[story], dict[str, object]()
    if not STEP:
        chosen = FEW[story]
        start, steps = await runner.after(steps[:chosen], start), steps[chosen : chosen + 1]
    for step in steps:
        wrong |= await _struck(runner, start, step, number)
        if step is not steps[-1]:
            start = await runner.after((step,), start)
    assert not wrong


async def _struck(runner: StoryRunner, start: Start, step: Step, number: int) -> dict[str, object]:
    """Tell this step with a stroke at each chosen point; returns what went wrong."""
    undisturbed = await runner.run_step(step, start)
    assert undisturbed.facts["the trail is whole"]
    assert undisturbed.facts["left to do"] == []
    turn, wrong = asyncio.Semaphore(AT_ONCE), dict[str, object]()

    async def strike(point: str) -> None:
        name = f"{step.__name__}: {point}"
        if ONLY not in name:
            return
        async with turn:
            began = time.monotonic()
            trouble = await _trouble(runner, start, step, point, number, undisturbed.facts)
        runner.note(f"{name}: {trouble or 'well'} ({time.monotonic() - began:.1f} s)")
        if trouble:
            wrong[name] = trouble

    await asyncio.gather(*map(strike, _chosen(undisturbed.points)))
    return wrong


def _chosen(points: list[str]) -> list[str]:
    """The points to be tried."""
    return points[::STEP] if STEP else [points[len(points) // 2]]


async def _trouble(
    runner: StoryRunner, start: Start, step: Step, point: str, number: int, expected: Facts
) -> object:
    """What went another way for a stroke at this point; nothing where all was well."""
    try:
        ended = await runner.run_step(step, start, point, number)
    except Exception as error:  # noqa: BLE001 - whatever it was, the other points are tried as well
        return f"{type(error).__name__}: {error}"
    if not ended.struck:
        runner.note(f"{step.__name__}: {point}: was not come by this time")
    found = ended.facts
    return {key: (found[key], expected[key]) for key in expected if found[key] != expected[key]}
