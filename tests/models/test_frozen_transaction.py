"""On PostgreSQL a process that froze lets go of what it locked, wherever in a transaction it froze."""

import asyncio
from datetime import timedelta

import asyncpg
import pytest
from sqlalchemy import Integer, text

from models.clock import ManualClock
from models.store.postgres import NAME, PostgresStore
from tests.postgres import connect

SOON = timedelta(seconds=0.2)


async def until_free(store: PostgresStore, waiting: "asyncio.Task[int]") -> int:
    async with asyncio.timeout(20):
        while not waiting.done():
            await store.cut_off_frozen()
            await asyncio.wait({waiting}, timeout=0.05)
    return waiting.result()


@pytest.mark.parametrize(
    "preparing", [False, True], ids=["between two statements", "between preparing and running"]
)
async def test_who_froze_lets_go_of_what_they_locked(
    postgres_database: str, clock: ManualClock, preparing: bool
) -> None:
    store = PostgresStore(postgres_database, clock, standstill=SOON)
    other = await connect(postgres_database)
    await other.execute("CREATE TABLE job AS SELECT 1 AS id")
    idle = {} if preparing else {"idle_in_transaction_session_timeout": "200"}
    plain = postgres_database.replace("+asyncpg", "")
    frozen = await asyncpg.connect(plain, server_settings={"application_name": NAME} | idle)
    await frozen.execute("BEGIN; DELETE FROM job")
    if preparing:
        await frozen.prepare("SELECT 1")
    waiting = asyncio.create_task(other.fetchval("SELECT id FROM job FOR UPDATE"))
    assert await until_free(store, waiting) == 1
    cut_off = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError)
    with pytest.raises(cut_off):
        await frozen.fetchval("SELECT 1")
    frozen.terminate()
    await other.close()
    await store.close()


async def test_work_that_takes_long_is_not_taken_for_frozen(
    postgres_database: str, clock: ManualClock
) -> None:
    store = PostgresStore(postgres_database, clock, standstill=SOON)
    nap = text("SELECT 7 AS seven FROM (SELECT pg_sleep(1)) AS nap").columns(seven=Integer)
    slow = store.read(lambda case: int(case.read(nap)[0]))
    assert await until_free(store, asyncio.create_task(slow)) == 7
    await store.close()
