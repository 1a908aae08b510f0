"""What is due: looked for among ten thousand grants and among a million, and ten thousand at once."""

import asyncio
import sqlite3
import time
from collections.abc import Coroutine
from datetime import timedelta
from pathlib import Path

from models.clock import ManualClock
from models.store.base import Store
from tests.bench import places
from tests.bench.measure import Result, in_turns
from tests.models.acting import sweep

FEW, MORE, MANY = 10_000, 100_000, 1_000_000
BURST = 10_000
LONG_AFTER = places.NOW + timedelta(days=365)


async def claims() -> list[Result]:
    """An empty sweep, and the claim of a batch of 200, where many more grants are not due."""
    results = []
    async with places.database() as small, places.database() as middle, places.database() as large:
        for path, count in ((small, FEW), (middle, MORE), (large, MANY)):
            places.fill_grants(path, count, ends=LONG_AFTER)
        for path, count in ((middle, MORE), (large, MANY)):
            async with places.store_at(small) as one, places.store_at(path) as other:
                empty, floor = await in_turns(lambda s=other: _sweep(s), lambda s=one: _sweep(s), 60)
                taken, floor_taken = await in_turns(
                    lambda s=other, p=path: _claim(s, p), lambda s=one, p=small: _claim(s, p), 6
                )
            floor_is = f"among {FEW:,}"
            results += [
                Result(f"An empty sweep among {count:,} grants", floor_is, empty, floor, 2),
                Result(f"200 ends claimed among {count:,} grants", floor_is, taken, floor_taken, 2),
            ]
    return results


async def burst() -> list[Result]:
    """Ten thousand ends in the same minute: all taken up, none lost, and the loop stays free meanwhile."""
    clock = ManualClock(places.NOW)
    async with places.database() as path:
        places.fill_grants(path, BURST, ends=places.NOW + timedelta(minutes=1))
        async with places.store_at(path, clock) as store:
            clock.advance(timedelta(minutes=2))
            began, longest = time.perf_counter(), await _while_free(_all(store))
            ours = time.perf_counter() - began
        with sqlite3.connect(path) as raw:
            left = raw.execute("SELECT count(*) FROM grants WHERE state = 'active'").fetchone()[0]
            written = raw.execute("SELECT count(*) FROM audit_entries").fetchone()[0]
        assert (left, written >= BURST) == (0, True), f"{left} were lost"
        floor = _raw_sweep(path.with_name("raw.db"))
    return [
        Result(f"{BURST:,} ends at once", "raw sqlite3, as many rows in as many commits", ours, floor, 1.5),
        Result("The loop’s longest pause meanwhile", "what is allowed, 50 ms", longest, 0.05, 1),
    ]


async def _sweep(store: Store) -> None:
    await sweep(store)


async def _claim(store: Store, path: Path) -> None:
    with sqlite3.connect(path) as raw:
        raw.execute(
            "UPDATE grants SET due_at = ? WHERE id IN "
            "(SELECT id FROM grants WHERE state = 'active' LIMIT 200)",
            (places.NOW.strftime(places.WRITTEN),),
        )
    await sweep(store)


async def _all(store: Store) -> None:
    await sweep(store)


async def _while_free(work: Coroutine[None, None, None]) -> float:
    """Do it, and return the longest time that the event loop did not answer."""
    longest, task = 0.0, asyncio.ensure_future(work)
    while not task.done():
        began = time.perf_counter()
        await asyncio.sleep(0.001)
        longest = max(longest, time.perf_counter() - began - 0.001)
    await task
    return longest


def _raw_sweep(path: Path) -> float:
    """As many rows changed and written, 200 grants a commit: a grant, an audit entry and a job each."""
    raw = sqlite3.connect(path, isolation_level=None)
    raw.execute("PRAGMA journal_mode=WAL")
    raw.execute("PRAGMA synchronous=FULL")
    raw.execute("CREATE TABLE grants (id INTEGER PRIMARY KEY, state TEXT, due_at TEXT)")
    raw.execute("CREATE INDEX ix ON grants (due_at)")
    raw.execute("CREATE TABLE facts (id INTEGER PRIMARY KEY, what TEXT, hash TEXT)")
    raw.executemany("INSERT INTO grants VALUES (?, 'active', 'now')", [(n,) for n in range(BURST)])
    began = time.perf_counter()
    for at in range(0, BURST, 200):
        raw.execute("BEGIN IMMEDIATE")
        for grant in range(at, at + 200):
            raw.execute("SELECT * FROM grants WHERE id = ?", (grant,)).fetchone()
            raw.execute("UPDATE grants SET state = 'revoking', due_at = NULL WHERE id = ?", (grant,))
            raw.execute("INSERT INTO facts (what, hash) VALUES (?, ?)", ("x" * 300, "y" * 64))
            raw.execute("INSERT INTO facts (what, hash) VALUES (?, ?)", ("x" * 100, ""))
        raw.execute("COMMIT")
    took = time.perf_counter() - began
    raw.close()
    return took
