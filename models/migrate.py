"""Migrate the database's schema, with Alembic, on SQLite and PostgreSQL.

Alembic is imported only where there is something to migrate: a database is nearly always up to date, and
without it the bot is ready 50 ms sooner, and 18 MiB smaller.
"""

import asyncio
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, create_engine, inspect, make_url
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

Result = TypeVar("Result")

MIGRATIONS = Path(__file__).parent / "migrations"
_TABLE = "alembic_version"
"""Where Alembic keeps the revision that a database has."""


async def upgrade(url: str) -> tuple[str | None, str]:
    """Migrate the database at `url` to the newest schema. Returns the revisions before and after."""
    return await _run(url, _upgrade)


async def check(url: str) -> str | None:
    """The revision of the database's schema, None for an empty database. Changes nothing."""
    return await _run(url, _current)


def newest() -> str:
    """The revision that this version of Keyturn works with."""
    return _revisions()[-1]


def knows(revision: str | None) -> bool:
    """Whether this version of Keyturn knows a revision; not so if it is of a newer version."""
    return revision is None or revision in _revisions()


@cache
def _revisions() -> list[str]:
    """All revisions, the oldest first. The names of the migrations' files begin with them, as numbers."""
    return sorted(file.name.partition("_")[0] for file in (MIGRATIONS / "versions").glob("[0-9]*_*.py"))


async def _run(url: str, work: Callable[[Connection], Result]) -> Result:
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return await asyncio.to_thread(_run_on_sqlite, parsed.database or "", work)
    engine = create_async_engine(parsed.set(drivername="postgresql+asyncpg"), poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            return await connection.run_sync(work)
    finally:
        await engine.dispose()


def _run_on_sqlite(path: str, work: Callable[[Connection], Result]) -> Result:
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool)
    with engine.begin() as connection:
        return work(connection)


def _upgrade(connection: Connection) -> tuple[str | None, str]:
    if connection.dialect.name == "postgresql":
        # Several processes may start at once; the first migrates, the others wait and find it done.
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7308324)")
    before = _current(connection)
    migrate_to(connection, "head")
    return before, newest()


def _current(connection: Connection) -> str | None:
    if not inspect(connection).has_table(_TABLE):
        return None
    return connection.exec_driver_sql(f"SELECT version_num FROM {_TABLE}").scalar()  # noqa: S608 - a constant


def migrate_to(connection: Connection, revision: str) -> None:
    """Migrate the database of this connection up to a revision."""
    from alembic import command  # noqa: PLC0415 - see above
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
