"""The Events API: delivery of events to the apps that subscribed, with retries."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from bot.sandbox.slack.core.clock import Schedule
from bot.sandbox.slack.core.errors import Json
from bot.sandbox.slack.delivery.deliveries import Deliveries
from bot.sandbox.slack.delivery.delivery import Ack, Delivery
from bot.sandbox.slack.state.apps import App
from bot.sandbox.slack.state.events import Event
from bot.sandbox.slack.state.workspace import Workspace

T = TypeVar("T")

# Seconds after a failed attempt until the next. https://docs.slack.dev/apis/events-api#retries
RETRIES = (0, 60, 300)
_REASONS = {"operation_timeout": "http_timeout", "dispatch_failed": "connection_failed"}


class EventsApi:
    """Delivers events in the background; `idle()` waits for the attempts in progress."""

    def __init__(
        self, workspace: Workspace, deliveries: Deliveries, schedule: Schedule, notify: Callable[[], None]
    ) -> None:
        self._workspace, self._deliveries, self._schedule = workspace, deliveries, schedule
        self._notify = notify
        self._attempts: set[asyncio.Task[None]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def running(self) -> bool:
        """Whether events are being delivered."""
        return self._loop is not None

    def start(self) -> None:
        """Deliver events from now on, on the running loop."""
        self._loop = asyncio.get_running_loop()

    def publish(self, event: Event) -> None:
        """Deliver an event to every app that subscribed; it is dropped while none can be reached."""
        self._notify()
        if not self.running:
            return
        for app in self._workspace.apps.values():
            if app.installed and event.reaches(app):
                self._attempt(app, event, self._envelope(app, event), 0, "")

    def _envelope(self, app: App, event: Event) -> Json:
        workspace = self._workspace
        bot = {"enterprise_id": None, "team_id": workspace.id, "user_id": app.bot_user_id, "is_bot": True}
        return {
            "token": app.verification_token,
            "team_id": workspace.id,
            "api_app_id": app.id,
            "event": event.body,
            "type": "event_callback",
            "event_id": workspace.ids.new("Ev"),
            "event_time": workspace.timestamps.seconds(),
            "authorizations": [bot | {"is_enterprise_install": False}],
            "is_ext_shared_channel": False,
        }

    def _attempt(self, app: App, event: Event, payload: Json, number: int, reason: str) -> None:
        if self._loop is None:
            return
        task = self._loop.create_task(self._deliver(app, event, payload, number, reason))
        self._attempts.add(task)
        task.add_done_callback(self._attempts.discard)

    async def _deliver(self, app: App, event: Event, payload: Json, number: int, reason: str) -> None:
        delivery = Delivery(f"event:{event.kind}", "events_api", payload, False, number, reason)
        answer = await self._deliveries.send(app, delivery)
        if answer.ok or answer.no_retry or number >= len(RETRIES) or not self.running:
            return
        failure = _retry_reason(answer)
        delay = RETRIES[number]
        if delay:
            self._schedule.after(delay, lambda: self._attempt(app, event, payload, number + 1, failure))
        else:
            self._attempt(app, event, payload, number + 1, failure)

    async def deliver_events_of(self, work: Callable[[], T]) -> T:
        """Call `work` and wait until its events have been sent once; return its value."""
        before = set(self._attempts)
        value = work()
        if attempts := self._attempts - before:
            await asyncio.wait(attempts)
        return value

    async def idle(self) -> None:
        """Return when no attempt is in progress; retries due later do not count."""
        while self._attempts:
            await asyncio.wait(self._attempts)

    async def stop(self) -> None:
        self._loop = None
        for task in list(self._attempts):
            task.cancel()
        await asyncio.gather(*self._attempts, return_exceptions=True)


def _retry_reason(answer: Ack) -> str:
    return _REASONS.get(answer.error or "", "http_error")
