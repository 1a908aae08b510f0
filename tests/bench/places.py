"""Where measurements happen: databases of their own, with grants, people and apps by the hundred thousand."""

import hashlib
import json
import shutil
import sqlite3
import tempfile
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

from bot.log import configure
from models import migrate
from models.clock import Clock, ManualClock
from models.registry import apps, directory
from models.store.base import Store
from models.store.open import open_store
from models.store.outcome import Outcome
from models.tables.base import Base
from models.tables.catalogue import App, Policy
from models.tables.grants import Grant
from models.tables.people import Person
from models.tables.requests import Request
from tests.world import World, running

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MANY = {"open_requests": 10**6, "requests_an_hour": 10**6, "comments_an_hour": 10**6}
"""Nobody is refused for what a measurement repeats."""
HOURS = timedelta(hours=8)
WRITTEN = "%Y-%m-%d %H:%M:%S.%f"
"""How SQLAlchemy writes moments into SQLite."""
POLICY = '{"access":[{"key":"admin","name":"Admin role"}],"key":"github","name":"GitHub"}'
DIGEST = hashlib.sha256(POLICY.encode()).hexdigest()
BY_BENCH = """'{"type": "bench"}'"""
"""SQL for the connector of grants that no real target system knows."""


def url_of(path: Path | str) -> str:
    """The URL of a SQLite file."""
    return f"sqlite+aiosqlite:///{path}"


@contextmanager
def folder() -> Iterator[Path]:
    """A folder that goes away afterwards."""
    with tempfile.TemporaryDirectory(prefix="keyturn-bench-") as name:
        yield Path(name)


@asynccontextmanager
async def database() -> AsyncIterator[Path]:
    """A migrated, empty SQLite file."""
    with folder() as where:
        await migrate.upgrade(url_of(where / "keyturn.db"))
        yield where / "keyturn.db"


@asynccontextmanager
async def store_at(path: Path, clock: Clock | None = None) -> AsyncIterator[Store]:
    """A store on this file."""
    store = open_store(url_of(path), clock or ManualClock(NOW))
    try:
        yield store
    finally:
        await store.close()


def copy(path: Path, name: str) -> Path:
    """A copy of a database that nobody has open, in the same folder."""
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for left in ("", "-wal", "-shm"):
        path.with_name(f"{name}{left}").unlink(missing_ok=True)
    return Path(shutil.copy(path, path.with_name(name)))


def ask(path: Path, sql: str) -> Any:
    """The first value that a statement reads, beside whoever else has the database open."""
    with closing(sqlite3.connect(path)) as raw:
        return raw.execute(sql).fetchone()[0]


@asynccontextmanager
async def world() -> AsyncIterator[World]:
    """A bot over HTTP in this process, with everybody known: for what is counted and not timed."""
    configure(stream=StringIO())
    async with (
        database() as path,
        running(url_of(path), ManualClock(NOW), "http", limits=MANY) as ready,
    ):
        await ready.acquaint()
        await ready.offer()
        yield ready


async def furnish(store: Store, people: Iterable[str], *specs: Any, admins: Iterable[str] = ()) -> None:
    """Let these people be known, and these apps be in the catalogue."""

    def known(out: Outcome) -> None:
        for person in people:
            out.add(
                Person, id=person, name=f"Person {person}", email=f"{person.lower()}@example.com",
                checked_at=out.now,
            )  # fmt: skip
        directory.appoint(out, list(admins), "operator")

    await store.write(known)
    for spec in specs:
        await store.run(apps.save_app, spec, "operator")


# ── by the hundred thousand, as they would stand there ───────────────────────────────────────────────────


def fill_grants(
    path: Path, count: int, *, ends: datetime, people: int = 1000, targets: int = 50, **sql: str
) -> None:
    """Put active grants into the database, each with its request; every person has one of each target.

    `sql` says what stands in other columns of a grant; in it `i` counts the grants from 0.
    """
    requests, grants = _rows(ends, f"'U' || (i / {targets} % {people})")
    requests |= {name: value for name, value in sql.items() if name in Request.__table__.columns}
    grants |= {"connector": BY_BENCH, "target": f"'bench:' || (i % {targets})"} | sql
    with _quickly(path) as raw:
        _insert(raw, Policy, 1, {"digest": f"'{DIGEST}'", "text": f"'{POLICY}'"})
        _insert(raw, Request, count, requests)
        _insert(raw, Grant, count, grants)
        raw.execute("ANALYZE")


def make_due(path: Path, first: int, last: int, now: datetime) -> None:
    """Let the grants from `first` to `last` end at this moment."""
    moment = now.strftime(WRITTEN)
    with closing(sqlite3.connect(path, timeout=30)) as raw, raw:
        raw.execute(
            "UPDATE grants SET due_at = ?, ends_at = ? WHERE id BETWEEN ? AND ?",
            (moment, moment, first, last),
        )


def fill_people(path: Path, count: int, checked: datetime) -> None:
    """Put U0, U1 and so on into the database, looked up at this moment, a hundred in each department."""
    with _quickly(path) as raw:
        values = {
            "id": "'U' || i", "name": "'Person ' || i", "email": "'u' || i || '@example.com'", "active": "1",
            "timezone": "'UTC'", "department": "'Department ' || (i / 100)",
            "checked_at": f"'{checked.strftime(WRITTEN)}'",
        }  # fmt: skip
        _insert(raw, Person, count, values)


def fill_apps(path: Path, specs: Iterable[Any]) -> None:
    """Put these apps into the catalogue."""
    now = NOW.strftime(WRITTEN)
    rows = [
        (spec.key, spec.name, position, 1, json.dumps(spec.stored()), now)
        for position, spec in enumerate(specs)
    ]
    with _quickly(path) as raw:
        columns = ("key", "name", "position", "version", "spec", "updated_at")
        assert set(columns) == set(App.__table__.columns.keys())
        raw.executemany(f"INSERT INTO apps ({', '.join(columns)}) VALUES (?, ?, ?, ?, ?, ?)", rows)


@contextmanager
def _quickly(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection to write by, all in one commit, whatever becomes of it where the power fails."""
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("PRAGMA synchronous=OFF")
        with raw:
            yield raw


def _insert(raw: sqlite3.Connection, table: type[Base], count: int, values: dict[str, str]) -> None:
    """Add so many rows; what is left out is empty."""
    row = {column.key: values.get(column.key, _empty(column)) for column in table.__table__.columns}
    raw.execute(
        f"WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {count - 1}) "
        f"INSERT INTO {table.__tablename__} ({', '.join(row)}) SELECT {', '.join(row.values())} FROM n"
    )


def _empty(column: Any) -> str:
    if column.nullable:
        return "NULL"
    kind = str(column.type)
    return "'{}'" if kind == "JSON" else "0" if "INT" in kind or kind == "BOOLEAN" else "''"


def _rows(ends: datetime, person: str) -> tuple[dict[str, str], dict[str, str]]:
    """What stands in the columns that matter, of requests and of grants; `i` counts from 0."""
    end, now = f"'{ends.strftime(WRITTEN)}'", f"'{NOW.strftime(WRITTEN)}'"
    thing = {"app_key": "'github'", "access_key": "'admin'", "app_name": "'GitHub'"}
    thing |= {"access_name": "'Admin role'", "policy": f"'{DIGEST}'", "id": "i + 1", "created_at": now}
    term = """'{"length": 3600, "start": null, "end": null}'"""
    requests = thing | {
        "submission": "'s' || i", "kind": "'request'", "action": "'add'", "requester_id": person,
        "beneficiary_id": person, "term": term, "asked_term": term, "because": """'{"reasons": []}'""",
        "state": "'approved'", "grant_id": "i + 1", "expires_at": now, "closed_at": now,
    }  # fmt: skip
    grants = thing | {
        "request_id": "i + 1", "person_id": person, "state": "'active'", "length": "3600", "ends_at": end,
        "due_at": end, "active_at": now, "notices": "'[]'",
    }  # fmt: skip
    return requests, grants
