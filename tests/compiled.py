"""SQL is compiled once a process, not once for each of the thousands of databases that tests open.

SQLAlchemy keeps what it compiled with the engine: a bot that runs for months never notices, a test that opens
a store for a second compiles every statement in it, which was a fifth of the whole run. Two engines of one
kind make the same SQL, so in tests they share what is kept, as the threads of one engine always do.
"""

from typing import Any

from sqlalchemy import Engine
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache

KEPT: LRUCache[Any, Any] = LRUCache(5000)


def share() -> None:
    """From now on. What is kept is found by the dialect among others, so those of one class are one."""
    for dialect in (PGDialect_asyncpg, SQLiteDialect_pysqlite):
        dialect.__eq__ = lambda self, other: type(self) is type(other)  # type: ignore[method-assign]
        dialect.__hash__ = lambda self: hash(type(self))  # type: ignore[method-assign]
    Engine._compiled_cache = property(lambda _engine: KEPT, lambda _engine, _own: None)  # type: ignore[assignment]
