"""A running bot to press buttons at."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from models.clock import ManualClock
from tests.handlers.office import office
from tests.world import World


@pytest.fixture
async def world(sqlite_template: str, tmp_path: Path, clock: ManualClock) -> AsyncIterator[World]:
    """The company with GitHub, over HTTP and SQLite; its loop over the others is in tests/e2e."""
    async with office(sqlite_template, tmp_path, clock) as made:
        yield made
