"""The parts of a company that are processes of their own: the local Slack, the bot, and a loop that idles."""

import asyncio
import time
from typing import Any

from bot import log
from bot.app import Keyturn, build
from bot.clock.monotonic import MonotonicClock
from bot.config import Config
from bot.sandbox.slack import LocalSlack
from bot.sandbox.slack.core.traffic_log import LogEntry
from bot.serve import keep_what_is_loaded
from bot.slack.manifest import manifest
from models.clock import SystemClock
from tests.bench.elsewhere import tell

GRACE, ROOT = "UGRACE", "UROOT"
"""Who owns the app, and who administers Keyturn. Everybody else is U0, U1, …"""


class SlackPart:
    """The local Slack with a company. It tells of each call to its API."""

    async def open(self, people: int, groups: int, members: int) -> dict[str, str]:
        """Start it, so many people in each user group; returns where it is, and the app's secrets."""
        self._slack = LocalSlack(rates=False)
        self._slack.deliveries.timeout = 15
        workspace = self._slack.workspace
        for name in (GRACE, ROOT, *(f"U{number}" for number in range(people))):
            workspace.add_person(f"Person {name}", email=f"{name.lower()}@example.com", id=name)
        for number in range(groups):
            within = [ROOT, *(f"U{person}" for person in range(members))]
            handle = f"group-{number}"
            workspace.add_usergroup(f"Group {number}", handle=handle, members=within, id=f"S{number}")
        self._app = workspace.install_app(manifest=manifest("http", "http://127.0.0.1:1"))
        self._slack.log.observers.append(self._called)
        await self._slack.start()
        keep_what_is_loaded()
        return {
            "api_url": self._slack.api_url, "bot_token": self._app.bot_token,
            "signing_secret": self._app.signing_secret,
        }  # fmt: skip

    def reach(self, url: str) -> None:
        """Deliver events to this address."""
        self._app.request_url = self._app.options_url = url

    def heard(self) -> None:
        """Answer: whatever was told before has arrived then."""

    async def close(self) -> None:
        await self._slack.stop()

    def _called(self, entry: LogEntry) -> None:
        if entry.kind == "api" and entry.duration is not None:
            to = entry.request.get("channel") or entry.request.get("user_id")
            tell(
                method=entry.name, to=to, at=time.monotonic(), error=entry.error, arguments=entry.request
            )  # fmt: skip
            self._slack.log.clear()


class BotPart:
    """Keyturn, as `keyturn run` puts it together."""

    async def open(self, config: dict[str, Any]) -> str:
        """Start it; returns its address."""
        chosen = Config.model_validate(config)
        log.configure(chosen.secrets())
        self._bot: Keyturn = await build(chosen, MonotonicClock(SystemClock()))
        await self._bot.start()
        keep_what_is_loaded()
        self._pauses = Pauses()
        return self._bot.base_url

    async def idle(self) -> None:
        """Return when no job is due or under way."""
        await self._bot.idle()

    def watch(self) -> None:
        """Watch the loop from now on."""
        self._pauses.watch()

    def longest_pause(self) -> float:
        """The longest time since then in which the loop did not answer."""
        return self._pauses.longest()

    async def close(self) -> None:
        await self._bot.stop()


class IdlePart:
    """A loop that does nothing, on the same machine at the same time."""

    def __init__(self) -> None:
        self._pauses = Pauses()

    def watch(self) -> None:
        keep_what_is_loaded()
        self._pauses.watch()

    def longest_pause(self) -> float:
        return self._pauses.longest()


class Pauses:
    """How long the loop of this process did not answer."""

    def __init__(self) -> None:
        self._longest = 0.0
        self._task: asyncio.Task[None] | None = None

    def watch(self) -> None:
        """Begin."""
        self._longest, self._task = 0.0, asyncio.create_task(self._look())

    def longest(self) -> float:
        """End; returns the longest pause since the beginning, in seconds."""
        assert self._task is not None
        self._task.cancel()
        return self._longest

    async def _look(self) -> None:
        while True:
            began = time.perf_counter()
            await asyncio.sleep(0.001)
            self._longest = max(self._longest, time.perf_counter() - began - 0.001)
