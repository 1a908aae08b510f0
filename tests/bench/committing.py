"""Approvals a second, against a raw driver that commits as many rows: sqlite3, and asyncpg."""

import asyncio
import sqlite3
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import asyncpg

from models import migrate
from models.lifecycle.request import decide, submit
from models.lifecycle.request.plan import Draft
from models.store.base import Store
from models.store.outcome import Outcome
from models.tables.people import Person
from models.tables.requests import Term
from tests.bench import places
from tests.bench.measure import Result, in_turns
from tests.postgres import running_server
from tests.world import World

MANY, AT_ONCE, ROUNDS = 32, 16, 7
AT_ONCE_THERE, ROWS = 8, 10
"""On PostgreSQL; one approval writes ten rows, as the measurement on SQLite counts them."""
FACTS = "CREATE TABLE IF NOT EXISTS facts (id {key} PRIMARY KEY, what TEXT, who TEXT, at TEXT)"
FACT = ("x" * 200, "UADA", "now")


async def run() -> list[Result]:
    """One after the other, and sixteen at once."""
    results = []
    for at_once, goal in ((1, 0.15), (AT_ONCE, 0.15)):
        async with places.world() as world:
            await world.bot.worker.stop()
            refs = iter(await _asked(world, MANY * (ROUNDS + 1)))
            path = Path(world.bot.config.database.url.get_secret_value().split("///")[1])
            rows = await _rows_of_one(world, path, next(refs))
            ours, floor = await in_turns(
                partial(_approve, world, refs, at_once),
                partial(_raw, path.with_name("raw.db"), rows),
                ROUNDS - 1,
            )
        said = "one at a time" if at_once == 1 else f"{at_once} at once"
        floor_is = f"raw sqlite3, {rows} rows a commit"
        results.append(
            Result(
                f"Approvals a second, {said}", floor_is, MANY / ours, MANY / floor, goal,
                at_least=True, unit="/s",
            )
        )  # fmt: skip
    return results


async def postgres() -> list[Result]:
    """The same on PostgreSQL that syncs to disk, eight at once."""
    with running_server(durable=True) as server:
        async with server.database() as url, server.database() as other:
            await migrate.upgrade(url)
            pool = await asyncpg.create_pool(other.replace("+asyncpg", ""), min_size=AT_ONCE_THERE)
            async with places.world_on(url) as world, pool:
                await world.bot.worker.stop()
                refs = iter(await _asked(world, MANY * (ROUNDS + 1)))
                await pool.execute(FACTS.format(key="BIGSERIAL"))
                ours, floor = await in_turns(
                    partial(_approve, world, refs, AT_ONCE_THERE), partial(_raw_there, pool), ROUNDS - 1
                )
    return [
        Result(
            f"Approvals a second on PostgreSQL, {AT_ONCE_THERE} at once", f"asyncpg, {ROWS} rows a commit",
            MANY / ours, MANY / floor, 0.35, at_least=True, unit="/s",
        )
    ]  # fmt: skip


async def _raw_there(pool: Any) -> None:
    async def some() -> None:
        for _ in range(MANY // AT_ONCE_THERE):
            async with pool.acquire() as raw, raw.transaction():
                for _ in range(ROWS):
                    await raw.execute("INSERT INTO facts (what, who, at) VALUES ($1, $2, $3)", *FACT)

    await asyncio.gather(*(some() for _ in range(AT_ONCE_THERE)))


async def _asked(world: World, count: int) -> list[str]:
    """Requests of as many people, each waiting for an owner."""
    store: Store = world.bot.store
    people = [f"UBENCH{n}" for n in range(count)]

    def known(out: Outcome) -> None:
        for person in people:
            out.add(Person, id=person, name=f"Person {person}", checked_at=out.now)

    await store.write(known)
    await world.offer(indefinite=True)
    refs = list[str]()
    for person in people:
        draft = Draft(person, person, "github", ("engineering",), Term(), "INC-42")
        refs += [request.ref for request in await store.run(submit.submit, draft)]
    return refs


async def _approve(world: World, refs: Iterator[str], at_once: int) -> None:
    grace, store = world.ids["Grace"], world.bot.store

    async def some(count: int) -> None:
        for _ in range(count):
            await store.run(decide.approve, next(refs), grace)

    await asyncio.gather(*(some(MANY // at_once) for _ in range(at_once)))


async def _rows_of_one(world: World, path: Path, ref: str) -> int:
    """How many rows one approval writes, as SQLite counts them."""
    with sqlite3.connect(path) as raw:
        before = _rows(raw)
    await world.bot.store.run(decide.approve, ref, world.ids["Grace"])
    with sqlite3.connect(path) as raw:
        changed = 4  # the request, its stage, the head of the trail, and whoever was asked
        return _rows(raw) - before + changed


def _rows(raw: sqlite3.Connection) -> int:
    tables = [name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return sum(raw.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables)


def _raw(path: Path, rows: int) -> None:
    raw = sqlite3.connect(path, isolation_level=None)
    raw.execute("PRAGMA journal_mode=WAL")
    raw.execute("PRAGMA synchronous=FULL")
    raw.execute(FACTS.format(key="INTEGER"))
    for _ in range(MANY):
        raw.execute("BEGIN IMMEDIATE")
        for _ in range(rows):
            raw.execute("INSERT INTO facts (what, who, at) VALUES (?, ?, ?)", FACT)
        raw.execute("COMMIT")
    raw.close()
