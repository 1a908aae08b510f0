"""To do: what waits, the most urgent first over all pages, and the history, however much there is of both."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from models.catalogue.spec import AppSpec
from models.clock import ManualClock
from models.lifecycle import due
from models.lifecycle.grant import tasks
from models.lifecycle.request import cancel, decide, submit
from models.lifecycle.request.plan import Draft
from models.queries.home import Place, home_page
from models.queries.paging import PAGE
from models.registry.by_reference import lock_grant
from models.store.base import SWEEP, Store
from models.store.outcome import Outcome
from models.tables.base import Base
from models.tables.cards import HomeTab
from models.tables.grants import Direction
from models.tables.requests import Asked, Decision, Request, Stage
from tests.models.company import ADA, ALAN, GRACE, ROOT, found
from tests.models.home_reads import EIGHT_HOURS, MANY, ask, history, todo
from tests.models.workflow_steps import statements
from tests.plans import explained

pytestmark = pytest.mark.both_engines


def app(key: str, risk: str, expiry: str = "48h", **more: Any) -> AppSpec:
    entry = {"key": key, "name": key, "owners": [GRACE, ALAN], "risk": risk, "request_expiry": expiry}
    access = [{"key": "one", "name": "One"}, {"key": "two", "name": "Two"}]
    return AppSpec.model_validate(entry | {"access": access} | more)


APPS = (MANY, app("low", "low"), app("high", "high"), app("critical", "critical"), app("soon", "low", "24h"))


@pytest.fixture(autouse=True)
async def company(store: Store) -> None:
    await store.run(found, *APPS)


async def asks(store: Store, key: str, access: str = "one") -> str:
    (request,) = await store.run(submit.submit, Draft(ADA, ADA, key, (access,), EIGHT_HOURS, "INC-42"))
    return request.ref


async def waiting(store: Store, page: int = 0) -> list[str]:
    return [row.request.ref for row in (await todo(store, GRACE, page)).to_decide]


async def test_what_waits_stands_by_time_left_then_risk_then_age(store: Store, clock: ManualClock) -> None:
    low = await asks(store, "low")
    clock.advance(timedelta(minutes=1))
    high = await asks(store, "high")
    clock.advance(timedelta(minutes=1))
    critical = await asks(store, "critical")
    soon = await asks(store, "soon")
    clock.advance(timedelta(minutes=1))
    later_low, later_high = await asks(store, "low", "two"), await asks(store, "high", "two")
    clock.advance(timedelta(minutes=1))
    assert await waiting(store) == [soon, critical, high, later_high, low, later_low]
    clock.advance(timedelta(hours=2))
    much_later = await asks(store, "critical", "two")
    assert await waiting(store) == [soon, critical, high, later_high, low, later_low, much_later]


async def test_the_order_holds_over_all_pages(store: Store, clock: ManualClock) -> None:
    refs = await store.run(ask, 1, 22)
    clock.advance(timedelta(minutes=5))
    critical = await asks(store, "critical")
    clock.advance(timedelta(minutes=5))
    pages = [await waiting(store, page) for page in range(2)]
    assert [len(page) for page in pages] == [PAGE, 3]
    assert [*pages[0], *pages[1]] == [critical, *refs]


async def test_what_is_to_be_revoked_by_hand_goes_before_what_is_to_be_set_up(
    store: Store, clock: ManualClock
) -> None:
    def by_hand(out: Outcome, ref: str, direction: Direction) -> str:
        grant = lock_grant(out.case, f"GR-{decide.approve(out, ref, GRACE).grant_id}")
        return tasks.open_task(out, grant, direction).ref

    refs = []
    for key, direction in (("low", Direction.GIVE), ("critical", Direction.GIVE), ("high", Direction.TAKE)):
        refs.append(await store.run(by_hand, await asks(store, key), direction))
        clock.advance(timedelta(minutes=1))
    low, critical, high = refs
    assert [task.ref for task, _ in (await todo(store, ALAN)).tasks] == [high, critical, low]


async def test_the_history_has_what_others_concluded_and_not_what_waits(
    store: Store, clock: ManualClock
) -> None:
    refs = await store.run(ask, 1, 4)
    await store.run(decide.approve, refs[0], ALAN)
    await store.run(decide.reject, refs[1], GRACE)
    await store.run(cancel.withdraw, refs[2], ADA)
    entries = (await history(store, GRACE)).entries
    assert [entry.request.ref for entry in entries] == [refs[2], refs[1], refs[0]]
    assert [entry.decision is not None for entry in entries] == [False, True, False]
    assert (await history(store, ROOT)).entries == ()
    clock.advance(timedelta(days=3))
    await store.write_many(due.sweep, priority=SWEEP)
    assert [entry.request.ref for entry in (await history(store, GRACE)).entries] == refs[::-1]


async def test_what_one_approved_and_others_have_still_to_is_in_the_history(store: Store) -> None:
    stage = {"name": "Both", "approvers": ["owners"], "rule": "all"}
    await store.run(found, *APPS, app("both", "low", stage=[stage]))
    ref = await asks(store, "both")
    assert (await history(store, GRACE)).entries == ()
    await store.run(decide.approve, ref, GRACE)
    assert [entry.request.ref for entry in (await history(store, GRACE)).entries] == [ref]
    assert (await history(store, ALAN)).entries == ()


async def test_each_entry_of_the_history_stands_on_one_page(store: Store) -> None:
    refs = await store.run(ask, 1, 23)
    for ref in refs:
        await store.run(cancel.withdraw, ref, ADA)
    first, second = await history(store, GRACE), await history(store, GRACE, 1)
    assert [entry.request.ref for entry in (*first.entries, *second.entries)] == refs[::-1]
    assert (first.pages.older, second.pages.newer, second.pages.older) == (1, 0, None)
    assert (await history(store, GRACE, 7)).entries == first.entries


CLOSED = 30_000
"""Requests of which Grace was asked about every one, and decided on every third."""


def copy(out: Outcome, request_id: int, first: int, count: int, **own: str) -> None:
    """Add copies of a request with those it asks; `own` is SQL for columns, in which `i` counts from 1."""
    sql: Any = out.sql
    numbers = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})"

    def add(table: type[Base], of: str, which: str, **values: str) -> None:
        columns = [column.key for column in table.__table__.columns]
        chosen = ", ".join(values.get(name, name) for name in columns)
        into = f"INSERT INTO {table.__tablename__} ({', '.join(columns)})"
        sql.all(text(f"{numbers} {into} SELECT {chosen} FROM n, {of} WHERE {which}"))

    key = f"{first} + i"
    add(Request, "requests", f"id = {request_id}", id=key, submission=f"'{first}-' || i", **own)
    add(Stage, "stages", f"request_id = {request_id}", request_id=key)
    add(Asked, "asked", f"request_id = {request_id}", request_id=key)
    if own:
        values = {"seat_id": "''", "approve": "false", "comment": "''", "at": "asked_at", "term": "NULL"}
        which = f"request_id = {request_id} AND person_id = '{GRACE}' AND i % 3 = 0"
        add(Decision, "asked", which, request_id=key, **values)
    sql.all(text("ANALYZE"))


async def test_to_do_and_the_history_read_little_however_much_was_decided(store: Store) -> None:
    refs = await store.run(ask, 1, 30)
    await store.write(lambda out: copy(out, 1, 1000, CLOSED, state="'rejected'", closed_at="created_at"))

    def plan_of(out: Outcome, tab: HomeTab, page: int) -> str:
        home_page(out.case, GRACE, Place(tab, page))  # what a case reads once is of no concern
        return "\n".join(explained(out.case, lambda: home_page(out.case, GRACE, Place(tab, page))))

    for tab, page in ((HomeTab.TODO, 0), (HomeTab.HISTORY, 3)):
        plan = await store.run(plan_of, tab, page)
        assert "Seq Scan" not in plan
        assert not re.search(r"SCAN (requests|asked|decisions|grants)(?! USING (COVERING )?INDEX)", plan)
        assert {"ix_asked_person", "ix_decisions_person"} <= set(re.findall(r"\bix_\w+", plan))
    assert len(await waiting(store)) == PAGE
    entries = (await history(store, GRACE)).entries
    assert [entry.request.id for entry in entries[:2]] == [1000 + CLOSED, 999 + CLOSED]
    assert [entry.decision is not None for entry in entries[:3]].count(True) == 1
    assert refs[0] not in {entry.request.ref for entry in entries}


async def test_a_thousand_that_wait_are_put_in_order_with_no_more_statements_than_one(store: Store) -> None:
    for key in ("low", "high", "critical", "soon"):
        await asks(store, key)
    with statements() as few:
        await todo(store, GRACE)
    for number in range(1, 5):
        await store.run(copy, number, number * 1000, 250)
    with statements() as many:
        first = await todo(store, GRACE)
    pages = [await todo(store, GRACE, page) for page in range(51)]
    assert len(many) == len(few)
    assert first.pages.total == 1004
    order = [row.request.app_key for page in pages for row in page.to_decide]
    assert order == [key for key in ("soon", "critical", "high", "low") for _ in range(251)]
