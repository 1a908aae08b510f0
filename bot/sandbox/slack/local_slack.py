"""`LocalSlack`: composes one team, the HTTP server, the deliveries to apps and the clients of people.

No other part imports this module; each says in a Protocol what it needs of the local Slack.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from aiohttp import web

from bot.sandbox.slack.client.person import Person
from bot.sandbox.slack.core.changes import Changes
from bot.sandbox.slack.core.clock import Clock, Schedule, SystemClock
from bot.sandbox.slack.core.errors import Json
from bot.sandbox.slack.core.traffic_log import Log, LogEntry
from bot.sandbox.slack.delivery.deliveries import Deliveries
from bot.sandbox.slack.delivery.delivery import Ack, Delivery
from bot.sandbox.slack.delivery.events_api import EventsApi
from bot.sandbox.slack.delivery.faults import Faults
from bot.sandbox.slack.delivery.response_urls import ResponseUrls
from bot.sandbox.slack.delivery.socket_mode import Sockets
from bot.sandbox.slack.state.apps import App
from bot.sandbox.slack.state.events import Event
from bot.sandbox.slack.state.files import Files
from bot.sandbox.slack.state.inbox import Inbox
from bot.sandbox.slack.state.triggers import Triggers
from bot.sandbox.slack.state.views import Views
from bot.sandbox.slack.state.workspace import Workspace
from bot.sandbox.slack.web_api import methods
from bot.sandbox.slack.web_api.rates import Rates
from bot.sandbox.slack.web_api.server import Server

T = TypeVar("T")
METHODS = methods  # importing them is what registers them


class LocalSlack:
    """A local Slack. State is in memory; nothing listens before `start()`.

    `clock` dates everything and drives rate limits and retries. Triggers and acknowledgements expire by
    real time.
    """

    def __init__(self, clock: Clock | None = None, *, rates: bool = True) -> None:
        self.clock: Clock = clock or SystemClock()
        self.changes = Changes()
        self.log = Log(self.clock)
        self.log.observers.append(lambda _entry: self.changes.notify())
        self.workspace = Workspace(self.clock, self._publish)
        self.rates = Rates(self.clock, rates)
        self.triggers = Triggers()
        self.schedule = Schedule(self.clock)
        self.views = Views(self.workspace.ids, self.workspace.id, self.changes.notify)
        self.inbox = Inbox(self.changes.notify)
        self.files = Files(self.workspace.ids, lambda: self.base_url)
        self.faults = Faults(self.changes.notify, self._abort_connections)
        self.sockets = Sockets(self.faults, self.changes, lambda: self.base_url)
        self.response_urls = ResponseUrls(self.workspace, self.inbox, self.changes, lambda: self.base_url)
        self.deliveries = Deliveries(self.log, self.faults, self.sockets)
        self.events_api = EventsApi(self.workspace, self.deliveries, self.schedule, self.changes.notify)
        self.server = Server(self)
        self.base_url = ""
        self._runner: web.AppRunner | None = None
        self._schedule_task: asyncio.Task[None] | None = None

    def _publish(self, event: Event) -> None:
        self.events_api.publish(event)

    def _abort_connections(self) -> None:
        self.sockets.abort()

    @property
    def api_url(self) -> str:
        """The base address for Web API clients; ends with a slash."""
        return f"{self.base_url}api/"

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen; port 0 takes a free one."""
        self._runner = web.AppRunner(
            self.server.application, handle_signals=False, access_log=None, shutdown_timeout=0.2
        )
        await self._runner.setup()
        await web.TCPSite(self._runner, host, port).start()
        self.base_url = f"http://{host}:{self._runner.addresses[0][1]}/"
        await self.deliveries.start()
        self.events_api.start()
        self._schedule_task = asyncio.create_task(self.schedule.run())

    async def stop(self) -> None:
        """Close every connection. A stopped Slack cannot be started again."""
        self.faults.clear()
        await self.events_api.stop()
        if self._schedule_task:
            self._schedule_task.cancel()
        await self.sockets.close()
        await self.deliveries.stop()
        if self._runner:
            await self._runner.cleanup()

    def person(self, user_id: str, app: App) -> Person:
        """A person at their Slack client, who uses this app."""
        return Person(self, user_id, app)

    async def until(self, condition: Callable[[], T], timeout: float = 5) -> T:  # noqa: ASYNC109  it explains itself when it is over
        """The first truthy value of `condition()`, evaluated again at each change.

        Raises:
            AssertionError: after `timeout` real seconds; with the last calls, deliveries and errors.
        """
        return await self.changes.until(condition, timeout, self.log.recent)

    async def idle(self) -> None:
        """Return when no event is being delivered."""
        await self.events_api.idle()

    def run_due(self) -> None:
        """Run what is due, at once; to be called after the clock was moved."""
        self.schedule.run_due()
        self.changes.notify()

    async def deliver_again(self, entry: LogEntry, payload: Json | None = None) -> Ack:
        """Send a delivery from the log again, with a new signature, with another payload if one is given."""
        app = next(app for app in self.workspace.apps.values() if app.name == entry.app)
        delivery: Delivery = entry.request["delivery"]
        return await self.deliveries.send(app, replace(delivery, payload=payload or delivery.payload))

    async def deliver_raw(self, headers: dict[str, str], body: bytes, app: App | None = None) -> Ack:
        """POST these bytes to an app's request URL as they are: for forged and repeated deliveries."""
        target = app or next(iter(self.workspace.apps.values()))
        return await self.deliveries.post_raw(target.request_url, headers, body)
