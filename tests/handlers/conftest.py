"""A running bot to press buttons at."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from models.clock import ManualClock
from tests.handlers.roles_world import RolesWorld
from tests.ready_world import ready_world
from tests.world import World


@pytest.fixture
async def world(sqlite_template: str, tmp_path: Path, clock: ManualClock) -> AsyncIterator[World]:
    """The company with GitHub, over HTTP and SQLite; its loop over the others is in tests/e2e."""
    async with ready_world(sqlite_template, tmp_path, clock) as made:
        yield made


@pytest.fixture
async def company(sqlite_template: str, tmp_path: Path, clock: ManualClock) -> AsyncIterator[RolesWorld]:
    """Everybody who has a part in a request, in a story that stands still."""
    shutil.copy(sqlite_template, tmp_path / "keyturn.db")
    made = RolesWorld(clock, tmp_path / "keyturn.db")
    await made.slack.start()
    try:
        await made.live()
        yield made
    finally:
        await made.leave()
        await made.slack.stop()
