"""The floor that does the same: what a store sent to its database, sent again by the driver alone.

The store's transactions are noted once, on a copy of the database, and then carried out on another copy that
begins alike: same schema, same indexes, same rows, in the same sets (`executemany`).
"""

import asyncio
import json
import pickle
import re
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import asyncpg

from models.statements import Sql
from models.store import postgres, sqlite, units
from models.store.case import Case
from models.tables.audit import canonical
from tests.bench.machine import fsync_time


class Sent(NamedTuple):
    """One statement, as it went to the driver."""

    sql: str
    rows: list[list[Any]]
    fetched: bool
    """Whether its result was read."""

    @property
    def writes(self) -> bool:
        return not self.sql.lstrip().upper().startswith(("SELECT", "WITH"))


Transaction = list[Sent]


@contextmanager
def noted() -> Iterator[list[Transaction]]:
    """Note the transactions that the stores of this process carry out meanwhile, in order."""
    done: list[Transaction] = []

    def carry_out(case: Case, works: Sequence[units.Unit]) -> bool:
        sent: Transaction = []
        _listen(case.sql, sent)
        wakes = units.carry_out(case, works)
        done.append(sent)  # a claim that rides on this commit is still to come
        return wakes

    for store in (sqlite, postgres):
        vars(store)["carry_out"] = carry_out
    try:
        yield done
    finally:
        for store in (sqlite, postgres):
            vars(store)["carry_out"] = units.carry_out


def keep(transactions: list[Transaction], path: str) -> None:
    """Write them to a file, for the process that sends them again."""
    Path(path).write_bytes(pickle.dumps(transactions))


def _kept(path: str) -> list[Transaction]:
    transactions: list[Transaction] = pickle.loads(Path(path).read_bytes())
    return transactions


def _listen(sql: Sql, sent: Transaction) -> None:
    """Have what goes by this `Sql` noted, each statement by itself: the floor has no need of our trips."""
    made: Any = sql
    made.write = partial(Sql.write, made)
    fetch, many = made._fetch, made._many

    def fetched(text: str, values: list[Any]) -> Any:
        sent.append(Sent(text, [values], fetched=True))
        return fetch(text, values)

    def ran(text: str, rows: list[list[Any]]) -> Any:
        sent.append(Sent(text, rows, fetched=False))
        return many(text, rows)

    made._fetch, made._many = fetched, ran


class Replay:
    """A process that sends noted transactions again, to SQLite."""

    def open(self, path: str, noted: str, *, reads: bool, hashes: bool = False) -> None:
        """Take these transactions, with their SELECTs or without.

        With `hashes` each audit entry is encoded and hashed anew, as whoever writes one has to.
        """
        self._steps = [
            [_step(sent, hashes=hashes) for sent in transaction if reads or sent.writes]
            for transaction in _kept(noted)
        ]
        self._database = sqlite3.connect(path, isolation_level=None, cached_statements=512)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            self._database.execute(f"PRAGMA {pragma}")

    def send(self, first: int = 0, last: int | None = None, commits: int | None = None) -> dict[str, float]:
        """Send those from `first` to `last`, each in a commit of its own, or all in so many commits."""
        steps = self._steps[first:last]
        together = 1 if commits is None else max(len(steps) // commits, 1)
        began, cpu, made = time.perf_counter(), time.process_time(), 0
        for at in range(0, len(steps), together):
            self._database.execute("BEGIN IMMEDIATE")
            for transaction in steps[at : at + together]:
                for step in transaction:
                    step(self._database)
            self._database.execute("COMMIT")
            made += 1
        seconds, spent = time.perf_counter() - began, time.process_time() - cpu
        return {"seconds": seconds, "cpu": spent, "commits": made, "transactions": len(steps)}

    def fsync(self, folder: str) -> float:
        """How many seconds an fsync takes for this process."""
        return fsync_time(Path(folder))

    def close(self) -> None:
        """Let the database go."""
        self._database.close()


def _step(sent: Sent, *, hashes: bool) -> Callable[[sqlite3.Connection], object]:
    """What sends one statement to SQLite."""
    sql, rows = sent.sql, sent.rows
    if sent.fetched:
        return lambda database: database.execute(sql, rows[0]).fetchall()
    if hashes and sql.startswith("INSERT INTO audit_entries"):
        return _hashed(sql, rows)
    if len(rows) == 1:
        return lambda database: database.execute(sql, rows[0])
    return lambda database: database.executemany(sql, rows)


def _hashed(sql: str, rows: list[list[Any]]) -> Callable[[sqlite3.Connection], object]:
    """Writes audit entries whose data are still to be encoded, and chained."""
    columns = [name.strip() for name in re.findall(r"\((.*?)\)", sql)[0].split(",")]
    entries = [dict(zip(columns, row, strict=True)) for row in rows]
    for entry in entries:
        entry["data"] = json.loads(entry["data"])
        entry["at"] = datetime.fromisoformat(entry["at"]).replace(tzinfo=UTC).isoformat()
    chained = ("action", "actor", "app", "at", "data", "person", "seq", "subject")

    def write(database: sqlite3.Connection) -> None:
        link, written = entries[0]["previous"], []
        for entry, row in zip(entries, rows, strict=True):
            line = canonical({name: entry[name] for name in chained})
            previous, link = link, sha256((link + line).encode()).hexdigest()
            written.append([*row[:-2], previous, link])
        database.executemany(sql, written)

    assert columns[-2:] == ["previous", "hash"], columns
    return write


class PostgresReplay:
    """A process that sends noted transactions again, to PostgreSQL, over so many connections at once.

    Each connection has a head of the audit trail of its own, so that none of them waits for another.
    """

    async def open(self, url: str, noted: str, at_once: int) -> None:
        self._transactions = [[sent for sent in each if sent.writes] for each in _kept(noted)]
        self._connections = [await asyncpg.connect(url) for _ in range(at_once)]
        for head in range(2, at_once + 1):
            await self._connections[0].execute(
                "INSERT INTO audit_head SELECT $1, seq, hash FROM audit_head WHERE id = 1", head
            )

    async def send(self, first: int, last: int) -> dict[str, float]:
        """Send those from `first` to `last`, each in a commit of its own, over all connections at once."""
        waiting = iter(self._transactions[first:last])

        async def some(connection: Any, head: int) -> None:
            for transaction in waiting:
                async with connection.transaction():
                    for sent in transaction:
                        await _send(connection, sent, head)

        began, cpu = time.perf_counter(), time.process_time()
        await asyncio.gather(*(some(each, 1 + at) for at, each in enumerate(self._connections)))
        return {"seconds": time.perf_counter() - began, "cpu": time.process_time() - cpu}

    async def count(self, table: str) -> int:
        """How many rows a table has."""
        return int(await self._connections[0].fetchval(f"SELECT count(*) FROM {table}"))

    async def close(self) -> None:
        for connection in self._connections:
            await connection.close()


async def _send(connection: Any, sent: Sent, head: int) -> None:
    rows = sent.rows
    if sent.sql.startswith("UPDATE audit_head"):
        assert rows[0][-1] == 1, sent
        rows = [[*rows[0][:-1], head]]
    if len(rows) == 1:
        await connection.fetch(sent.sql, *rows[0])
    else:
        await connection.executemany(sent.sql, rows)
