"""A real PostgreSQL for tests, and a database of its own for each that wants one.

Import the fixtures into a conftest: `from tests.postgres import postgres_database, postgres_server`.
The server is the one that KEYTURN_TEST_POSTGRES names (a URL whose user may create databases), or else one
that starts at first use and goes with the test run; under pytest-xdist one per worker. Without either,
tests are skipped with the reason, except where CI=true: there they fail.
"""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from sqlalchemy import URL, make_url

GIVEN = "KEYTURN_TEST_POSTGRES"
KEEPER = Path(__file__).with_name("postgres_keeper.py")


class Unavailable(Exception):
    """There is no PostgreSQL here; the text says why."""


@dataclass(frozen=True)
class PostgresServer:
    """A running server. Its databases' addresses are SQLAlchemy URLs: `postgresql+asyncpg://…`."""

    url: URL

    async def create_database(self, template: str | None = None) -> str:
        """Makes a database and returns its URL; with `template`, another's URL, as a copy of that one.

        Copying a migrated database takes tens of milliseconds; file by file half as many as by way of the
        log, which is PostgreSQL's usual one. It refuses while anyone is connected to the template: dispose
        of the engine that filled it first.
        """
        name = f"keyturn_{uuid4().hex}"
        source = make_url(template).database if template else "template0"
        await self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{source}" STRATEGY FILE_COPY')
        return self.url.set(database=name).render_as_string(hide_password=False)

    async def drop_database(self, url: str) -> None:
        """Drops it, with whoever is still connected; one that is gone already is no error."""
        await self._execute(f'DROP DATABASE IF EXISTS "{make_url(url).database}" WITH (FORCE)')

    @asynccontextmanager
    async def database(self, template: str | None = None) -> AsyncIterator[str]:
        """The URL of a database that lives as long as the block."""
        url = await self.create_database(template)
        try:
            yield url
        finally:
            await self.drop_database(url)

    async def _execute(self, statement: str) -> None:
        connection = await connect(self.url)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


@dataclass(frozen=True)
class OwnServer(PostgresServer):
    """One that was started here, and may be stopped and started again; both return when it is so."""

    keeper: "subprocess.Popen[str]"

    async def stop(self, mode: str) -> None:
        """As `pg_ctl stop -m`: "fast" cuts everybody off, "immediate" is a crash that a start mends."""
        await asyncio.to_thread(self._tell, f"stop {mode}")

    async def start(self) -> None:
        """With the files that it had."""
        await asyncio.to_thread(self._tell, "start")

    def _tell(self, line: str) -> None:
        assert self.keeper.stdin is not None
        assert self.keeper.stdout is not None
        print(line, file=self.keeper.stdin, flush=True)
        assert self.keeper.stdout.readline() == "done\n"


async def connect(url: str | URL) -> Any:
    """A bare asyncpg connection to a SQLAlchemy URL; the caller closes it."""
    plain = make_url(url).set(drivername="postgresql")
    return await asyncpg.connect(plain.render_as_string(hide_password=False))


@contextmanager
def running_server(*, durable: bool = False) -> Iterator[OwnServer]:
    """Starts a server from the wheel or Debian's package, and takes it away after.

    With `durable` it syncs to disk as in production, for measurements. Raises Unavailable.
    """
    command = [sys.executable, str(KEEPER), *(["--durable"] if durable else [])]
    # A session of its own: Ctrl-C reaches the tests, which still need the server while they end.
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as keeper:
        assert keeper.stdout is not None
        outcome, _, rest = keeper.stdout.readline().strip().partition(" ")
        if outcome != "ready":
            raise Unavailable(rest or "the server's keeper ended without a word")
        url = URL.create("postgresql+asyncpg", "postgres", database="postgres", query={"host": rest})
        yield OwnServer(url, keeper)
        keeper.communicate()


@contextmanager
def chosen_server() -> Iterator[PostgresServer]:
    """The server that KEYTURN_TEST_POSTGRES names, or else a new one. Raises Unavailable."""
    given = os.environ.get(GIVEN)
    if given:
        yield PostgresServer(make_url(given).set(drivername="postgresql+asyncpg"))
    else:
        with running_server() as server:
            yield server


@contextmanager
def or_without() -> Iterator[None]:
    """Skip what needs a server where there is none; fail where CI=true."""
    try:
        yield
    except Unavailable as error:
        give_up = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        give_up(f"no PostgreSQL: {error} ({GIVEN} can name a running one)")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """One server for the whole run."""
    with or_without(), chosen_server() as server:
        yield server


@pytest.fixture
async def postgres_database(postgres_server: PostgresServer) -> AsyncIterator[str]:
    """The URL of an empty database that is dropped after the test."""
    async with postgres_server.database() as url:
        yield url
