"""Fixtures of the crash tests."""

from collections.abc import Iterator

import pytest

from tests.crash import process_world


@pytest.fixture(scope="session")
def bot_launcher() -> Iterator[process_world.BotLauncher]:
    """Starts bot processes."""
    with process_world.bot_launcher() as opened:
        yield opened
