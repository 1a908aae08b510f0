"""Several statements in one trip to PostgreSQL: how few trips, and that each does what it does by itself."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import asyncpg
import pytest
from sqlalchemy import bindparam, delete, insert

from models import audit
from models.clock import ManualClock
from models.errors import OwnRequest
from models.lifecycle.people import app_home
from models.lifecycle.request import decide
from models.registry import directory
from models.statements import Sql, Write
from models.store import postgres
from models.store.base import Store
from models.store.open import open_store
from models.store.outcome import Outcome
from models.store.postgres import PostgresSql
from models.store.trips import Trips
from models.tables.audit import AuditEntry, AuditHead, AuditText
from models.tables.base import Base
from models.tables.people import Person
from models.tables.requests import Request, Term
from models.tables.states import RequestState
from models.tables.workspace import Setting
from tests.models.company import ADA, GRACE, found
from tests.models.test_store import a_whole_story
from tests.models.workflow_steps import ask, grant_of, request
from tests.postgres import PostgresServer
from tests.rows import all_of, new_row

pytestmark = pytest.mark.parametrize("engine", ["postgres"])

HOURS = Term(length=timedelta(hours=8))
TRIPS = 5
"""The lock, what is looked at, what is to be shown, rows and jobs with the trail's head, the trail."""


@contextmanager
def trips() -> Iterator[list[str]]:
    """The statements that the driver is given in the block, but for BEGIN and COMMIT."""
    sent: list[str] = []

    class Noted(PostgresSql):
        def _fetch(self, sql: str, values: list[Any]) -> Sequence[Sequence[Any]]:
            sent.append(sql)
            return super()._fetch(sql, values)

        def _many(self, sql: str, rows: list[list[Any]]) -> int:
            sent.append(sql)
            return super()._many(sql, rows)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(postgres, "PostgresSql", Noted)
        yield sent


async def test_an_approval_takes_five_trips(store: Store) -> None:
    await store.write(found)
    for person_id in (ADA, GRACE):
        await store.run(app_home.open_home, person_id)
    refs = [await ask(store, HOURS, access) for access in ("engineering", "design")]
    await store.run(decide.approve, refs[0], GRACE)  # the process has parsed the policy by then
    with trips() as sent:
        await store.run(decide.approve, refs[1], GRACE)
    assert len(sent) == TRIPS, sent
    assert (await store.read(audit.verify)).intact


async def test_approvals_at_once_take_as_many_trips_as_one(store: Store) -> None:
    people = [f"U{number}" for number in range(8)]
    await store.write(found)
    await store.write(lambda out: directory.remember_people(out, [_person(one) for one in people]))
    refs = [await ask(store, HOURS, by=one) for one in people]
    await store.run(decide.may_decide, refs[0], GRACE)
    with trips() as sent:
        await asyncio.gather(*(store.run(decide.approve, ref, GRACE) for ref in refs))
    assert len(sent) == TRIPS, sent
    assert {one.state for one in await all_of(store, Request)} == {RequestState.APPROVED}
    assert (await store.read(audit.verify)).intact


async def test_a_story_leaves_the_same_rows_in_few_trips_as_statement_by_statement(
    store: Store, clock: ManualClock, postgres_server: PostgresServer, template: str
) -> None:
    await a_whole_story(store)
    together = await _rows(store)
    async with postgres_server.database(template) as url:
        other = open_store(url, clock)
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(Trips, "write", Sql.write)
            patched.setattr(Trips, "all_of", Sql.all_of)
            await a_whole_story(other)
        assert await _rows(other) == together
        await other.close()


def _person(person_id: str) -> Person:
    return new_row(Person, id=person_id, name="Somebody", handle="", email="", active=True)


async def _rows(store: Store) -> dict[str, list[Any]]:
    """All rows, but for what is drawn: a submission's key, the salts of the trail and so its hashes."""
    tables = [mapper.class_ for mapper in Base.registry.mappers]
    drawn = (AuditHead, AuditEntry, AuditText)
    rows = {table.__tablename__: await all_of(store, table) for table in tables if table not in drawn}
    rows["requests"] = [one._replace(submission="") for one in rows["requests"]]
    entries = [
        (one.seq, one.at, one.actor, one.action, one.subject, one.person)
        for one in await all_of(store, AuditEntry)
    ]
    return {**rows, "audit": entries}


REMOVE = delete(Setting).where(Setting.key == bindparam("of_key"))
ADD = insert(Setting)


async def test_what_leaves_a_unique_index_leaves_it_before_what_comes_in(store: Store) -> None:
    def replace(out: Outcome) -> None:
        rows = [{"key": "a", "value": {"value": number}} for number in range(2)]
        writes = [Write(ADD, rows[:1]), Write(REMOVE, [{"of_key": "a"}]), Write(ADD, rows[1:])]
        assert out.sql.write(writes) == []

    with trips() as sent:
        await store.write(replace)
    assert len(sent) == 3
    assert [one.value for one in await all_of(store, Setting, key="a")] == [{"value": 1}]


async def test_what_is_too_long_is_refused_and_not_cut_off(store: Store) -> None:
    await store.write(lambda out: directory.remember_people(out, [_person(ADA)]))

    def rename(out: Outcome) -> None:
        out.change(out.case.get_one(Person, ADA), handle="a" * 1000)

    with pytest.raises(asyncpg.StringDataRightTruncationError):
        await store.write(lambda out: directory.remember_people(out, [_person("U" * 100)]))
    with pytest.raises(asyncpg.StringDataRightTruncationError):
        await store.write(rename)
    assert [(one.id, one.handle) for one in await all_of(store, Person)] == [(ADA, "")]


@pytest.mark.parametrize(("later", "number"), [(timedelta(), 1), (timedelta(seconds=2), 2)])
async def test_the_number_of_a_refused_approval_is_the_next_ones_if_that_comes_at_once(
    store: Store, clock: ManualClock, later: timedelta, number: int
) -> None:
    await store.write(found)
    ref = await ask(store, HOURS)
    with pytest.raises(OwnRequest):
        await store.run(decide.approve, ref, ADA)
    clock.advance(later)
    await store.run(decide.approve, ref, GRACE)
    assert (await grant_of(store, ref)).id == number
    assert (await request(store, ref)).state is RequestState.APPROVED
