import asyncio
import sqlite3
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import make_url, text

from models.clock import ManualClock
from models.errors import Invalid, Refusal, Repeated, SentBefore
from models.store.base import Store, Unavailable
from models.store.open import open_store
from models.store.tx import Tx
from models.tables import settings

pytestmark = pytest.mark.both_engines


def increment(tx: Tx) -> int:
    value = int(settings.read(tx.session, "count", 0)) + 1
    settings.write(tx.session, "count", value)
    return value


def refuse(tx: Tx) -> None:
    increment(tx)
    tx.record("UADA", "tried", "AR-1")
    tx.enqueue("card", "card:1", card=1)
    raise Refusal("No.")


async def count(store: Store) -> int:
    return await store.read(lambda session: int(settings.read(session, "count", 0)))


async def test_what_was_written_is_there_for_every_later_reader(store: Store) -> None:
    await store.write(increment)
    assert await count(store) == 1


async def test_a_refusal_undoes_everything_that_its_work_wrote(store: Store) -> None:
    with pytest.raises(Refusal, match="No"):
        await store.write(refuse)
    tables = ("settings", "audit_entries", "jobs")
    for table in tables:
        statement = text(f"SELECT count(*) FROM {table}")
        assert await store.read(lambda session, s=statement: session.scalar(s)) == 0  # type: ignore[misc]


async def test_works_that_are_written_together_fail_one_by_one(store: Store) -> None:
    await store.write(increment)
    outcomes = await asyncio.gather(
        *(store.write(refuse if number % 3 == 0 else increment) for number in range(30)),
        return_exceptions=True,
    )
    assert sum(isinstance(one, Refusal) for one in outcomes) == 10


async def test_no_increment_is_lost_among_many_at_once(store: Store) -> None:
    def locked(tx: Tx) -> int:
        tx.locked(settings.Setting, "count")
        return increment(tx)

    await store.write(increment)
    await asyncio.gather(*(store.write(locked) for _ in range(100)))
    assert await count(store) == 101


async def test_a_delivery_is_carried_out_once_however_often_and_how_fast_it_comes(store: Store) -> None:
    outcomes = await asyncio.gather(
        *(store.write(increment, delivery="trigger:1") for _ in range(8)), return_exceptions=True
    )
    assert sum(isinstance(one, Repeated) for one in outcomes) == 7
    assert await count(store) == 1


async def test_listeners_hear_of_jobs_only_when_they_are_committed(store: Store) -> None:
    heard = asyncio.Event()
    loop = asyncio.get_running_loop()
    store.on_jobs(lambda: loop.call_soon_threadsafe(heard.set))
    with pytest.raises(Refusal):
        await store.write(refuse)
    assert not heard.is_set()
    await store.write(lambda tx: tx.enqueue("card", "card:1", card=1))
    await asyncio.wait_for(heard.wait(), 5)


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_what_was_acknowledged_is_on_disk_for_another_process(store: Store, tmp_path: Path) -> None:
    await store.write(increment)
    with sqlite3.connect(tmp_path / "keyturn.db") as other:
        assert other.execute("SELECT value FROM settings").fetchone() == ('{"value": 1}',)
    other.close()


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_full_disk_is_said_and_nothing_is_half_done(store: Store) -> None:
    def fill(tx: Tx) -> None:
        tx.session.execute(text("PRAGMA max_page_count = 1"))
        increment(tx)
        settings.write(tx.session, "big", "x" * 1_000_000)

    with pytest.raises(Unavailable, match="full"):
        await store.write(fill)
    assert await count(store) == 0


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_locked_file_is_said_and_works_again_when_it_is_free(store: Store, tmp_path: Path) -> None:
    await store.write(lambda tx: tx.session.execute(text("PRAGMA busy_timeout = 50")))
    other = sqlite3.connect(tmp_path / "keyturn.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Unavailable, match="locked"):
        await store.write(increment)
    other.execute("ROLLBACK")
    other.close()
    assert await store.write(increment) == 1


@pytest.mark.parametrize("engine", ["postgres"])
@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("SET TRANSACTION READ ONLY", "read-only"),
        ("SELECT pg_terminate_backend(pg_backend_pid())", "terminating connection"),
        ("DO $$ BEGIN RAISE disk_full; END $$", "disk_full"),
        ("DO $$ BEGIN RAISE deadlock_detected; END $$", "deadlock_detected"),
    ],
)
async def test_what_keeps_the_database_from_writing_is_said_and_nothing_is_half_done(
    store: Store, statement: str, said: str
) -> None:
    def work(tx: Tx) -> None:
        if "READ ONLY" not in statement:
            increment(tx)
        tx.session.execute(text(statement))
        increment(tx)

    with pytest.raises(Unavailable, match=said):
        await store.write(work)
    assert await count(store) == 0
    assert await store.write(increment) == 1


@pytest.mark.parametrize("engine", ["postgres"])
async def test_a_driver_that_was_cut_off_within_a_statement_is_said_to_be_so(store: Store) -> None:
    def work(_tx: Tx) -> None:
        raise asyncpg.InternalClientError("cannot switch to state 11; another operation (2) is in progress")

    with pytest.raises(Unavailable, match="does not answer"):
        await store.write(work)


@pytest.mark.parametrize("engine", ["postgres"])
async def test_work_that_a_deadlock_undid_is_done_once_in_the_end(store: Store) -> None:
    """Each locks one row and then wants the other's."""
    for key in ("a", "b"):
        await store.write(lambda tx, k=key: settings.write(tx.session, k, 0))  # type: ignore[misc]

    def both(tx: Tx, *keys: str) -> None:
        for key in keys:
            row = tx.locked(settings.Setting, key)
            tx.session.execute(text("SELECT pg_sleep(0.05)"))
            assert row is not None
            row.value = {"value": row.value["value"] + 1}
            tx.session.flush()

    await asyncio.gather(
        *(store.write(lambda tx, keys=order: both(tx, *keys)) for order in ("ab", "ba") * 2)  # type: ignore[misc]
    )
    totals = [await store.read(lambda s, k=key: settings.read(s, k)) for key in ("a", "b")]  # type: ignore[misc]
    assert totals == [4, 4]


@pytest.mark.parametrize("engine", ["postgres"])
async def test_a_database_that_is_not_there_is_said(database_url: str, clock: ManualClock) -> None:
    elsewhere = make_url(database_url).set(database="nowhere")
    missing = open_store(elsewhere.render_as_string(hide_password=False), clock)
    with pytest.raises(Unavailable, match="nowhere"):
        await missing.write(increment)
    with pytest.raises(Unavailable, match="nowhere"):
        await count(missing)
    await missing.close()


@pytest.mark.parametrize("url", ["mysql://u:secret@h/d", "sqlite+aiosqlite:///"])
def test_another_kind_of_database_is_refused_without_its_password(url: str, clock: ManualClock) -> None:
    with pytest.raises(ValueError, match="neither") as refused:
        open_store(url, clock)
    assert "secret" not in str(refused.value)


async def test_what_is_sent_again_with_something_else_in_it_is_told_from_a_repetition(store: Store) -> None:
    await store.write(increment, delivery="view:1#one")
    with pytest.raises(Repeated):
        await store.write(increment, delivery="view:1#one")
    with pytest.raises(SentBefore, match="not in it"):
        await store.write(increment, delivery="view:1#two")


async def test_what_was_not_written_can_be_sent_again_with_something_else_in_it(store: Store) -> None:
    def refused(tx: Tx) -> None:
        increment(tx)
        raise Invalid("No.")

    with pytest.raises(Invalid):
        await store.write(refused, delivery="view:1#one")
    await store.write(increment, delivery="view:1#two")
