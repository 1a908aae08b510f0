"""Fixtures of the end-to-end tests: a world on each database, spoken to in each mode."""

from collections.abc import AsyncIterator
from io import StringIO

import pytest

from bot.config import Mode
from bot.log import configure
from models.clock import ManualClock
from tests.world import World, running


@pytest.fixture
def pairing(which_engine: str) -> tuple[str, Mode]:
    """The database and the way Slack reaches the bot: SQLite with Socket Mode, PostgreSQL with HTTP.

    `test_main_loop` also runs the other two pairs.
    """
    return which_engine, "socket" if which_engine == "sqlite" else "http"


@pytest.fixture
def engine(pairing: tuple[str, Mode]) -> str:
    """The pairing's database."""
    return pairing[0]


@pytest.fixture(autouse=True)
def log() -> StringIO:
    """What the bot logs, in the form in which it goes to a file."""
    stream = StringIO()
    configure(stream=stream)
    return stream


@pytest.fixture
async def world(pairing: tuple[str, Mode], database_url: str, clock: ManualClock) -> AsyncIterator[World]:
    """A running world with GitHub in the catalogue."""
    async with running(database_url, clock, pairing[1]) as ready:
        await ready.offer()
        yield ready
