"""Bringing the schema up to date, with Alembic, on both databases."""

import asyncio
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TypeVar

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, make_url
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

Result = TypeVar("Result")

HERE = Path(__file__).parent / "migrations"


async def upgrade(url: str) -> tuple[str | None, str]:
    """Migrate the database of this URL to the newest schema; returns the revisions before and after."""
    return await _on(url, _upgrade)


async def check(url: str) -> str | None:
    """The schema's revision in the database, None for an empty one; changes nothing."""
    return await _on(url, _current)


def newest() -> str:
    """The revision that this version of Keyturn works with."""
    return str(_scripts().get_current_head())


def knows(revision: str | None) -> bool:
    """Whether this version of Keyturn knows the revision; one of a newer version it does not."""
    return revision is None or revision in {each.revision for each in _scripts().walk_revisions()}


async def _on(url: str, work: Callable[[Connection], Result]) -> Result:
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return await asyncio.to_thread(_on_sqlite, parsed.database or "", work)
    engine = create_async_engine(parsed.set(drivername="postgresql+asyncpg"), poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            return await connection.run_sync(work)
    finally:
        await engine.dispose()


def _on_sqlite(path: str, work: Callable[[Connection], Result]) -> Result:
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool)
    with engine.begin() as connection:
        return work(connection)


def _upgrade(connection: Connection) -> tuple[str | None, str]:
    if connection.dialect.name == "postgresql":
        # Several processes may start at once; the first migrates, the others wait and find it done.
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7308324)")
    before = _current(connection)
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    return before, newest()


def _current(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(HERE))
    return config


@cache
def _scripts() -> ScriptDirectory:
    """The migrations, read once: Alembic compiles all of them to tell what they are called."""
    return ScriptDirectory.from_config(_config())
