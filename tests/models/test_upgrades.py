"""A database of every release, with work under way, is migrated, and the work goes on."""

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Boolean, Column, Connection, DateTime, Integer, MetaData, Table, delete, insert, text
from sqlalchemy.types import JSON

from bot.worker.jobs.sync_card import read_card
from models import audit, jobs, migrate
from models.catalogue.spec.enums import RequestKind
from models.clock import ManualClock
from models.lifecycle.request import decide, submit
from models.lifecycle.request.plan import Draft
from models.store.base import Store
from models.tables.cards import Card
from models.tables.grants import Grant
from models.tables.requests import Request, Term
from models.tables.states import GrantState, RequestState
from tests.conftest import START
from tests.models.company import ADA, GRACE
from tests.models.workflow_steps import grant, request, settle, sweep
from tests.postgres import PostgresServer
from tests.rows import all_of

pytestmark = pytest.mark.both_engines

Upgraded = Callable[[str, str], str]
"""By engine and release: the path of a SQLite file, or the URL of a database."""
RELEASES = Path(__file__).parent / "releases"
EIGHT_HOURS = Term(length=timedelta(hours=8))


def test_there_is_a_database_of_every_release_but_this() -> None:
    known = {path.stem for path in RELEASES.glob("*.json")}
    assert known == {f"{number:04}" for number in range(1, int(migrate.newest()))}


@pytest.fixture(scope="module")
def upgraded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Upgraded:
    """Gives the database of a release, brought up to date as `keyturn run` does it; each is made once."""

    async def make(url: str, release: str) -> None:
        await migrate._run(url, lambda connection: made(connection, release))
        assert await migrate.upgrade(url) == (release, migrate.newest())

    @cache
    def upgrade(engine: str, release: str) -> str:
        if engine == "postgres":
            server: PostgresServer = request.getfixturevalue("postgres_server")
            url = asyncio.run(server.create_database())
            asyncio.run(make(url, release))
            return url
        path = tmp_path_factory.mktemp(release) / "old.db"
        asyncio.run(make(f"sqlite+aiosqlite:///{path}", release))
        return str(path)

    return upgrade


@pytest.fixture(params=sorted(path.stem for path in RELEASES.glob("*.json")))
def template(request: pytest.FixtureRequest, engine: str, upgraded: Upgraded) -> str:
    """What each test's `store` is a copy of."""
    return upgraded(engine, request.param)


def made(connection: Connection, release: str) -> None:
    """The schema of that release, and the rows that its code wrote."""
    migrate.migrate_to(connection, release)
    held = json.loads((RELEASES / f"{release}.json").read_text())
    metadata = MetaData()
    metadata.reflect(connection)
    for table in metadata.sorted_tables:
        if table.name in held and table.name != "alembic_version":
            rows = [
                {name: value(table.c[name], one) for name, one in row.items()} for row in held[table.name]
            ]
            connection.execute(delete(table))  # what the migrations have put there themselves
            connection.execute(insert(table), rows)
            if connection.dialect.name == "postgresql":
                count_on(connection, table)


def value(column: Column[Any], stored: Any) -> Any:
    """What SQLite stored, as the other database takes it."""
    if stored is None:
        return None
    if isinstance(column.type, DateTime):
        return datetime.fromisoformat(stored).replace(tzinfo=UTC)
    if isinstance(column.type, JSON):
        return json.loads(stored)
    return bool(stored) if isinstance(column.type, Boolean) else stored


def count_on(connection: Connection, table: Table) -> None:
    """The keys that PostgreSQL gives begin after those that are there."""
    if "id" in table.c and isinstance(table.c.id.type, Integer):
        highest = f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), max(id)) FROM {table.name}"
        connection.execute(text(highest))


async def states(store: Store) -> list[GrantState]:
    rows = await all_of(store, Grant)
    return [row.state for row in rows]


async def test_what_waits_is_decided_and_given_and_what_was_going_goes(store: Store) -> None:
    assert await states(store) == [GrantState.ACTIVE, GrantState.REVOKED, GrantState.REVOKING]
    assert (await request(store, "AR-4")).state is RequestState.PENDING
    await store.run(decide.approve, "AR-4", GRACE)
    await settle(store)
    assert await states(store) == [
        GrantState.ACTIVE, GrantState.REVOKED, GrantState.REVOKED, GrantState.ACTIVE,
    ]  # fmt: skip
    assert (await store.read(audit.verify)).intact


async def test_what_is_held_gets_more_time_and_ends(store: Store, clock: ManualClock) -> None:
    draft = Draft(ADA, ADA, "github", ("engineering",), EIGHT_HOURS, "INC-42", RequestKind.EXTEND, 1)
    (more,) = await store.run(submit.submit, draft)
    await store.run(decide.approve, more.ref, GRACE)
    assert (await grant(store, "GR-1")).ends_at == START + timedelta(hours=16)
    clock.advance(timedelta(hours=16))
    await sweep(store)
    await settle(store)
    assert (await grant(store, "GR-1")).state is GrantState.ENDED


async def test_what_nobody_decides_expires_and_is_reminded_of_before(
    store: Store, clock: ManualClock
) -> None:
    for _ in range(60):
        clock.advance(timedelta(hours=1))
        await sweep(store)
    rows = await all_of(store, Request, state="expired")
    assert [row.ref for row in rows] == ["AR-4"]


async def test_the_jobs_that_waited_are_done_and_every_card_can_be_drawn(store: Store) -> None:
    works = await store.write(lambda out: jobs.claim(out.sql, out.now, 50))
    assert {"card", "settle"} <= {work.kind for work in works}
    for card in await all_of(store, Card):
        drawn = await store.read(lambda case, number=card.id: read_card(case, number))  # type: ignore[misc]
        assert drawn.message["blocks"]
