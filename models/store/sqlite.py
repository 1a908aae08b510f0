"""The store on SQLite: one thread writes, a few read.

SQLite has one writer at a time whatever one does, so the writer is a thread with one plain connection: no
`database is locked` between our own transactions, no event-loop hop per statement, and works that arrive
while a commit waits for the disk share the next one, each in a savepoint of its own.
"""

import asyncio
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, Transaction, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from models.audit import Fact
from models.clock import Clock
from models.store.base import Store, Unavailable, carry_out
from models.store.session import KeepingSession
from models.store.tx import Tx

T = TypeVar("T")

READERS = 4
TOGETHER = 64
"""How many works may share one commit."""
BUSY_MS = 5000
"""How long to wait for another process (the command line) that writes to the same file."""


@dataclass
class _Waiting:
    work: Callable[[Tx], Any]
    delivery: str | None
    future: "Future[Any]"
    result: Any = None
    woke: bool = False
    facts: list[Fact] = field(default_factory=list)
    context: Context = field(default_factory=copy_context)


class SqliteStore(Store):
    """One SQLite file. Only one process runs the bot on it; the command line may look in."""

    def __init__(self, path: str, clock: Clock) -> None:
        super().__init__(clock)
        self._writing = _engine(path, "BEGIN IMMEDIATE", read_only=False)
        self._reading = _engine(path, "BEGIN", read_only=True)
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="keyturn-read")
        self._queue: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._closed = False
        self._thread = threading.Thread(target=self._write_for_ever, name="keyturn-write", daemon=True)
        self._thread.start()

    @property
    def shared(self) -> bool:
        return False

    async def _carried_out(self, work: Callable[[Tx], T], delivery: str | None) -> T:
        if self._closed:
            raise Unavailable("The database is closed.")
        future: Future[T] = Future()
        self._queue.put(_Waiting(work, delivery, future))
        # A caller who gives up must not undo what is being written: the work goes on, and is on disk.
        return await asyncio.shield(asyncio.wrap_future(future))

    async def read(self, work: Callable[[Session], T]) -> T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._readers, self._read, work)

    async def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._queue.put(None)
            await asyncio.to_thread(self._thread.join)
            self._readers.shutdown()
            self._reading.dispose()
            self._writing.dispose()

    def _read(self, work: Callable[[Session], T]) -> T:
        try:
            with KeepingSession(self._reading, expire_on_commit=False) as session:
                result = work(session)
                session.expunge_all()
                return result
        except DBAPIError as error:
            raise _unavailable(error) from error

    def _write_for_ever(self) -> None:
        while (first := self._queue.get()) is not None:
            self._write_together([first, *self._others()])

    def _others(self) -> list[_Waiting]:
        others: list[_Waiting] = []
        while len(others) < TOGETHER - 1:
            try:
                waiting = self._queue.get_nowait()
            except queue.Empty:
                break
            if waiting is None:  # closing: leave the mark for the loop, after this round
                self._queue.put(None)
                break
            others.append(waiting)
        return others

    def _write_together(self, batch: list[_Waiting]) -> None:
        try:
            with self._writing.connect() as connection, connection.begin() as whole:
                # One alone is undone with the transaction, and needs no savepoint: two statements less.
                alone = whole if len(batch) == 1 else None
                done = [waiting for waiting in batch if self._attempt(connection, waiting, alone)]
        except BaseException as error:  # noqa: BLE001 - whatever it was, those who wait must hear of it
            failure = _unavailable(error) if isinstance(error, DBAPIError) else error
            # A connection opened while the file was read-only stays so: the next write opens another.
            self._writing.dispose()
            _tell(batch, failure)
            return
        for waiting in done:
            waiting.future.set_result(waiting.result)
        if any(waiting.woke for waiting in done):
            self.woke()
        for waiting in done:
            waiting.context.run(self.recorded, waiting.facts)

    def _attempt(self, connection: Connection, waiting: _Waiting, alone: Transaction | None) -> bool:
        """Run one work, in a savepoint where it is not alone; False if it was undone and its caller told."""
        its_own = alone or connection.begin_nested()
        session = KeepingSession(connection, expire_on_commit=False, join_transaction_mode="rollback_only")
        try:
            tx = Tx(session, self.clock.now())
            waiting.result = carry_out(tx, waiting.work, waiting.delivery)
            waiting.woke, waiting.facts = tx.wakes, tx.facts
            session.expunge_all()
            if its_own is not alone:
                its_own.commit()
        except Exception as error:
            if _database_is_hurt(error):
                # SQLite may have undone the whole transaction by itself: leave it, with its connection.
                connection.invalidate(error)
                raise
            its_own.rollback()
            waiting.future.set_exception(error)
            return False
        finally:
            session.close()
        return True


def _tell(batch: list[_Waiting], failure: BaseException) -> None:
    for waiting in batch:
        if not waiting.future.done():
            waiting.future.set_exception(failure)


def _engine(path: str, begin: str, *, read_only: bool) -> Engine:
    engine = create_engine(
        f"sqlite:///{path}", connect_args={"check_same_thread": False, "timeout": BUSY_MS / 1000}
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        # Python's driver opens transactions late and on its own terms; we say BEGIN ourselves.
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={BUSY_MS}"):
            connection.execute(f"PRAGMA {pragma}")
        if read_only:
            connection.execute("PRAGMA query_only=ON")

    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _database_is_hurt(error: Exception) -> bool:
    """Disk full, read-only, damaged, locked.

    Not this work's fault, and the transaction may be gone with it.
    """
    return isinstance(error, DBAPIError) and type(error.orig).__name__ in (
        "OperationalError",
        "DatabaseError",
    )


def _unavailable(error: DBAPIError) -> Exception:
    if not _database_is_hurt(error):
        return error
    return Unavailable(f"The database did not take it: {_root(error).orig}.")


def _root(error: DBAPIError) -> DBAPIError:
    """What went wrong first: undoing a transaction that SQLite has undone already fails in its turn."""
    while isinstance(error.__context__, DBAPIError):
        error = error.__context__
    return error
