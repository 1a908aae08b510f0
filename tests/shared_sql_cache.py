"""Share SQLAlchemy's cache of compiled SQL between all engines of a process.

SQLAlchemy keeps one cache per engine. A bot has one engine for months; a test opens one for a second, and
compiling its statements took a fifth of the whole run. Engines of one dialect compile to the same SQL, so
tests share the cache, as the threads of one engine do.
"""

from typing import Any

from sqlalchemy import Engine
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache

CACHE: LRUCache[Any, Any] = LRUCache(5000)


class _EqualByClass:
    """Make dialects of one class equal: the cache's key contains the dialect."""

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other)

    def __hash__(self) -> int:
        return hash(type(self))

    @classmethod
    def engine_created(cls, engine: Engine) -> None:
        engine.update_execution_options(compiled_cache=CACHE)


class Sqlite(_EqualByClass, SQLiteDialect_pysqlite):
    supports_statement_cache = True  # SQLAlchemy looks for it in the class itself


class Postgres(_EqualByClass, PGDialect_asyncpg):
    supports_statement_cache = True


def install() -> None:
    """Replace the dialects of both databases in this process."""
    registry.register("sqlite", __name__, Sqlite.__name__)
    registry.register("postgresql.asyncpg", __name__, Postgres.__name__)
