"""Fixtures for all tests: the clock that is moved by hand, and stores on both databases."""

import asyncio
import logging
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import structlog
from hypothesis import settings

from models import migrate
from models.clock import ManualClock
from models.store.base import Store
from models.store.open import open_store
from tests import asyncio_accept, ram_tmpdir, shared_sql_cache
from tests.postgres import PostgresServer, postgres_database, postgres_server

__all__ = ["postgres_database", "postgres_server"]

# A busy machine is no finding: examples take as long as they take. So many fit into minutes; more of them
# where somebody looks for something (KEYTURN_EXAMPLES=500).
EXAMPLES = int(os.environ.get("KEYTURN_EXAMPLES", "20"))
settings.register_profile("keyturn", deadline=None, max_examples=EXAMPLES)
settings.load_profile("keyturn")

ENGINES = ("sqlite", "postgres")
ALL_ENGINES = os.environ.get("KEYTURN_ENGINES") == "all"
"""Whether every test that uses a database runs on both, not only those marked `both_engines`."""

asyncio_accept.close_unserved()
shared_sql_cache.install()
ram_tmpdir.install()

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""A Monday morning."""


def pytest_xdist_auto_num_workers() -> int:
    """A third of the time tests wait: for processes that start, for browsers, for what is real time."""
    return round(1.5 * (os.cpu_count() or 1))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that uses a database on SQLite; one that is marked `both_engines` on PostgreSQL as well."""
    if "which_engine" in metafunc.fixturenames:
        both = ALL_ENGINES or metafunc.definition.get_closest_marker("both_engines") is not None
        metafunc.parametrize("which_engine", ENGINES if both else ENGINES[:1], indirect=True)


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    """Takes back what bot.log.configure did, so that one test's stream is not another's."""
    # structlog's own tracebacks show every local variable, and take a second for it.
    plain = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[structlog.stdlib.add_log_level, plain])
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()


@pytest.fixture
def clock() -> ManualClock:
    """Stands at a Monday morning until it is moved."""
    return ManualClock(START)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A migrated, empty SQLite file, to be copied."""
    path = tmp_path_factory.mktemp("template") / "keyturn.db"
    asyncio.run(migrate.upgrade(f"sqlite+aiosqlite:///{path}"))
    return str(path)


@pytest.fixture(scope="session")
def postgres_template(postgres_server: PostgresServer) -> str:
    """A migrated, empty PostgreSQL database, to be copied."""

    async def make() -> str:
        url = await postgres_server.create_database()
        await migrate.upgrade(url)
        return url

    return asyncio.run(make())


@pytest.fixture
def which_engine(request: pytest.FixtureRequest) -> str:
    """Parametrized above."""
    return str(request.param)


@pytest.fixture
def engine(which_engine: str) -> str:
    """The kind of database that `database_url` and `store` are of. Who wants a certain one overrides this."""
    return which_engine


@pytest.fixture
def template(engine: str, request: pytest.FixtureRequest) -> str:
    """Where the migrated database lies that each test gets a copy of."""
    return str(request.getfixturevalue(f"{engine}_template"))


@pytest.fixture
async def database_url(template: str, request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """The URL of a migrated, empty database of its own."""
    if "://" not in template:
        shutil.copy(template, tmp_path / "keyturn.db")
        yield f"sqlite+aiosqlite:///{tmp_path / 'keyturn.db'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    async with server.database(template) as url:
        yield url


@pytest.fixture
async def store(database_url: str, clock: ManualClock) -> AsyncIterator[Store]:
    """A store on a database of its own."""
    opened = open_store(database_url, clock)
    yield opened
    await opened.close()
