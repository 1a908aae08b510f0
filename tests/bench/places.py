"""Where measurements happen: a database of their own, a world with a bot, grants by the hundred thousand."""

import hashlib
import sqlite3
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

from bot.log import configure
from models import migrate
from models.clock import ManualClock
from models.store.base import Store
from models.store.open import open_store
from tests.world import World, running

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MANY = {"requests_an_hour": 10**6, "comments_an_hour": 10**6}
"""Nobody is refused for what a measurement repeats."""
WRITTEN = "%Y-%m-%d %H:%M:%S.%f"
"""How SQLAlchemy writes moments into SQLite."""
POLICY = '{"access":[{"key":"admin","name":"Admin role"}],"key":"github","name":"GitHub"}'
DIGEST = hashlib.sha256(POLICY.encode()).hexdigest()


@contextmanager
def folder() -> Iterator[Path]:
    """A folder that goes away afterwards."""
    with tempfile.TemporaryDirectory(prefix="keyturn-bench-") as name:
        yield Path(name)


@asynccontextmanager
async def database() -> AsyncIterator[Path]:
    """A migrated, empty SQLite file."""
    with folder() as where:
        await migrate.upgrade(f"sqlite+aiosqlite:///{where / 'keyturn.db'}")
        yield where / "keyturn.db"


@asynccontextmanager
async def store_at(path: Path, clock: ManualClock | None = None) -> AsyncIterator[Store]:
    """A store on this file."""
    store = open_store(f"sqlite+aiosqlite:///{path}", clock or ManualClock(NOW))
    try:
        yield store
    finally:
        await store.close()


@asynccontextmanager
async def world() -> AsyncIterator[World]:
    """A bot over HTTP, on SQLite, with everybody known and GitHub in its catalogue."""
    async with database() as path, world_on(f"sqlite+aiosqlite:///{path}") as ready:
        yield ready


@asynccontextmanager
async def world_on(url: str) -> AsyncIterator[World]:
    """The same, on this migrated database."""
    configure(stream=StringIO())  # as it goes to a file; a terminal's colours cost more
    async with running(url, ManualClock(NOW), "http", limits=MANY) as ready:
        await ready.acquaint()
        await ready.offer()
        yield ready


def fill_grants(path: Path, count: int, *, ends: datetime, people: int = 1000) -> None:
    """Put active grants into the database as they would stand there, each with its request."""
    with sqlite3.connect(path) as raw:
        raw.execute("PRAGMA synchronous=OFF")
        raw.execute("INSERT INTO policies (digest, text) VALUES (?, ?)", (DIGEST, POLICY))
        columns = _columns(raw)
        for table, values in _rows(ends, people).items():
            row = {name: values.get(name, default) for name, default in columns[table].items()}
            raw.execute(
                f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) "
                f"INSERT INTO {table} ({', '.join(row)}) SELECT {', '.join(row.values())} FROM n"
            )
        raw.execute("ANALYZE")


def _columns(raw: sqlite3.Connection) -> dict[str, dict[str, str]]:
    """Of each table, every column with SQL for a value that it takes."""

    def default(kind: str, required: int) -> str:
        if not required:
            return "NULL"
        return "'{}'" if kind == "JSON" else "0" if "INT" in kind or kind == "BOOLEAN" else "''"

    found = {}
    for table in ("requests", "grants"):
        told = raw.execute(f"PRAGMA table_info({table})")
        found[table] = {name: default(kind, required) for _, name, kind, required, *_ in told}
    return found


def _rows(ends: datetime, people: int) -> dict[str, dict[str, str]]:
    """What stands in the columns that matter; `i` counts from 1."""
    end, now = f"'{ends.strftime(WRITTEN)}'", f"'{NOW.strftime(WRITTEN)}'"
    person = f"'U' || (i % {people})"
    names = {"app_name": "'GitHub'", "access_name": "'Admin role'"}
    thing = {"app_key": "'github'", "access_key": "'admin'"} | names
    term = """'{"length": 3600, "start": null, "end": null}'"""
    common = thing | {"id": "i", "policy": f"'{DIGEST}'", "created_at": now}
    return {
        "requests": common
        | {
            "submission": "'s' || i", "kind": "'request'", "action": "'add'", "requester_id": person,
            "beneficiary_id": person, "term": term, "asked_term": term, "because": """'{"reasons": []}'""",
            "state": "'approved'", "grant_id": "i", "expires_at": now, "closed_at": now,
        },
        "grants": common
        | {
            "request_id": "i", "person_id": person, "connector": """'{"type": "bench"}'""",
            "target": "'bench:' || (i % 50)", "state": "'active'", "length": "3600", "ends_at": end,
            "due_at": end, "active_at": now, "notices": "'[]'",
        },
    }  # fmt: skip
