"""One open browser window: its own state, and the WebSocket that keeps it up to date."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from bot.sandbox.browser.draw.canvas import FieldStatus
from bot.sandbox.browser.place import Place
from bot.sandbox.slack import LocalSlack, NotVisible, OptionsNotLoaded, Outcome
from bot.sandbox.slack.core.errors import SlackError

log = logging.getLogger(__name__)

# In seconds.
REDRAW_DELAY = 0.04  # changes within it are drawn together
REDRAW_INTERVAL = 20.0  # without any change, for the clock
TYPING_PAUSE = 0.35  # without a key before an app is sent what was typed

Json = dict[str, Any]

_TASKS: set[asyncio.Future[None]] = set()  # asyncio itself holds only weak references to tasks


@dataclass(frozen=True)
class Confirmation:
    """A confirm dialog on the screen; `action` is what it was opened for."""

    confirm: Json
    action: Callable[[], Awaitable[None]]


@dataclass(frozen=True)
class MenuOption:
    """An option of an open menu; `value` is what the form stores if it is chosen."""

    text: str
    value: Any
    description: str = ""
    group: str = ""


@dataclass
class Window:
    """The state of one window; it ends with the connection.

    `regions` is the HTML last sent, `options` those of open menus, by the key of the element. `moved` says
    that the place was changed here, so that the page's address has to follow.
    """

    slack: LocalSlack
    place: Place
    visible: bool = True
    moved: bool = False
    question: Confirmation | None = None
    busy: set[str] = field(default_factory=set)
    troubles: dict[str, str] = field(default_factory=dict)
    notices: dict[int, str] = field(default_factory=dict)
    options: dict[str, list[MenuOption]] = field(default_factory=dict)
    regions: dict[str, str] = field(default_factory=dict)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    _count: int = 0
    _timers: dict[str, asyncio.TimerHandle] = field(default_factory=dict)

    @property
    def status(self) -> FieldStatus:
        return FieldStatus(self.busy, self.troubles)

    def notice(self, text: str) -> None:
        """Show a text in this window only."""
        self._count += 1
        self.notices[self._count] = text
        self.changed.set()

    def go(self, place: Place) -> None:
        """Show another place; confirm dialogs and errors of the last one are dropped."""
        self.place, self.question = place, None
        self.troubles.clear()
        self.changed.set()

    def redraw(self) -> None:
        """Send every region again: the page may show what was not accepted, such as a declined tick."""
        self.regions.clear()
        self.changed.set()

    def background(self, work: Awaitable[None]) -> None:
        """Run beside the reading of messages, to the end even if the window is closed."""
        task = asyncio.ensure_future(work)
        _TASKS.add(task)
        task.add_done_callback(_TASKS.discard)

    def debounce(self, key: str, work: Callable[[], Awaitable[None]]) -> None:
        """Run after `TYPING_PAUSE` without another call with the same key."""
        if key in self._timers:
            self._timers[key].cancel()
        loop = asyncio.get_running_loop()
        self._timers[key] = loop.call_later(TYPING_PAUSE, lambda: self.background(work()))

    async def run_interaction(self, key: str, work: Awaitable[Outcome]) -> None:
        """Await an app's answer; show that it is pending, and the error that Slack shows if it fails."""
        self.busy.add(key)
        self.troubles.pop(key, None)
        self.changed.set()
        try:
            outcome = await work
            if outcome.trouble:
                self.troubles[key] = outcome.trouble
        except (NotVisible, OptionsNotLoaded, SlackError) as refusal:
            self.notice(str(refusal))
        finally:
            self.busy.discard(key)
            self.redraw()

    def close(self) -> None:
        """Drop what waits for a pause in typing. What was already sent continues: the app has it."""
        for timer in self._timers.values():
            timer.cancel()


Draw = Callable[[Window], Awaitable[dict[str, str]]]
Handle = Callable[[Window, Json], Awaitable[Json | None]]


async def serve(window: Window, socket: web.WebSocketResponse, draw: Draw, handle: Handle) -> None:
    """Keep a window up to date and handle its messages, until it is closed."""
    tasks = [
        asyncio.create_task(loop)
        for loop in (_watch_changes(window), _watch_clock(window), _send_regions(window, socket, draw))
    ]
    try:
        async for message in socket:
            if message.type == WSMsgType.TEXT:
                window.background(_answer(window, socket, json.loads(message.data), handle))
                await asyncio.sleep(0)  # messages are handled in the order in which they were sent
    finally:
        window.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _answer(window: Window, socket: web.WebSocketResponse, message: Json, handle: Handle) -> None:
    answer = await handle(window, message)
    if answer is not None:
        with suppress(ConnectionError):
            await socket.send_json({"answer": message.get("n"), **answer})


async def _watch_changes(window: Window) -> None:
    async for _ in window.slack.changes():
        window.changed.set()


async def _watch_clock(window: Window) -> None:
    while True:
        await asyncio.sleep(REDRAW_INTERVAL)
        window.changed.set()


async def _send_regions(window: Window, socket: web.WebSocketResponse, draw: Draw) -> None:
    """Send the regions of the page whose HTML changed."""
    while True:
        await window.changed.wait()
        await asyncio.sleep(REDRAW_DELAY)
        window.changed.clear()
        try:
            regions = await draw(window)
        except Exception:  # one screen that cannot be drawn must not end the window
            log.exception("the screen at %s could not be drawn", window.place.url())
            regions = {"problem": "<p>This screen could not be drawn. The terminal says why.</p>"}
        fresh = {name: html for name, html in regions.items() if window.regions.get(name) != html}
        window.regions |= fresh
        message: Json = {"regions": fresh} if fresh else {}
        if window.moved:
            window.moved, message["at"] = False, window.place.url()
        if message:
            with suppress(ConnectionError):
                await socket.send_json(message)
