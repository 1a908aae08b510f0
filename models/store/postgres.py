"""The store on PostgreSQL.

Each work a transaction of its own, over asyncpg; any number of processes share it.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import Session

from models.clock import Clock
from models.store.base import Store, Unavailable, carry_out
from models.store.session import KeepingSession
from models.store.tx import Tx

T = TypeVar("T")

NAME = "keyturn"
"""How PostgreSQL lists our connections."""

POOL = 16
TRIES = 4
STANDSTILL = timedelta(seconds=30)
"""After so long a transaction whose process froze is undone; others wait for what it locked."""
# All statements of a read see one moment: whoever checks the trail against its head must not see a head
# that moved in between.
SNAPSHOT = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
# Who froze between preparing a statement and running it does not count as idle, since the driver sends Flush
# and not Sync; so no time-out of PostgreSQL's ends that before its version 17. A statement that runs waits
# for something else than its client.
_FROZEN = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = :name "
    "AND datname = current_database() AND usename = current_user AND pid <> pg_backend_pid() "
    "AND state = 'active' AND wait_event = 'ClientRead' "
    "AND state_change < clock_timestamp() - make_interval(secs => :seconds)"
)
# PostgreSQL undid the whole transaction and says that it may well succeed when it is run again.
_AGAIN = ("40001", "40P01")  # serialization failure, deadlock
# It is not the work's fault: connections, logins, a missing database, memory and disk, what an operator or
# the system does; a database that only reads (a standby); a lock that others keep. By PostgreSQL's classes.
_AWAY = ("08", "28", "3D", "53", "57", "58", "25006", "55P03", *_AGAIN)


class PostgresStore(Store):
    """A PostgreSQL database."""

    def __init__(self, url: str, clock: Clock, *, standstill: timedelta = STANDSTILL) -> None:
        super().__init__(clock)
        self._standstill = standstill
        limit = {"idle_in_transaction_session_timeout": str(round(standstill.total_seconds() * 1000))}
        self._engine = create_async_engine(
            url,
            pool_size=POOL,
            max_overflow=0,
            pool_pre_ping=True,
            connect_args={"server_settings": limit | {"application_name": NAME}},
        )

    @property
    def shared(self) -> bool:
        return True

    async def _carried_out(self, work: Callable[[Tx], T], delivery: str | None) -> T:
        for left in reversed(range(TRIES)):
            try:
                return await self._write(work, delivery)
            except DBAPIError as error:
                if left and _state(error) in _AGAIN:
                    continue
                raise _unavailable(error) from error
            except Exception as error:
                if isinstance(error, OSError | PoolTimeout) or _confused(error):
                    raise Unavailable(f"The database does not answer: {error}.") from error
                raise
        raise AssertionError("unreachable: the last try returns or raises")

    async def _write(self, work: Callable[[Tx], T], delivery: str | None) -> T:
        def run(session: Session) -> tuple[T, Tx]:
            tx = Tx(session, self.clock.now())
            return carry_out(tx, work, delivery), tx

        async with self._session() as session, session.begin():
            result, tx = await session.run_sync(run)
            session.expunge_all()
        if tx.wakes:
            self.woke()
        self.recorded(tx.facts)
        return result

    async def read(self, work: Callable[[Session], T]) -> T:
        try:
            async with self._session() as session:
                await session.connection(execution_options=SNAPSHOT)
                result = await session.run_sync(work)
                session.expunge_all()
                return result
        except DBAPIError as error:
            raise _unavailable(error) from error
        except (OSError, PoolTimeout) as error:
            raise Unavailable(f"The database does not answer: {error}.") from error

    async def cut_off_frozen(self) -> int:
        async with self._engine.begin() as connection:
            allowed = {"name": NAME, "seconds": self._standstill.total_seconds()}
            return len((await connection.execute(_FROZEN, allowed)).all())

    def _session(self) -> AsyncSession:
        return AsyncSession(self._engine, expire_on_commit=False, sync_session_class=KeepingSession)

    async def close(self) -> None:
        await self._engine.dispose()


def _unavailable(error: DBAPIError) -> Exception:
    lost = error.connection_invalidated or isinstance(error, OperationalError | InterfaceError)
    if lost or _state(error).startswith(_AWAY):
        return Unavailable(f"The database does not answer: {error.orig}.")
    return error


def _confused(error: Exception) -> bool:
    """Whether the driver lost its place, as when its connection is cut off in the middle of a statement.

    SQLAlchemy does not know this one; and SQLite needs no asyncpg, so it is known by its name.
    """
    return type(error).__name__ == "InternalClientError"


def _state(error: DBAPIError) -> str:
    """PostgreSQL's five letters for what happened; empty where it did not say."""
    return str(getattr(error.orig, "sqlstate", None) or "")
