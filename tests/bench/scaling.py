"""What must cost the same in a large company: a million grants, against a hundredth of everything.

What listeners answer is what they would answer Slack: they run with a client that sends nothing.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from blocks import home
from blocks.admin.ids import AdminAction
from blocks.request_form import access_block
from handlers.admin import app_list
from handlers.catalogue_cache import CatalogueCache
from handlers.context import Context
from handlers.deliveries import Click, Suggestion
from handlers.people.lookup import PeopleLookup
from handlers.request import form
from models.catalogue.spec import AppSpec
from models.clock import ManualClock
from models.lifecycle import due
from models.policy.unusual import PeersFact
from models.queries.home import Place, home_page
from models.queries.request_facts import read_facts
from models.store.base import SWEEP, Store
from models.tables.requests import Request
from tests.bench import places
from tests.bench.measure import Result, in_turns, interleaved, once
from tests.bench.settling import Ends, settling

GRANTS, PEOPLE, APPS = 1_000_000, 100_000, 10_000
ACCESSES, TARGETS = 10, 10
"""Of each app, and of each person."""
PART = 100
"""The small company has one of so many of all that."""
CLAIM = 200
ROUNDS, CLAIMS = 60, 9
QUICK = {"GRANTS": 10_000, "PEOPLE": 1_000, "APPS": 200, "PART": 10, "ROUNDS": 2, "CLAIMS": 2}
TYPED = ("g", "git", "sales te", "data plat", "zzz", "warehouse read")
_WORDS = ("git", "sales", "data", "team", "platform", "ware", "house", "cloud", "pay", "desk", "map", "chat")
_HOLDER, _ADMIN = "U7", "U9"
_REQUEST = 7 * TARGETS + 1
"""The holder's first."""

Answer = Callable[[], Awaitable[object]]


async def run() -> list[Result]:
    """Each of these in both companies by turns."""
    async with _company(PART) as small, _company(1) as large:
        looks = [
            ("An empty sweep", small.sweep, large.sweep),
            ("My access drawn", small.my_access, large.my_access),
            ("What stands out about a request", small.facts, large.facts),
            ("A page of the admins’ list of apps", small.list_page, large.list_page),
            (f"Type-ahead for an app, {len(TYPED)} texts", small.type_app, large.type_app),
            ("Type-ahead for an access", small.type_access, large.type_access),
        ]
        results = [_result(what, *await in_turns(more, few, ROUNDS)) for what, few, more in looks]
        async with settling(small.store) as few_ends, settling(large.store) as ends:
            took = await interleaved(CLAIMS, lambda: large.end(ends), lambda: small.end(few_ends))
        for each in (small, large):
            ended = places.ask(each.path, "SELECT count(*) FROM grants WHERE state = 'ended'")
            assert ended == CLAIM * (CLAIMS + 1), ended
    return [*results, _result(f"{CLAIM} ends: swept, taken, ended", *took)]


def _result(what: str, ours: float, floor: float) -> Result:
    large = f"{what}: {GRANTS:,} grants, {PEOPLE:,} people, {APPS:,} apps, {APPS * ACCESSES:,} accesses"
    return Result(large, f"itself, among 1 of {PART} of each", ours, floor, 2)


class _Company:
    """A store with so many of everything, and what its people look at."""

    def __init__(self, path: Path, store: Store, clock: ManualClock, apps: int) -> None:
        self.path, self.store, self._apps = path, store, apps
        nobody: Any = None
        people = PeopleLookup(store, clock, nobody)
        self._context = Context(store, clock, people, CatalogueCache(store))
        self._ended = 0

    async def sweep(self) -> None:
        """Look for what is due, and find nothing."""
        swept = await self.store.write_many(due.sweep, priority=SWEEP)
        assert (swept.done, swept.broken) == (0, [])

    async def end(self, ends: Ends) -> float:
        """Let some more end; returns the seconds."""
        first, self._ended = self._ended + 1, self._ended + CLAIM
        places.make_due(self.path, first, self._ended, places.NOW)
        return await once(lambda: ends.come_true(CLAIM))

    async def my_access(self) -> None:
        """Somebody's App Home."""
        found = await self.store.read(lambda case: home_page(case, _HOLDER, Place()))
        view = home.home(found, places.NOW)
        assert str(view).count("Admin role") >= TARGETS

    async def facts(self) -> None:
        """What an approver reads about somebody's request."""
        found = await self.store.read(lambda case: read_facts(case, case.get_one(Request, _REQUEST)))
        assert any(isinstance(fact, PeersFact) for fact in found.common)

    async def list_page(self) -> None:
        """An admin turns to a page in the middle of the apps."""
        action = {"action_id": AdminAction.APPS_ON, "value": str(self._apps // 2)}
        body = {"user": {"id": _ADMIN}, "actions": [action], "view": {"id": "V1", "hash": "1"}}
        client: Any = _Silent()
        await app_list.turn_page(Click(self._context, _acknowledge, client, body))
        assert len(client.shown) == 1

    async def type_app(self) -> None:
        """Somebody types what an app is called."""
        for text in TYPED:
            await form.suggest_apps(self._suggestion("app", text))

    async def type_access(self) -> None:
        """Somebody types what an access of an app is called."""
        await form.suggest_accesses(self._suggestion(access_block("app-7"), "acc"))

    def _suggestion(self, block: str, typed: str) -> Suggestion:
        body = {"user": {"id": _HOLDER}, "block_id": block, "value": typed}
        client: Any = _Silent()
        return Suggestion(self._context, _acknowledge, client, body)


class _Silent:
    """A Slack client that only keeps what it was to show."""

    def __init__(self) -> None:
        self.shown: list[Any] = []

    async def views_update(self, **arguments: Any) -> dict[str, Any]:
        self.shown.append(arguments)
        return {}


async def _ack(**answer: Any) -> None:
    assert "options" in answer, answer


_acknowledge: Any = _ack


@asynccontextmanager
async def _company(part: int) -> AsyncIterator[_Company]:
    async with AsyncExitStack() as stack:
        path = await stack.enter_async_context(places.database())
        apps = APPS // part
        app = f"'app-' || (i % {apps})"
        places.fill_people(path, PEOPLE // part, places.NOW)
        places.fill_apps(path, _apps(apps))
        later = places.NOW + timedelta(days=365)
        places.fill_grants(
            path, GRANTS // part, ends=later, people=PEOPLE // part, targets=TARGETS, app_key=app
        )
        clock = ManualClock(places.NOW)
        store = await stack.enter_async_context(places.store_at(path, clock))
        await places.furnish(store, [], admins=[_ADMIN])
        yield _Company(path, store, clock, apps)


def _apps(count: int) -> Iterator[AppSpec]:
    accesses = [{"key": f"a{number}", "name": f"Access {number}"} for number in range(ACCESSES)]
    for number in range(count):
        first, second = _WORDS[number % len(_WORDS)], _WORDS[number // len(_WORDS) % len(_WORDS)]
        yield AppSpec.model_validate(
            {
                "key": f"app-{number}", "name": f"{first.title()}{second} {number}",
                "category": second.title(), "access": accesses,
                "description": f"{second} and {first} for the {_WORDS[number % 7]} team",
            }
        )  # fmt: skip
