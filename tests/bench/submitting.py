"""A submission of a thousand accesses, and the approval of all of them in one unit of work.

At the level of verbs: the form takes fifty, and nobody can press "Approve all" yet. Against the same rows,
sent again by the driver alone, in as many commits: one each.
"""

import time
from contextlib import AsyncExitStack

from bot.connectors import registry
from bot.serve import keep_what_is_loaded
from models.clock import SystemClock
from models.lifecycle.request import decide, submit
from models.lifecycle.request.plan import Draft
from models.lifecycle.request.rate_limits import Limits
from models.store.open import open_store
from models.store.outcome import Outcome
from models.tables.grants import Grant
from models.tables.requests import Request, Term
from models.tables.states import RequestState
from tests.bench import places
from tests.bench.company import github
from tests.bench.elsewhere import elsewhere
from tests.bench.measure import Result, interleaved
from tests.bench.parts import GRACE
from tests.bench.recording import Replay, keep, noted
from tests.rows import count_of

ACCESSES, ROUNDS = 1_000, 5
QUICK = {"ACCESSES": 20, "ROUNDS": 1}
FLOOR = "raw commit of the same rows"


class SubmitPart:
    """A store in a process of its own, where people want a thousand accesses at once."""

    def open(self, url: str) -> None:
        """Open the store of this URL."""
        registry.load_types()
        self._store = open_store(url, SystemClock())
        keep_what_is_loaded()

    async def submit(self, person: str, accesses: int) -> float:
        """Somebody sends one draft for all of them; returns the seconds."""
        keys = tuple(f"a{number}" for number in range(accesses))
        draft = Draft(person, person, "github", keys, Term(length=places.HOURS), "INC-42")
        limits = Limits(**places.MANY)
        began = time.perf_counter()
        requests = await self._store.run(submit.submit, draft, limits)
        took = time.perf_counter() - began
        assert {request.state for request in requests} == {RequestState.PENDING}
        self._numbers = [request.id for request in requests]
        assert len(self._numbers) == accesses
        return took

    async def approve(self) -> float:
        """Grace approves them in one unit of work, with all in hand; returns the seconds."""

        def all_of_them(out: Outcome) -> None:
            out.case.hand(Request, self._numbers)
            for number in self._numbers:
                decide.approve(out, f"AR-{number}", GRACE)

        began = time.perf_counter()
        await self._store.write(all_of_them)
        return time.perf_counter() - began

    async def note(self, people: list[str], accesses: int, path: str) -> None:
        """Have all these people served, and write down what went to the database."""
        with noted() as transactions:
            for person in people:
                await self.submit(person, accesses)
                await self.approve()
        assert len(transactions) == 2 * len(people)
        keep(transactions, path)

    async def grants(self) -> int:
        """How many there are."""
        return await count_of(self._store, Grant)

    async def close(self) -> None:
        await self._store.close()


async def run() -> list[Result]:
    """Each round somebody else wants the same thousand."""
    registry.load_types()
    people = [f"U{number}" for number in range(ROUNDS + 1)]
    access = [{"key": f"a{number}", "name": f"Access {number}"} for number in range(ACCESSES)]
    async with AsyncExitStack() as stack:
        path = await stack.enter_async_context(places.database())
        async with places.store_at(path, SystemClock()) as store:
            await places.furnish(store, [GRACE, *people], github(access=access))
        raw, script = places.copy(path, "raw.db"), str(path.with_name("noted"))
        async with elsewhere(SubmitPart) as part:
            await part.do("open", url=places.url_of(places.copy(path, "noted.db")))
            await part.do("note", people=people, accesses=ACCESSES, path=script)
        ours = await stack.enter_async_context(elsewhere(SubmitPart))
        floor = await stack.enter_async_context(elsewhere(Replay))
        await ours.do("open", url=places.url_of(path))
        await floor.do("open", path=str(raw), noted=script, reads=False)
        left, numbers = iter(people), iter(range(2 * len(people)))

        async def send() -> float:
            number = next(numbers)
            took = await floor.do("send", first=number, last=number + 1)
            assert took["commits"] == 1
            return float(took["seconds"])

        asked, floor_asked, approved, floor_approved = await interleaved(
            ROUNDS,
            lambda: ours.do("submit", person=next(left), accesses=ACCESSES),
            send,
            lambda: ours.do("approve"),
            send,
        )
        given = await ours.do("grants")
        assert given == places.ask(raw, "SELECT count(*) FROM grants") == ACCESSES * len(people), given
    return [
        Result(f"A submission of {ACCESSES:,} accesses", FLOOR, asked, floor_asked, 5),
        Result(f"{ACCESSES:,} approved in one unit of work", FLOOR, approved, floor_approved, 5),
    ]
