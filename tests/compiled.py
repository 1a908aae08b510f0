"""SQL is compiled once a process, not once for each of the thousands of databases that tests open.

SQLAlchemy keeps what it compiled with the engine: a bot that runs for months never notices, a test that opens
a store for a second compiles every statement in it, which was a fifth of the whole run. Two engines of one
kind make the same SQL, so in tests they share what is kept, as the threads of one engine always do.
"""

from typing import Any

from sqlalchemy import Engine
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache

KEPT: LRUCache[Any, Any] = LRUCache(5000)


class _Alike:
    """What is kept is found by the dialect among others, so those of one class are one."""

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other)

    def __hash__(self) -> int:
        return hash(type(self))

    @classmethod
    def engine_created(cls, engine: Engine) -> None:
        engine.update_execution_options(compiled_cache=KEPT)


class Sqlite(_Alike, SQLiteDialect_pysqlite):
    supports_statement_cache = True  # SQLAlchemy wants it said in the class itself


class Postgres(_Alike, PGDialect_asyncpg):
    supports_statement_cache = True


def share() -> None:
    """From now on."""
    registry.register("sqlite", __name__, Sqlite.__name__)
    registry.register("postgresql.asyncpg", __name__, Postgres.__name__)
