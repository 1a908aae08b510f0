"""Fixtures of the crash tests."""

from collections.abc import Iterator

import pytest

from tests.crash import lives


@pytest.fixture(scope="session")
def nursery() -> Iterator[lives.Nursery]:
    """Where bots come from."""
    with lives.nursery() as opened:
        yield opened
