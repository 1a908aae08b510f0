"""Approvals through the store, against the driver alone: the CPU of one, and how many a second.

Requests by as many people wait for Grace. What approving them sends to the database is noted once; then they
are approved on one copy of the database, and on another the driver alone sends the same. The worker does not
run: its jobs are written and left. Store and floor are processes of their own.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import make_url

from bot.connectors import registry
from bot.serve import keep_what_is_loaded
from models import migrate
from models.clock import SystemClock
from models.lifecycle.request import decide, submit
from models.lifecycle.request.plan import Draft
from models.store.base import Store
from models.store.open import open_store
from models.tables.requests import Request, Term
from models.tables.states import RequestState
from tests.bench import places
from tests.bench.company import github
from tests.bench.elsewhere import Elsewhere, elsewhere
from tests.bench.machine import SLOW, fsync_time, slow_disk
from tests.bench.measure import Result, interleaved
from tests.bench.parts import GRACE
from tests.bench.recording import PostgresReplay, Replay, keep, noted
from tests.postgres import OwnServer, running_server
from tests.rows import count_of

MANY, ROUNDS = 48, 9
"""Approvals of a round, and how many rounds count."""
AT_ONCE, AT_ONCE_THERE = 16, 8
"""Clients at once: on the 2 ms disk, and on PostgreSQL."""
TARGETS = 16
"""They are for as many accesses in turns: two approvals at once seldom want the same target settled."""
QUICK = {"MANY": 16, "ROUNDS": 1}


class StorePart:
    """A store in a process of its own, with somebody who approves."""

    def open(self, url: str) -> None:
        """Open the store of this URL."""
        registry.load_types()
        self._store = open_store(url, SystemClock())
        keep_what_is_loaded()

    async def approve(self, numbers: list[int], at_once: int) -> dict[str, float]:
        """Approve these requests, by so many clients at once."""
        began, cpu = time.perf_counter(), time.process_time()
        await approve(self._store, numbers, at_once)
        return {"seconds": time.perf_counter() - began, "cpu": time.process_time() - cpu}

    async def note(self, numbers: list[int], path: str) -> None:
        """Approve these one after the other, and write down what went to the database."""
        with noted() as transactions:
            await approve(self._store, numbers, 1)
        assert len(transactions) == len(numbers)
        keep(transactions, path)

    async def approved(self) -> int:
        """How many requests are approved."""
        return await count_of(self._store, Request, state=RequestState.APPROVED)

    def fsync(self, folder: str) -> float:
        """How many seconds an fsync takes for this process."""
        return fsync_time(Path(folder))

    async def close(self) -> None:
        await self._store.close()


async def approve(store: Store, numbers: Iterable[int], at_once: int) -> None:
    """Approve these requests, by so many clients, each of which waits for its answer."""
    left = iter(numbers)

    async def client() -> None:
        for number in left:
            await store.run(decide.approve, f"AR-{number}", GRACE)

    await asyncio.gather(*(client() for _ in range(at_once)))


@dataclass
class _Both:
    """The store and the driver alone, each on its copy of the database, at the same place in the queue."""

    ours: Elsewhere
    floor: Elsewhere
    total: int
    at_once: int
    done: int = 0
    sent: int = 0

    async def approve(self, figure: str) -> float:
        """Have the next requests approved through the store; its seconds or its CPU."""
        first, self.done = self.done, self.done + MANY
        numbers = list(range(first + 1, self.done + 1))
        took = await self.ours.do("approve", numbers=numbers, at_once=self.at_once)
        return float(took[figure])

    async def send(self, figure: str) -> float:
        """Have the driver alone do as much."""
        first, self.sent = self.sent, self.sent + MANY
        took = await self.floor.do("send", first=first, last=self.sent)
        return float(took[figure])

    async def medians(self, figure: str = "seconds") -> tuple[float, float]:
        """The medians of a round each; asserts that all were approved in the end."""
        found = await interleaved(ROUNDS, lambda: self.approve(figure), lambda: self.send(figure))
        approved = await self.ours.do("approved")
        assert approved == self.done == self.sent == self.total, (approved, self.total)
        return found[0], found[1]


async def cpu() -> list[Result]:
    """The CPU of one approval, against that of the same statements, SELECTs included."""
    async with _on_sqlite(reads=True) as both:
        ours, floor = await both.medians("cpu")
    floor_is = "the same statements replayed on sqlite3"
    return [Result("One approval’s CPU", floor_is, ours / MANY, floor / MANY, 3)]


async def run() -> list[Result]:
    """One after the other on this disk; and sixteen at once where fsync takes 2 ms."""
    async with _on_sqlite() as both:
        results = [
            _rate("Approvals a second, alone", "raw commits of the same rows", await both.medians(), 0.3)
        ]
    with slow_disk() as environment:
        if environment is not None:
            async with _on_sqlite(at_once=AT_ONCE, environment=environment) as both:
                took = await both.medians()
            what = f"Approvals a second, {AT_ONCE} clients at once, fsync 2 ms"
            results.append(_rate(what, "raw, one commit after the other, fsync 2 ms", took, 2.5))
    return results


async def postgres() -> list[Result]:
    """On PostgreSQL that syncs to disk, eight at once."""
    with running_server(durable=True) as server:
        async with _on_postgres(server) as both:
            took = await both.medians()
    what = f"Approvals a second on PostgreSQL, {AT_ONCE_THERE} clients at once"
    return [_rate(what, f"asyncpg, the same rows, {AT_ONCE_THERE} at once", took, 0.5)]


def _rate(what: str, floor_is: str, took: Sequence[float], goal: float) -> Result:
    return Result(what, floor_is, MANY / took[0], MANY / took[1], goal, at_least=True, unit="/s")


def _total() -> int:
    return MANY * (ROUNDS + 1)


@asynccontextmanager
async def _on_sqlite(
    *, reads: bool = False, at_once: int = 1, environment: dict[str, str] | None = None
) -> AsyncIterator[_Both]:
    async with AsyncExitStack() as stack:
        path = await stack.enter_async_context(places.database())
        await _fill(places.url_of(path))
        raw, script = places.copy(path, "raw.db"), str(path.with_name("noted"))
        await _note(places.url_of(places.copy(path, "noted.db")), script)
        ours = await stack.enter_async_context(elsewhere(StorePart, environment))
        floor = await stack.enter_async_context(elsewhere(Replay, environment))
        await ours.do("open", url=places.url_of(path))
        await floor.do("open", path=str(raw), noted=script, reads=reads)
        if environment is not None:
            takes = [await part.do("fsync", folder=str(path.parent)) for part in (ours, floor)]
            assert all(SLOW <= one < SLOW * 1.5 for one in takes), takes
        yield _Both(ours, floor, _total(), at_once)
        assert places.ask(raw, "SELECT count(*) FROM grants") == _total()


@asynccontextmanager
async def _on_postgres(server: OwnServer) -> AsyncIterator[_Both]:
    async with AsyncExitStack() as stack:
        where = stack.enter_context(places.folder())
        url = await stack.enter_async_context(server.database())
        await migrate.upgrade(url)
        await _fill(url)
        copies = [await stack.enter_async_context(server.database(url)) for _ in range(2)]
        script = str(where / "noted")
        await _note(copies[0], script)
        ours = await stack.enter_async_context(elsewhere(StorePart))
        floor = await stack.enter_async_context(elsewhere(PostgresReplay))
        await ours.do("open", url=url)
        plain = make_url(copies[1]).set(drivername="postgresql").render_as_string(hide_password=False)
        await floor.do("open", url=plain, noted=script, at_once=AT_ONCE_THERE)
        yield _Both(ours, floor, _total(), AT_ONCE_THERE)
        assert await floor.do("count", table="grants") == _total()


async def _note(url: str, path: str) -> None:
    async with elsewhere(StorePart) as part:
        await part.do("open", url=url)
        await part.do("note", numbers=list(range(1, _total() + 1)), path=path)


async def _fill(url: str) -> None:
    """Requests of as many people, each waiting for Grace."""
    registry.load_types()
    store = open_store(url, SystemClock())
    people = [f"U{number}" for number in range(_total())]
    groups = [{"type": "slack_usergroup", "usergroup": f"S{number}"} for number in range(TARGETS)]
    access = [
        {"key": f"a{number}", "name": f"Access {number}", "kind": "group", "connector": group}
        for number, group in enumerate(groups)
    ]
    try:
        await places.furnish(store, [GRACE, *people], github(access=access))
        for number, person in enumerate(people):
            wanted = (f"a{number % TARGETS}",)
            draft = Draft(person, person, "github", wanted, Term(length=places.HOURS), "INC-42")
            await store.run(submit.submit, draft)
    finally:
        await store.close()
