import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import asyncpg
import pytest
from sqlalchemy import Connection, Integer, create_engine, insert, make_url, text, update
from sqlalchemy.pool import NullPool

from models.audit import AuditEvent
from models.clock import ManualClock
from models.errors import Invalid, Refusal, Repeated, SentBefore
from models.lifecycle.grant import revoke
from models.lifecycle.request import comment, decide, submit
from models.registry import settings
from models.statements import Core
from models.store import sqlite as sqlite_store
from models.store import units
from models.store.base import CLICK, JOB, SWEEP, Store, Unavailable
from models.store.case import Case
from models.store.open import open_store
from models.store.outcome import Outcome
from models.store.save import Stale
from models.store.sqlite import SqliteSql
from models.store.units import PATIENT, Queue, Unit, waiting_for
from models.tables.people import Person
from models.tables.requests import Request, Term
from models.tables.states import RequestState
from models.tables.workspace import Setting
from tests.models.company import ADA as ADA_ID
from tests.models.company import GRACE, found
from tests.models.workflow_steps import ask, hold, request, settle

pytestmark = pytest.mark.both_engines


def increment(out: Outcome) -> int:
    value = int(settings.lock_setting(out, "count", 0)) + 1
    settings.write_setting(out, "count", value)
    return value


def refuse(out: Outcome) -> None:
    increment(out)
    out.record("UADA", "tried", "AR-1")
    out.enqueue("card", "card:1", card=1)
    raise Refusal("No.")


async def count(store: Store) -> int:
    return await store.read(lambda case: int(settings.read_setting(case, "count", 0)))


async def test_what_was_written_is_there_for_every_later_reader(store: Store) -> None:
    await store.write(increment)
    assert await count(store) == 1


async def test_a_refusal_undoes_everything_that_its_work_wrote(store: Store) -> None:
    with pytest.raises(Refusal, match="No"):
        await store.write(refuse)
    tables = ("settings", "audit_entries", "jobs")
    for table in tables:
        statement = text(f"SELECT count(*) AS n FROM {table}")
        assert await store.read(lambda case, s=statement: case.sql.first(s.columns(n=Integer()))) == 0  # type: ignore[misc]


async def test_works_that_are_written_together_fail_one_by_one(store: Store) -> None:
    await store.write(increment)
    outcomes = await asyncio.gather(
        *(store.write(refuse if number % 3 == 0 else increment) for number in range(30)),
        return_exceptions=True,
    )
    assert sum(isinstance(one, Refusal) for one in outcomes) == 10


async def test_no_increment_is_lost_among_many_at_once(store: Store) -> None:
    await store.write(increment)
    await asyncio.gather(*(store.write(increment) for _ in range(100)))
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
    await store.write(lambda out: out.enqueue("card", "card:1", card=1))
    await asyncio.wait_for(heard.wait(), 5)


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_what_was_acknowledged_is_on_disk_for_another_process(store: Store, tmp_path: Path) -> None:
    await store.write(increment)
    with sqlite3.connect(tmp_path / "keyturn.db") as other:
        assert other.execute("SELECT value FROM settings").fetchone() == ('{"value": 1}',)
    other.close()


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_full_disk_is_said_and_nothing_is_half_done(store: Store) -> None:
    def fill(out: Outcome) -> None:
        out.sql.all(text("PRAGMA max_page_count = 1"))
        increment(out)
        settings.write_setting(out, "big", "x" * 1_000_000)

    with pytest.raises(Unavailable, match="full"):
        await store.write(fill)
    assert await count(store) == 0


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_locked_file_is_said_and_works_again_when_it_is_free(store: Store, tmp_path: Path) -> None:
    await store.write(lambda out: out.sql.all(text("PRAGMA busy_timeout = 50")))
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
    def work(out: Outcome) -> None:
        if "READ ONLY" not in statement:
            increment(out)
        out.sql.all(text(statement))
        increment(out)

    with pytest.raises(Unavailable, match=said):
        await store.write(work)
    assert await count(store) == 0
    assert await store.write(increment) == 1


@pytest.mark.parametrize("engine", ["postgres"])
async def test_a_driver_that_was_cut_off_within_a_statement_is_said_to_be_so(store: Store) -> None:
    def work(_out: Outcome) -> None:
        raise asyncpg.InternalClientError("cannot switch to state 11; another operation (2) is in progress")

    with pytest.raises(Unavailable, match="isn't answering"):
        await store.write(work)


@pytest.mark.parametrize("engine", ["postgres"])
async def test_work_that_a_deadlock_undid_is_done_once_in_the_end(store: Store) -> None:
    """Each locks one row and then wants the other's."""
    for key in ("a", "b"):
        await store.run(settings.write_setting, key, 0)

    def both(out: Outcome, *keys: str) -> None:
        for key in keys:
            row = out.case.lock(Setting, key)
            out.sql.all(text("SELECT pg_sleep(0.05)"))
            assert row is not None
            out.change(row, value={"value": row.value["value"] + 1})

    await asyncio.gather(*(store.run(both, *order) for order in ("ab", "ba") * 2))
    totals = [await store.read(lambda case, k=key: settings.read_setting(case, k)) for key in ("a", "b")]  # type: ignore[misc]
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
    with pytest.raises(SentBefore, match="without what you have changed"):
        await store.write(increment, delivery="view:1#two")


async def test_what_was_not_written_can_be_sent_again_with_something_else_in_it(store: Store) -> None:
    def refused(out: Outcome) -> None:
        increment(out)
        raise Invalid("No.")

    with pytest.raises(Invalid):
        await store.write(refused, delivery="view:1#one")
    await store.write(increment, delivery="view:1#two")


ADA = {"id": "UADA", "name": "Ada Ångström", "checked_at": datetime(2026, 3, 2, 9, 0, 0, 123456, tzinfo=UTC)}


async def test_what_a_verb_was_given_back_is_what_every_later_reader_reads(store: Store) -> None:
    ada = await store.write(lambda out: out.add(Person, **ADA))
    assert await store.read(lambda case: case.get(Person, "UADA")) == ada
    older = await store.write(lambda out: out.change(ada, guest=True, title="Dr."))
    assert (older.guest, older.title, older.name) == (True, "Dr.", ada.name)
    assert await store.read(lambda case: case.get(Person, "UADA")) == older


async def test_a_change_of_one_row_twice_in_a_unit_loses_neither(store: Store) -> None:
    def twice(out: Outcome) -> None:
        ada = out.add(Person, **ADA)
        out.change(ada, title="Dr.")
        out.change(ada, guest=True)  # of the row as it was before

    await store.write(twice)
    ada = await store.read(lambda case: case.get_one(Person, "UADA"))
    assert (ada.title, ada.guest) == ("Dr.", True)


async def test_clicks_go_before_jobs_and_those_before_sweeps_that_waited_longer(store: Store) -> None:
    order: list[str] = []

    def note(_out: Outcome, what: str) -> None:
        order.append(what)

    def sweep(_case: Case, _begin: object) -> None:
        order.append("sweep")

    first = asyncio.create_task(store.run(note, "first"))
    await asyncio.sleep(0)  # it is at work; the others line up behind it
    if store.shared:  # its second transaction too
        second = asyncio.create_task(store.run(note, "first"))
        await asyncio.sleep(0)
        await asyncio.gather(second)
    await asyncio.gather(
        store.write_many(sweep, priority=SWEEP),
        store.run(note, "job", priority=JOB),
        store.run(note, "click", priority=CLICK),
        first,
    )
    waited = [what for what in order if what != "first"]
    assert waited.index("click") < waited.index("job")
    if not store.shared:
        assert waited == ["click", "job", "sweep"]


async def test_nobody_waits_for_ever_behind_those_who_are_more_urgent(store: Store) -> None:
    swept = asyncio.Event()

    async def click() -> None:
        while not swept.is_set():
            await store.write(increment)

    async def sweep() -> None:
        await store.write_many(lambda _case, _begin: None)
        swept.set()

    await asyncio.wait_for(asyncio.gather(sweep(), *(click() for _ in range(4))), 30)


async def test_a_large_work_goes_however_many_clicks_and_sweeps_there_are(store: Store) -> None:
    done = asyncio.Event()

    async def click() -> None:
        while not done.is_set():
            await store.write(increment)

    async def sweep() -> None:
        while not done.is_set():
            await store.write_many(lambda _case, _begin: None)

    async def large() -> None:
        await store.write(increment, priority=JOB, large=True)
        done.set()

    clicks = [click() for _ in range(4)]
    await asyncio.wait_for(asyncio.gather(*clicks, sweep(), sweep(), large()), 30)


async def test_nobody_shares_a_transaction_with_a_large_work(store: Store) -> None:
    cases: dict[str, list[Case]] = {"small": [], "large": []}

    async def write(size: str) -> None:
        await store.write(lambda out: cases[size].append(out.case), priority=JOB, large=size == "large")

    await asyncio.gather(*(write(size) for size in ("small", "large", "small", "large", "small")))
    first, second = cases["large"]
    assert first is not second
    assert not {id(first), id(second)} & {id(case) for case in cases["small"]}


async def test_of_many_things_in_one_work_those_that_fail_are_dropped_and_the_others_stay(
    store: Store,
) -> None:
    def several(_case: Case, begin: Callable[[], Outcome]) -> int:
        for number in range(4):
            out = begin()
            settings.write_setting(out, f"n{number}", number)
            if number % 2:
                out.drop()
        return 4

    assert await store.write_many(several) == 4
    keys = await store.read(lambda case: [settings.read_setting(case, f"n{number}") for number in range(4)])
    assert keys == [0, None, 2, None]


class _Checked(SqliteSql):
    """Runs what it reads the plain way as well."""

    compared = 0
    open: ClassVar[list[Connection]] = []
    raw: ClassVar[list[sqlite3.Connection]] = [sqlite3.connect(":memory:", isolation_level=None)]
    engine = create_engine(
        "sqlite://", creator=lambda: _Checked.raw[0], poolclass=NullPool, pool_reset_on_return=None
    )

    def all(self, statement: Any, /, **values: Any) -> list[Any]:
        found = super().all(statement, **values)
        if getattr(statement, "is_select", False):
            # It must not end the transaction that it reads in, so it is never given back.
            self.raw[0] = self._connection
            self.open.append(self.engine.connect())
            assert Core(self.open[-1]).all(statement, **values) == found
            type(self).compared += 1
        return found


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_compiled_once_a_statement_reads_the_same_as_through_sqlalchemy(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    _Checked.engine.connect()  # at its first SQLAlchemy looks about, and rolls back
    monkeypatch.setattr(sqlite_store, "SqliteSql", _Checked)
    await a_whole_story(store)
    assert _Checked.compared > 50


async def a_whole_story(store: Store) -> None:
    """Asked, commented on, approved, given, extended, given back."""
    await store.write(found)
    grant = await hold(store, Term(length=timedelta(days=3)))
    await store.run(submit.extend, grant, ADA_ID, Term(length=timedelta(days=1)), "INC-43")
    await store.run(comment.comment, "AR-2", ADA_ID, "Soon?")
    await store.run(decide.approve, "AR-2", GRACE)
    await store.run(revoke.give_back, grant, ADA_ID)
    await settle(store)


_REQUESTS: Any = Request.__table__
MOVE_ON = update(_REQUESTS).values(state=RequestState.WITHDRAWN)


async def test_what_moved_since_it_was_read_is_not_written_over(store: Store) -> None:
    """As another process may do it, between the look of a verb and its commit."""
    await store.write(found)
    ref = await ask(store, Term(length=timedelta(hours=8)))

    def overtaken(out: Outcome) -> None:
        seen = out.case.get_one(Request, 1)
        out.sql.run(MOVE_ON, [{}])
        out.change(seen, state=RequestState.APPROVED)

    with pytest.raises(Stale):
        await store.write(overtaken)
    assert (await request(store, ref)).state is RequestState.PENDING


async def test_a_delivery_counts_once_for_as_long_as_it_may_come_again(
    store: Store, clock: ManualClock
) -> None:
    await store.write(increment, delivery="trigger:1")
    clock.advance(units.KEPT)
    await store.write(units.forget)
    with pytest.raises(Repeated):
        await store.write(increment, delivery="trigger:1")


async def test_what_only_reads_cannot_write(store: Store) -> None:
    row = {"key": "count", "value": {"value": 1}}
    with pytest.raises(Unavailable, match=r"read-?only"):
        await store.read(lambda case: case.sql.run(insert(Setting), [row]))


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_commit_waits_for_the_disk(store: Store) -> None:
    """2 is FULL: with less, a power cut takes back what Slack was told."""
    level = text("PRAGMA synchronous").columns(n=Integer())
    assert await store.write(lambda out: out.sql.first(level)) == 2


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_everybody_who_waits_hears_that_the_database_takes_nothing(
    store: Store, tmp_path: Path
) -> None:
    await store.write(lambda out: out.sql.all(text("PRAGMA busy_timeout = 50")))
    with closing(sqlite3.connect(tmp_path / "keyturn.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        async with asyncio.timeout(20):
            answers = await asyncio.gather(
                *(store.write(increment) for _ in range(5)), return_exceptions=True
            )
    assert [type(answer) for answer in answers] == [Unavailable] * 5


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_whoever_reads_the_trail_along_hears_of_what_is_on_disk_only(
    store: Store, tmp_path: Path
) -> None:
    on_disk: list[int] = []

    def look(_facts: Sequence[AuditEvent]) -> None:
        with closing(sqlite3.connect(tmp_path / "keyturn.db")) as other:
            on_disk.append(other.execute("SELECT count(*) FROM audit_entries").fetchone()[0])

    store.on_records(look)
    await store.write(lambda out: out.record(ADA_ID, "tried", "AR-1"))
    assert on_disk == [1]


async def test_a_sweep_has_its_turn_though_there_are_always_clicks_waiting() -> None:
    queue, sweep = Queue(), waiting_for(Unit(increment))
    queue.put(sweep, SWEEP)
    went = []
    for _ in range(PATIENT + 1):
        queue.put(waiting_for(Unit(increment)), CLICK)
        went += queue.batch(1)
    assert went.index(sweep) == PATIENT
