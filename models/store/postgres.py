"""The store on PostgreSQL, over asyncpg; any number of processes share it.

Works of this process that wait share a transaction. What they lock they lock without waiting: one whose rows
another process holds runs by itself, and waits there. Two transactions of a process are under way at once.
"""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any, TypeVar

import asyncpg
from sqlalchemy import Connection, text
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.util import await_only

from models.clock import Clock
from models.store.base import STANDSTILL, Store, Unavailable
from models.store.case import Case
from models.store.save import Stale
from models.store.trips import Trips
from models.store.units import Priority, Queue, Unit, Waiting, carry_out, waiting_for

T = TypeVar("T")

NAME = "keyturn"
"""How PostgreSQL lists our connections."""

POOL = 16
AT_ONCE = 2
"""So many shared transactions at once: more gave nothing, since they wait for this process's CPU."""
TOGETHER = 16
"""How many works may share one: each waits for all the others' statements."""
TRIES = 4
# All statements of a read see one moment: whoever checks the trail against its head must not see a head
# that moved in between.
_SNAPSHOT = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"
# Who froze between preparing a statement and running it does not count as idle, since the driver sends Flush
# and not Sync; so no time-out of PostgreSQL's ends that before its version 17. A statement that runs waits
# for something else than its client.
_FROZEN = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = :name "
    "AND datname = current_database() AND usename = current_user AND pid <> pg_backend_pid() "
    "AND state = 'active' AND wait_event = 'ClientRead' "
    "AND state_change < clock_timestamp() - make_interval(secs => :seconds)"
)
# PostgreSQL undid the whole transaction, and it may well succeed when it is run again: serialization failure,
# deadlock, somebody else inserted the same key first.
_AGAIN = ("40001", "40P01", "23505")
# It is not the work's fault: connections, logins, a missing database, memory and disk, what an operator or
# the system does; a database that only reads (a standby); a lock that others keep. By PostgreSQL's classes.
_AWAY = ("08", "28", "3D", "53", "57", "58", "25006", "55P03", "40001", "40P01")
_DIALECT = PGDialect_asyncpg()  # type: ignore[no-untyped-call]


class PostgresSql(Trips):
    """Statements on a connection of asyncpg, from within a greenlet."""

    dialect = _DIALECT
    errors = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, DBAPIError, OSError)

    def __init__(self, driver: Any) -> None:
        self._driver = driver

    def _fetch(self, sql: str, values: list[Any]) -> Sequence[Sequence[Any]]:
        return await_only(self._driver.fetch(sql, *values))

    def _many(self, sql: str, rows: list[list[Any]]) -> int:
        if len(rows) == 1:
            await_only(self._driver.fetch(sql, *rows[0]))
        else:
            await_only(self._driver.executemany(sql, rows))
        return -1


class PostgresStore(Store):
    """A PostgreSQL database."""

    def __init__(self, url: str, clock: Clock, *, standstill: timedelta = STANDSTILL) -> None:
        super().__init__(clock)
        self._standstill = standstill
        settings = {
            "application_name": NAME,
            "idle_in_transaction_session_timeout": str(round(standstill.total_seconds() * 1000)),
            "jit": "off",  # compiling pays where a statement takes seconds; ours are many and short
        }
        self._engine = create_async_engine(
            url,
            pool_size=POOL,
            max_overflow=0,
            isolation_level="AUTOCOMMIT",  # transactions are begun and ended by our own statements
            connect_args={
                "server_settings": settings,
                "statement_cache_size": 512,
                "max_cacheable_statement_size": 0,  # those of several in one are long
            },
        )
        self._queue = Queue()
        self._tasks: set[asyncio.Task[None]] = set()
        self._shared = 0
        self._closed = False

    @property
    def shared(self) -> bool:
        return True

    async def _write(self, unit: Unit, priority: Priority) -> Any:
        if self._closed:
            raise Unavailable("The database is closed.")
        waiting = waiting_for(unit)
        self._queue.put(waiting, priority)
        if self._shared < AT_ONCE:
            self._shared += 1
            self._start(self._pump())
        return await asyncio.shield(waiting.future)

    async def read(self, work: Callable[[Case], T]) -> T:
        def run(sql: PostgresSql) -> T:
            return work(Case(sql, self.clock.now(), self.memory))

        try:
            return await self._transaction(run, begin=_SNAPSHOT)
        except (*PostgresSql.errors, _LostBefore) as error:
            raise _unavailable(error) from error

    async def cut_off_frozen(self) -> int:
        async with self._engine.connect() as connection:
            allowed = {"name": NAME, "seconds": self._standstill.total_seconds()}
            return len((await connection.execute(_FROZEN, allowed)).all())

    async def close(self) -> None:
        self._closed = True
        while self._tasks:
            await asyncio.wait(self._tasks)
        await self._engine.dispose()

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _pump(self) -> None:
        """Carry out what waits, until nothing does."""
        try:
            await self._drain()
        finally:
            self._shared -= 1

    async def _drain(self) -> None:
        while batch := self._queue.batch(TOGETHER):
            try:
                alone = await self._carry_out_together(batch)
            except Exception as error:  # noqa: BLE001 - whatever it was, those who wait must hear of it
                for waiting in batch:
                    waiting.tell(error)
            else:
                for waiting in alone:
                    # Not here: it may wait for another process, and nobody else should.
                    self._start(self._carry_out_alone(waiting))

    async def _carry_out_together(self, batch: list[Waiting]) -> list[Waiting]:
        """Carry out these works in one transaction; returns those that have to run alone instead.

        Raises:
            Unavailable: The database does not answer.
        """  # noqa: DOC501 - `_unavailable` makes it
        try:
            await self._committed(batch, alone=False)
        except Exception as error:
            if _is_away(error) and _state(error) not in _AGAIN:
                raise _unavailable(error) from error
            for waiting in batch:
                waiting.unit.reset()
            return batch
        self._tell([waiting for waiting in batch if not waiting.unit.again])
        return [waiting for waiting in batch if waiting.unit.again]

    async def _carry_out_alone(self, waiting: Waiting) -> None:
        for left in reversed(range(TRIES)):
            waiting.unit.reset()
            try:
                await self._committed([waiting], alone=True)
            except Exception as error:  # noqa: BLE001 - the caller's, who gets it
                if left and (isinstance(error, Stale) or _state(error) in _AGAIN):
                    continue
                waiting.tell(_unavailable(error))
                return
            self._tell([waiting])
            return

    async def _committed(self, batch: list[Waiting], *, alone: bool) -> None:
        # One that may wait for another process must not keep the worker from claiming meanwhile.
        offer, wakes = None if alone else self.offer(), False

        def work(sql: PostgresSql) -> bool:
            case = Case(sql, self.clock.now(), self.memory, alone=alone)
            wakes = carry_out(case, [waiting.unit for waiting in batch])
            if wakes and offer is not None:
                offer.claim(sql, case.now)
            return wakes

        try:
            wakes = await self._transaction(work)
        finally:
            if offer is not None:
                (offer.start if wakes else offer.withdraw)()
        if wakes and offer is None:
            self.woke()

    def _tell(self, done: list[Waiting]) -> None:
        for waiting in done:
            waiting.tell()
        for waiting in done:
            waiting.context.run(self.recorded, waiting.unit.facts)

    async def _transaction(self, work: Callable[[PostgresSql], T], begin: str = "BEGIN") -> T:
        """Run `work` in a transaction; once more on another connection where one was gone before it."""
        # After a restart of the server all that lie ready are gone, and each is found out when it is used.
        for _ in range(POOL):
            with suppress(_LostBefore):
                return await self._attempt(work, begin)
        return await self._attempt(work, begin)

    async def _attempt(self, work: Callable[[PostgresSql], T], begin: str) -> T:
        async with self._engine.connect() as connection:
            driver: Any = (await connection.get_raw_connection()).driver_connection

            def run(_connection: Connection) -> T:
                return _in_transaction(driver, work, begin)

            try:
                await _begin(driver, begin)
                return await connection.run_sync(run)
            except BaseException as error:
                # Cancelled or frozen in the middle of a statement, it is of no more use either.
                if driver.is_closed() or driver.is_in_transaction() or not isinstance(error, Exception):
                    await connection.invalidate(error)
                raise


class _LostBefore(Exception):
    """The connection was gone before anything was done over it: the server was restarted meanwhile."""


async def _begin(driver: Any, begin: str) -> None:
    try:
        await driver.execute(begin)
    except PostgresSql.errors as error:
        if driver.is_closed():
            raise _LostBefore from error
        raise


def _in_transaction(driver: Any, work: Callable[[PostgresSql], T], begin: str) -> T:
    try:
        result = work(PostgresSql(driver))
    except Exception:
        if not driver.is_closed():
            with suppress(*PostgresSql.errors):
                await_only(driver.execute("ROLLBACK"))
        raise
    await_only(driver.execute("ROLLBACK" if begin == _SNAPSHOT else "COMMIT"))
    return result


def _unavailable(error: Exception) -> Exception:
    return Unavailable(f"The database isn't answering: {_root(error)}.") if _is_away(error) else error


def _is_away(error: Exception) -> bool:
    lost = (OSError, PoolTimeout, asyncpg.InterfaceError, asyncpg.InternalClientError, _LostBefore)
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or _state(error).startswith(_AWAY)
    return isinstance(error, lost) or _state(error).startswith(_AWAY)


def _root(error: Exception) -> BaseException:
    if isinstance(error, DBAPIError) and error.orig is not None:
        return error.orig
    return error.__cause__ or error if isinstance(error, _LostBefore) else error


def _state(error: BaseException) -> str:
    """PostgreSQL's five letters for what happened; empty where it did not say."""
    return str(getattr(getattr(error, "orig", error), "sqlstate", None) or "")
