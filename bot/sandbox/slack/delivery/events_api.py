"""The Events API: who is told what, and again if they do not answer."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from bot.sandbox.slack.core.errors import Json
from bot.sandbox.slack.delivery.deliveries import Delivery
from bot.sandbox.slack.delivery.delivery import Ack
from bot.sandbox.slack.state.apps import App
from bot.sandbox.slack.state.events import Event

if TYPE_CHECKING:
    from bot.sandbox.slack.local_slack import LocalSlack

T = TypeVar("T")

# Seconds after a failed attempt until the next. https://docs.slack.dev/apis/events-api#retries
RETRIES = (0, 60, 300)
_REASONS = {"operation_timeout": "http_timeout", "dispatch_failed": "connection_failed"}


class Subscriptions:
    """Delivers events in the background; `idle()` waits for the attempts now under way."""

    def __init__(self, slack: "LocalSlack") -> None:
        self._slack = slack
        self._attempts: set[asyncio.Task[None]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def running(self) -> bool:
        """Whether anybody can be told."""
        return self._loop is not None

    def start(self) -> None:
        """From now on events are delivered, on the running loop."""
        self._loop = asyncio.get_running_loop()

    def announce(self, event: Event) -> None:
        """Tells every app that subscribed. Before the server runs nobody can be told."""
        self._slack.changes.notify()
        if not self.running:
            return
        for app in self._slack.workspace.apps.values():
            if app.installed and event.reaches(app):
                self._attempt(app, event, self._envelope(app, event), 0, "")

    def _envelope(self, app: App, event: Event) -> Json:
        workspace = self._slack.workspace
        bot = {"enterprise_id": None, "team_id": workspace.id, "user_id": app.bot_user_id, "is_bot": True}
        return {
            "token": app.verification_token,
            "team_id": workspace.id,
            "api_app_id": app.id,
            "event": event.body,
            "type": "event_callback",
            "event_id": workspace.ids.new("Ev"),
            "event_time": workspace.stamps.seconds(),
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
        answer = await self._slack.deliveries.send(app, delivery)
        if answer.ok or answer.no_retry or number >= len(RETRIES) or not self.running:
            return
        why = _reason(answer)
        again = RETRIES[number]
        if again:
            self._slack.timetable.after(again, lambda: self._attempt(app, event, payload, number + 1, why))
        else:
            self._attempt(app, event, payload, number + 1, why)

    async def told(self, work: Callable[[], T]) -> T:
        """Does something, and returns when every app has been told once of what came of it."""
        before = set(self._attempts)
        value = work()
        if told := self._attempts - before:
            await asyncio.wait(told)
        return value

    async def idle(self) -> None:
        """Returns when no attempt is under way (those that wait for their time do not count)."""
        while self._attempts:
            await asyncio.wait(self._attempts)

    async def stop(self) -> None:
        self._loop = None
        for task in list(self._attempts):
            task.cancel()
        await asyncio.gather(*self._attempts, return_exceptions=True)


def _reason(answer: Ack) -> str:
    return _REASONS.get(answer.error or "", "http_error")
