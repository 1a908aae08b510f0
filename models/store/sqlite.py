"""The store on SQLite: one connection writes, over aiosqlite and on its thread; a few others read.

SQLite has one writer at a time whatever one does. A whole unit of work runs on the writer's thread in one hop
(a hop for each statement costs twice what all else does), and works that wait share its commit.
"""

import asyncio
import json
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

import aiosqlite
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

from models.clock import Clock
from models.statements import Made
from models.store.base import Offer, Store, Unavailable
from models.store.cache import Cache
from models.store.case import Case
from models.store.units import Priority, Queue, Unit, Waiting, carry_out, waiting_for
from models.tables.base import decode, encode_with

T = TypeVar("T")

READERS = 4
TOGETHER = 64
"""How many works may share one commit."""
BUSY_MS = 5000
"""How long to wait for another process (the command line) that writes to the same file."""
_DIALECT: Any = SQLiteDialect_pysqlite(
    json_serializer=encode_with(json.JSONEncoder()), json_deserializer=decode
)


class SqliteSql(Made):
    """Statements on a connection of the standard library's driver."""

    dialect = _DIALECT
    errors = (sqlite3.Error,)

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def _fetch(self, sql: str, values: list[Any]) -> Sequence[Sequence[Any]]:
        return self._connection.execute(sql, values).fetchall()

    def _many(self, sql: str, rows: list[list[Any]]) -> int:
        if len(rows) == 1:
            return self._connection.execute(sql, rows[0]).rowcount
        return self._connection.executemany(sql, rows).rowcount


class _Writer(aiosqlite.Connection):
    """A connection that runs a whole unit of work on its thread."""

    async def on_thread(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run `work` there. It goes on where the caller is cancelled."""
        return await self._execute(lambda: work(self._conn))  # type: ignore[no-any-return,no-untyped-call]

    async def open(self) -> None:
        """Open the file."""
        # Otherwise a process that forgets to close its store would never end. SQLAlchemy does the same.
        self._thread.daemon = True
        await self


class SqliteStore(Store):
    """One SQLite file. Only one process runs the bot on it; the command line may look in."""

    def __init__(self, path: str, clock: Clock) -> None:
        super().__init__(clock)
        self._path = path
        self._queue = Queue()
        self._writer: _Writer | None = None
        self._kept: tuple[sqlite3.Connection, int, Cache] | None = None
        """What the last commit left to the next transaction, by its connection and the file's version."""
        self._pumping: asyncio.Task[None] | None = None
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="keyturn-read")
        self._reading = threading.local()
        self._read_connections: list[sqlite3.Connection] = []
        self._closed = False

    @property
    def shared(self) -> bool:
        return False

    async def _write(self, unit: Unit, priority: Priority) -> Any:
        if self._closed:
            raise Unavailable("The database is closed.")
        waiting = waiting_for(unit)
        self._queue.put(waiting, priority)
        if self._pumping is None or self._pumping.done():
            self._pumping = asyncio.create_task(self._pump())
        # A caller who gives up must not undo what is being written: the work goes on, and is on disk.
        return await asyncio.shield(waiting.future)

    async def read(self, work: Callable[[Case], T]) -> T:
        if self._closed:
            raise Unavailable("The database is closed.")
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._read, work)

    async def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        if self._pumping is not None:
            with suppress(asyncio.CancelledError):
                await self._pumping
        await self._let_go()
        self._readers.shutdown()
        for connection in self._read_connections:
            connection.close()

    async def _pump(self) -> None:
        """Carry out what waits, until nothing does."""
        while batch := self._queue.batch(TOGETHER):
            try:
                await self._carry_out_together(batch)
            except BaseException as error:
                problem = error if isinstance(error, Exception) else Unavailable("Keyturn was stopped.")
                for waiting in batch:
                    waiting.tell(problem)
                if problem is not error:
                    raise

    async def _carry_out_together(self, batch: list[Waiting]) -> None:
        try:
            alone = await self._committed(batch)
            for waiting in alone:
                await self._committed([waiting])
        except (sqlite3.Error, OSError) as error:
            # A connection opened while the file was read-only stays so: the next write opens another.
            await self._let_go()
            raise _unavailable(error) from error
        for waiting in batch:
            waiting.tell()
        for waiting in batch:
            waiting.context.run(self.recorded, waiting.unit.facts)

    async def _committed(self, batch: list[Waiting]) -> list[Waiting]:
        """Carry out these works in one transaction; returns those that have to run alone instead."""
        writer, offer, wakes = await self._open(), self.offer(), False
        try:
            wakes, alone = await writer.on_thread(lambda connection: self._commit(connection, batch, offer))
        finally:
            if offer is not None:
                (offer.start if wakes else offer.withdraw)()
        if wakes and offer is None:
            self.woke()
        return alone

    def _commit(
        self, connection: sqlite3.Connection, batch: list[Waiting], offer: Offer | None
    ) -> tuple[bool, list[Waiting]]:
        """Carry out these works in one transaction; returns those that have to run alone instead.

        On the writer's thread.
        """
        connection.execute("BEGIN IMMEDIATE")
        try:
            version, cache = self._cached(connection)
            sql, now = SqliteSql(connection), self.clock.now()
            case = Case(sql, now, self.memory, alone=len(batch) == 1, cache=cache)
            wakes = carry_out(case, [waiting.unit for waiting in batch])
            if wakes and offer is not None:
                offer.claim(case.sql, case.now)
            known = case.to_cache()
            connection.execute("COMMIT")
            self._kept = connection, version, known
        except BaseException as error:
            _roll_back(connection)
            if _database_is_hurt(error) or not isinstance(error, Exception):
                raise
            if len(batch) == 1:
                batch[0].unit.fail(error)
                return False, []
            for waiting in batch:
                waiting.unit.reset()
            return False, batch
        return wakes, []

    def _cached(self, connection: sqlite3.Connection) -> tuple[int, Cache]:
        """The file's version and what is known of its content, in a transaction that has it to itself.

        What is known is handed out once: unless this transaction is committed too, it is known no more.
        """
        version: int = connection.execute("PRAGMA data_version").fetchone()[0]
        kept, self._kept = self._kept, None
        return version, kept[2] if kept is not None and kept[:2] == (connection, version) else Cache()

    def _read(self, work: Callable[[Case], T]) -> T:
        try:
            connection = getattr(self._reading, "connection", None)
            if connection is None:
                connection = self._reading.connection = _connect(self._path, read_only=True)
                self._read_connections.append(connection)
            with _snapshot(connection):
                return work(Case(SqliteSql(connection), self.clock.now(), self.memory))
        except sqlite3.Error as error:
            raise _unavailable(error) from error

    async def _open(self) -> _Writer:
        if self._writer is None:
            writer = _Writer(lambda: _connect(self._path, read_only=False), iter_chunk_size=64)
            await writer.open()
            self._writer = writer
        return self._writer

    async def _let_go(self) -> None:
        writer, self._writer = self._writer, None
        if writer is not None:
            with suppress(sqlite3.Error, ValueError):
                await writer.close()


def _connect(path: str, *, read_only: bool) -> sqlite3.Connection:
    """Open the file. Python's driver opens transactions late and on its own terms; we say BEGIN ourselves."""
    connection = sqlite3.connect(
        path, timeout=BUSY_MS / 1000, isolation_level=None, check_same_thread=False, cached_statements=512
    )
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={BUSY_MS}"):
        connection.execute(f"PRAGMA {pragma}")
    if read_only:
        connection.execute("PRAGMA query_only=ON")
    return connection


@contextmanager
def _snapshot(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN")
    try:
        yield
    finally:
        _roll_back(connection)


def _roll_back(connection: sqlite3.Connection) -> None:
    if connection.in_transaction:  # SQLite may have undone it by itself
        with suppress(sqlite3.Error):
            connection.execute("ROLLBACK")


def _database_is_hurt(error: BaseException) -> bool:
    """Disk full, read-only, damaged, locked: not this work's fault."""
    return type(error) in (sqlite3.OperationalError, sqlite3.DatabaseError) or isinstance(error, OSError)


def _unavailable(error: Exception) -> Exception:
    return Unavailable(f"The database refused the write: {error}.") if _database_is_hurt(error) else error
