"""What the tests' PostgreSQL promises to the tests that use it."""

import os
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from tests.postgres import (
    KEEPER,
    PostgresServer,
    chosen_server,
    connect,
    postgres_database,
    postgres_server,
    running_server,
)

__all__ = ["postgres_database", "postgres_server"]


async def test_its_url_works_with_sqlalchemy(postgres_database: str) -> None:
    engine = create_async_engine(postgres_database)
    async with engine.connect() as connection:
        answer = await connection.execute(text("SELECT lower('ÄB'), current_setting('timezone')"))
        assert tuple(answer.one()) == ("äb", "UTC")
    await engine.dispose()


async def test_a_copy_has_what_its_template_had(postgres_server: PostgresServer) -> None:
    async with postgres_server.database() as template:
        source = await connect(template)
        await source.execute("CREATE TABLE colour AS SELECT 'green' AS name")
        await source.close()
        async with postgres_server.database(template) as copy:
            connection = await connect(copy)
            assert await connection.fetchval("SELECT name FROM colour") == "green"
            await connection.close()


async def test_a_database_is_dropped_even_while_someone_is_connected(postgres_server: PostgresServer) -> None:
    async with postgres_server.database() as url:
        connection = await connect(url)
    with pytest.raises(asyncpg.InterfaceError, match="closed"):
        await connection.fetchval("SELECT 1")
    with pytest.raises(asyncpg.InvalidCatalogNameError):
        await connect(url)


async def test_a_running_server_can_be_named_instead(
    postgres_server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = postgres_server.url.set(drivername="postgresql").render_as_string()
    monkeypatch.setenv("KEYTURN_TEST_POSTGRES", plain)
    with chosen_server() as server:
        assert server.url == postgres_server.url


def test_a_server_goes_with_the_run_that_started_it() -> None:
    with running_server(durable=True) as server:
        folder = Path(str(server.url.query["host"]))
        pid = int((folder / "data" / "postmaster.pid").read_text().split()[0])
    assert not folder.exists()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_a_server_that_was_stopped_has_what_it_had_when_it_is_started_again() -> None:
    with running_server() as server:
        connection = await connect(server.url)
        await connection.execute("CREATE TABLE colour AS SELECT 'green' AS name")
        await server.stop("fast")
        assert connection.is_closed()
        with pytest.raises(OSError, match="No such file"):
            await connect(server.url)
        await server.start()
        connection = await connect(server.url)
        assert await connection.fetchval("SELECT name FROM colour") == "green"
        await connection.close()


def test_without_any_postgresql_the_reason_is_told(tmp_path: Path) -> None:
    # -S and -I: no site-packages, so no wheel; a glob that finds nothing: no Debian package.
    program = (
        "import pathlib, runpy, sys;"
        "pathlib.Path.glob = lambda *_: iter(());"
        f"sys.argv = [{str(KEEPER)!r}]; runpy.run_path({str(KEEPER)!r}, run_name='__main__')"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-I", "-c", program], capture_output=True, text=True, cwd=tmp_path, check=True
    )
    assert done.stdout.startswith("failed neither the wheel")
