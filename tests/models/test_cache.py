"""What SQLite's writer takes over from one transaction to the next: never more than is so."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Select, update

from models import audit
from models.clock import ManualClock
from models.errors import Refusal
from models.registry import directory, settings
from models.statements import entity_of
from models.store.base import Store
from models.store.open import open_store
from models.store.outcome import Outcome
from models.tables.people import Delegation
from models.tables.requests import Term
from models.tables.workspace import Delivery, Setting
from tests.models.company import ADA, ALAN, GRACE, ROOT, found
from tests.models.workflow_steps import ask, statements

_SET: Any = update(Setting.__table__)  # type: ignore[arg-type]
DAY = date(2026, 3, 2)
EIGHT_HOURS = Term(length=timedelta(hours=8))


@pytest.fixture
def engine() -> str:
    return "sqlite"


@pytest.fixture
async def other(database_url: str, clock: ManualClock) -> AsyncIterator[Store]:
    """Another process on the same file, as the command line is."""
    another = open_store(database_url, clock)
    yield another
    await another.close()


def increment(out: Outcome) -> int:
    value = int(settings.lock_setting(out, "count", 0)) + 1
    settings.write_setting(out, "count", value)
    out.record(ADA, "counted", "count", value=value)
    return value


def refuse(out: Outcome) -> None:
    increment(out)
    go_away(out)
    raise Refusal("No.")


def break_down(out: Outcome) -> None:
    """What the database does not take: the key is there already."""
    increment(out)
    go_away(out)
    out.add(Delivery, key="twice", content="", at=out.now)


def go_away(out: Outcome, **number: int) -> int:
    """Be away today, for which somebody stands in."""
    return out.add(
        Delegation, person_id=ADA, delegate_id=GRACE, first_day=DAY, last_day=DAY, starts_at=out.now,
        ends_at=out.now, due_at=out.now, **number,
    ).id  # fmt: skip


def look(out: Outcome) -> tuple[int, int]:
    """The count, and the absences."""
    away = directory.absences_covered_by(out.case, GRACE, out.now.replace(year=2000))
    return settings.read_setting(out.case, "count", 0), len(away)


async def sound(store: Store) -> bool:
    """Whether the trail's chain holds."""
    return await store.read(lambda case: audit.verify(case).fault is None)


async def test_what_another_process_has_written_counts_for_the_next_verb(store: Store, other: Store) -> None:
    for number in range(1, 5):
        assert await store.write(increment) == 2 * number - 1
        assert await other.write(increment) == 2 * number
        await other.write(go_away)
        assert await store.write(look) == (2 * number, number)
    assert await sound(store)


async def test_no_number_is_given_twice_where_another_process_gives_some(store: Store, other: Store) -> None:
    given = [await one.write(go_away) for _ in range(3) for one in (store, other)]
    assert given == [1, 2, 3, 4, 5, 6]


async def test_a_row_that_brings_its_number_leaves_the_next_one_a_higher(store: Store) -> None:
    await store.write(go_away)
    assert await store.write(lambda out: (go_away(out), go_away(out, id=7))) == (2, 7)
    assert await store.write(go_away) == 8


async def test_what_a_refused_verb_had_changed_is_not_known_afterwards(store: Store) -> None:
    await store.write(increment)
    await store.write(go_away)
    works = (increment, refuse, increment, refuse)
    await asyncio.gather(*(store.write(one) for one in works), return_exceptions=True)
    assert await store.write(look) == (3, 1)
    assert await store.write(go_away) == 2
    assert await sound(store)


async def test_what_was_undone_with_its_transaction_is_not_known_afterwards(store: Store) -> None:
    await store.write(lambda out: out.add(Delivery, key="twice", content="", at=out.now))
    await store.write(increment)
    assert await store.write(look) == (1, 0)
    for _ in range(2):
        with pytest.raises(sqlite3.IntegrityError):
            await store.write(break_down)
        assert await store.write(look) == (1, 0)
    assert await store.write(increment) == 2
    assert await store.write(go_away) == 1
    assert await sound(store)


async def test_rows_that_a_statement_changes_unread_are_read_anew(store: Store) -> None:
    await store.write(increment)
    assert await store.write(look) == (1, 0)
    await store.write(lambda out: out.bulk(_SET.values(value={"value": 41})))
    assert await store.write(increment) == 42


async def test_a_file_that_was_changed_while_the_connection_was_away_is_read_anew(
    store: Store, tmp_path: Path
) -> None:
    """The connection after it counts from the beginning, and may come to the same number."""
    await store.write(increment)
    for _ in range(3):
        await store.write(look)
        store._writer, writer = None, store._writer  # type: ignore[attr-defined]
        await writer.close()
        with closing(sqlite3.connect(tmp_path / "keyturn.db")) as connection, connection:
            connection.execute("""UPDATE settings SET value = '{"value": 41}'""")
        assert await store.write(increment) == 42


async def test_what_seldom_changes_is_read_once_for_many_requests(store: Store, other: Store) -> None:
    seldom = {"settings", "delegations", "policies"}
    await store.write(found)
    for person_id in (ADA, ROOT):
        await ask(store, EIGHT_HOURS, by=person_id)
    with statements() as read:
        await ask(store, EIGHT_HOURS, by=GRACE)
    assert not seldom & _tables(read)
    await other.write(increment)
    with statements() as read:
        await ask(store, EIGHT_HOURS, by=ALAN)
    assert _tables(read) >= seldom


def _tables(read: list[Any]) -> set[str]:
    tables = (entity_of(one) for one in read if isinstance(one, Select))
    return {table.__tablename__ for table in tables if table is not None}


async def test_a_table_of_which_too_much_is_known_begins_anew(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.store.case.MOST", 3)
    for number in range(8):
        await store.run(settings.write_setting, f"fact-{number}", number)
    assert [await store.run(settings.lock_setting, f"fact-{number}", None) for number in range(8)] == [
        *range(8)
    ]
    known = await store.write(lambda out: len(out.case.cache.rows.get(Setting, {})))
    assert known <= 3
