"""The local Slack: one team, its server, and everything around them, put together."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from aiohttp import web

from bot.sandbox.slack.client.person import Person
from bot.sandbox.slack.core.changes import Changes
from bot.sandbox.slack.core.clock import Clock, SystemClock, Timetable
from bot.sandbox.slack.core.errors import Json
from bot.sandbox.slack.core.traffic_log import Entry, Log
from bot.sandbox.slack.delivery.deliveries import Deliveries, Delivery
from bot.sandbox.slack.delivery.delivery import Ack
from bot.sandbox.slack.delivery.events_api import Subscriptions
from bot.sandbox.slack.delivery.faults import Faults
from bot.sandbox.slack.delivery.response_urls import Responses
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
METHODS = methods  # importing it is what makes the server know its methods


class LocalSlack:
    """A Slack of one's own. State is in memory; nothing is opened before `start()`.

    `clock` dates everything and drives rate limits and retries. Triggers and acknowledgements live by
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
        self.timetable = Timetable(self.clock)
        self.views = Views(self.workspace.ids, self.workspace.id, self.changes.notify)
        self.inbox = Inbox(self.changes.notify)
        self.files = Files(self.workspace.ids, lambda: self.base_url)
        self.responses = Responses(self)
        self.deliveries = Deliveries(self)
        self.sockets = Sockets(self)
        self.faults = Faults(self.changes.notify, self.sockets.abort)
        self.subscriptions = Subscriptions(self)
        self.server = Server(self)
        self.base_url = ""
        self._runner: web.AppRunner | None = None
        self._ticking: asyncio.Task[None] | None = None

    def _publish(self, event: Event) -> None:
        self.subscriptions.announce(event)

    @property
    def api_url(self) -> str:
        """What a client takes as its base address; ends with a slash."""
        return f"{self.base_url}api/"

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listens; port 0 takes a free one."""
        self._runner = web.AppRunner(
            self.server.application, handle_signals=False, access_log=None, shutdown_timeout=0.2
        )
        await self._runner.setup()
        await web.TCPSite(self._runner, host, port).start()
        self.base_url = f"http://{host}:{self._runner.addresses[0][1]}/"
        await self.deliveries.start()
        self.subscriptions.start()
        self._ticking = asyncio.create_task(self.timetable.run())

    async def stop(self) -> None:
        """Closes every connection. A stopped Slack cannot be started again."""
        self.faults.clear()
        await self.subscriptions.stop()
        if self._ticking:
            self._ticking.cancel()
        await self.sockets.close()
        await self.deliveries.stop()
        if self._runner:
            await self._runner.cleanup()

    def person(self, user_id: str, app: App) -> Person:
        """A human with a Slack client, who talks to this app."""
        return Person(self, user_id, app)

    async def until(self, condition: Callable[[], T], timeout: float = 5) -> T:  # noqa: ASYNC109  it explains itself when it is over
        """Waits until `condition()` is true, looking again at every change; returns its value.

        After `timeout` real seconds: AssertionError with the last calls, deliveries and errors.
        """
        return await self.changes.until(condition, timeout, self.log.recent)

    async def idle(self) -> None:
        """Returns when no event is under way to an app."""
        await self.subscriptions.idle()

    def time_moved(self) -> None:
        """Call after moving the clock that was handed in: what is now due happens at once."""
        self.timetable.run_due()
        self.changes.notify()

    async def deliver_again(self, entry: Entry, payload: Json | None = None) -> Ack:
        """Sends a logged delivery once more, signed anew, over the app's transport; `payload` changes it."""
        app = next(each for each in self.workspace.apps.values() if each.name == entry.app)
        delivery: Delivery = entry.request["delivery"]
        return await self.deliveries.send(app, replace(delivery, payload=payload or delivery.payload))

    async def deliver_raw(self, headers: dict[str, str], body: bytes, app: App | None = None) -> Ack:
        """POSTs these bytes to an app's request URL, signed or not: for forged and repeated deliveries."""
        target = app or next(iter(self.workspace.apps.values()))
        return await self.deliveries.post_raw(target.request_url, headers, body)
