"""A company as it is in production: the local Slack, the bot and people's clients, each a process of its own.

The clients are this process: they send what Slack would deliver, signed, and hear from the local Slack when
the bot called it. Moments are by the machine's monotonic clock, which all processes share.
"""

import asyncio
import itertools
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode

import aiohttp

from bot.sandbox.slack.delivery.signing import signed_headers
from models.catalogue.spec import AppSpec
from models.clock import SystemClock
from models.store.base import Store
from tests.bench import places
from tests.bench.elsewhere import Elsewhere, elsewhere
from tests.bench.parts import GRACE, ROOT, BotPart, SlackPart

T = TypeVar("T")

FORM = "application/x-www-form-urlencoded"
_triggers = itertools.count(1)


@dataclass(frozen=True)
class Call:
    """One call to Slack's API, when it was done."""

    method: str
    to: str | None
    at: float
    error: str | None
    arguments: dict[str, Any]


@dataclass
class Company:
    """Everybody together."""

    slack: Elsewhere
    bot: Elsewhere
    app: dict[str, str]
    path: Path
    """Of the bot's database."""
    url: str
    """Where the bot takes deliveries."""
    calls: list[Call] = field(default_factory=list)
    """To Slack, in the order in which they were done."""

    def __post_init__(self) -> None:
        self._news = asyncio.Event()
        self.slack.listen(self._heard)

    def _heard(self, told: dict[str, Any]) -> None:
        self.calls.append(Call(**told))
        self._news.set()

    async def quiet(self, app: Elsewhere) -> None:
        """Return when an app has nothing under way, and all its calls were heard of."""
        await app.do("idle")
        await self.slack.do("heard")
        assert not (failed := [call for call in self.calls if call.error]), failed

    async def call(self, since: int, method: str, to: str) -> Call:
        """The first call of a method that reaches somebody, of those after the first `since`."""

        def found() -> Call | None:
            return next((each for each in self.calls[since:] if (each.method, each.to) == (method, to)), None)

        return await self.until(found, 60)

    async def until(self, condition: Callable[[], T | None], seconds: float) -> T:
        """What a condition says, as soon as it says something; looked at again at each call to Slack."""
        async with asyncio.timeout(seconds):
            while not (value := condition()):
                self._news.clear()
                await self._news.wait()
        return value


class Client:
    """One person's Slack client, on a connection of its own: it sends to an app what Slack would deliver."""

    def __init__(self, http: aiohttp.ClientSession, secret: str, url: str) -> None:
        self._http, self._secret, self._url = http, secret, url

    async def send(self, payload: dict[str, Any]) -> float:
        """Send a form; returns how many seconds the acknowledgement took. AssertionError for a refusal."""
        body = urlencode({"payload": json.dumps(payload)}).encode()
        headers = signed_headers(self._secret, body, FORM)
        began = time.perf_counter()
        async with self._http.post(self._url, data=body, headers=headers) as answer:
            said = await answer.read()
        took = time.perf_counter() - began
        assert (answer.status, said) == (200, b""), (answer.status, said[:2000])
        return took


@asynccontextmanager
async def clients(app: dict[str, str], url: str, count: int) -> AsyncIterator[list[Client]]:
    """So many people's clients."""
    async with AsyncExitStack() as stack:
        sessions = [await stack.enter_async_context(aiohttp.ClientSession()) for _ in range(count)]
        yield [Client(http, app["signing_secret"], url) for http in sessions]


def form(person: str, callback: str, values: dict[str, Any], **carries: str) -> dict[str, Any]:
    """What Slack delivers where somebody sends a form that is filled in like this."""
    number = next(_triggers)
    return {
        "type": "view_submission",
        "team": {"id": "T1"},
        "user": {"id": person, "team_id": "T1"},
        "trigger_id": f"{number}.1.bench",
        "view": {
            "id": f"V{number}", "type": "modal", "callback_id": callback, "blocks": [],
            "private_metadata": json.dumps(carries), "state": {"values": values},
        },
    }  # fmt: skip


def github(**entry: Any) -> AppSpec:
    """An app that Grace owns and decides on, with an access by the user group S0."""
    group = {"type": "slack_usergroup", "usergroup": "S0"}
    return AppSpec.model_validate(
        {
            "key": "github", "name": "GitHub", "category": "Engineering", "max_duration": "30d",
            "owners": [GRACE], "instructions": "Sign in with SSO.",
            "access": [{"key": "engineering", "name": "Engineering", "kind": "group", "connector": group}],
            "stage": [{"name": "Owner", "approvers": ["owners"], "rule": "any"}],
        }
        | entry
    )  # fmt: skip


@asynccontextmanager
async def company(
    people: int,
    prepare: Callable[[Store], Awaitable[object]] | None = None,
    *,
    groups: int = 1,
    members: int = 0,
    fill: Callable[[Path], object] | None = None,
) -> AsyncIterator[Company]:
    """A company with so many people and user groups, and GitHub in the catalogue.

    What `prepare` does by verbs and `fill` writes to the file is there before the bot starts.
    """
    async with places.database() as path, elsewhere(SlackPart) as slack, elsewhere(BotPart) as bot:
        app = await slack.do("open", people=people, groups=groups, members=members)
        if fill is not None:
            fill(path)
        async with places.store_at(path, SystemClock()) as store:
            everybody = [GRACE, ROOT, *(f"U{number}" for number in range(people))]
            await places.furnish(store, everybody, github(), admins=[ROOT])
            if prepare is not None:
                await prepare(store)
        url = f"{await bot.do('open', config=config(app, path))}/slack/events"
        await slack.do("reach", url=url)
        await bot.do("idle")
        yield Company(slack, bot, app, path, url)


def config(app: dict[str, str], path: Path) -> dict[str, Any]:
    """The configuration of a bot on this database."""
    return {
        "slack": {"mode": "http", **app, "admins": [ROOT]},
        "http": {"host": "127.0.0.1", "port": 0},
        "database": {"url": places.url_of(path)},
        "limits": places.MANY,
    }
