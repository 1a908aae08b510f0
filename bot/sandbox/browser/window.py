"""One open browser window: what it alone knows, and the line over which it is kept up to date."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from bot.sandbox.browser.actions.form_fields import Option
from bot.sandbox.browser.draw.canvas import Marks
from bot.sandbox.browser.place import Place
from bot.sandbox.slack import LocalSlack, NotVisible, Outcome, Trouble
from bot.sandbox.slack.core.errors import SlackError

log = logging.getLogger(__name__)

TOGETHER = 0.04  # seconds in which changes are gathered into one drawing
TICK = 20.0  # seconds after which it is drawn again by itself, for the clock
TYPING = 0.35  # seconds of rest after which an app hears of what is being typed

Json = dict[str, Any]

_UNDER_WAY: set[asyncio.Future[None]] = set()  # asyncio itself keeps only weak hold of tasks


@dataclass(frozen=True)
class Question:
    """A confirm dialog that waits for an answer; `then` does what was asked for."""

    confirm: Json
    then: Callable[[], Awaitable[None]]


@dataclass
class Window:
    """State of one window; nothing of it outlives the connection."""

    slack: LocalSlack
    place: Place
    visible: bool = True
    question: Question | None = None
    busy: set[str] = field(default_factory=set)
    troubles: dict[str, str] = field(default_factory=dict)
    notices: dict[int, str] = field(default_factory=dict)
    offered: dict[str, list[Option]] = field(default_factory=dict)
    drawn: dict[str, str] = field(default_factory=dict)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    _count: int = 0
    _timers: dict[str, asyncio.TimerHandle] = field(default_factory=dict)

    @property
    def marks(self) -> Marks:
        return Marks(self.busy, self.troubles)

    def notice(self, text: str) -> None:
        """Something to be told in this window only."""
        self._count += 1
        self.notices[self._count] = text
        self.changed.set()

    def go(self, place: Place) -> None:
        self.place, self.question = place, None
        self.troubles.clear()
        self.changed.set()

    def redraw(self) -> None:
        """Sends everything again: the page may show what was not taken, such as a tick that was declined."""
        self.drawn.clear()
        self.changed.set()

    def background(self, work: Awaitable[None]) -> None:
        """Runs beside the reading of further messages, and to its end even if the window is closed."""
        task = asyncio.ensure_future(work)
        _UNDER_WAY.add(task)
        task.add_done_callback(_UNDER_WAY.discard)

    def later(self, key: str, work: Callable[[], Awaitable[None]]) -> None:
        """Runs after a rest; a further call with the same key starts the rest anew."""
        if key in self._timers:
            self._timers[key].cancel()
        loop = asyncio.get_running_loop()
        self._timers[key] = loop.call_later(TYPING, lambda: self.background(work()))

    async def attempt(self, key: str, work: Awaitable[Outcome]) -> None:
        """Does what waits for the app; shows that it is under way, and what Slack says if it fails."""
        self.busy.add(key)
        self.troubles.pop(key, None)
        self.changed.set()
        try:
            outcome = await work
            if outcome.trouble:
                self.troubles[key] = outcome.trouble
        except (NotVisible, Trouble, SlackError) as refusal:
            self.notice(str(refusal))
        finally:
            self.busy.discard(key)
            self.redraw()

    def close(self) -> None:
        """Forgets what was waiting for a rest. What was sent goes on: the app has heard of it."""
        for timer in self._timers.values():
            timer.cancel()


Draw = Callable[[Window], Awaitable[dict[str, str]]]
Hear = Callable[[Window, Json], Awaitable[Json | None]]


async def serve(window: Window, socket: web.WebSocketResponse, draw: Draw, hear: Hear) -> None:
    """Keeps a window up to date until it is closed."""
    tasks = [
        asyncio.create_task(each) for each in (_watch(window), _tick(window), _write(window, socket, draw))
    ]
    try:
        async for message in socket:
            if message.type == WSMsgType.TEXT:
                window.background(_answer(window, socket, json.loads(message.data), hear))
                await asyncio.sleep(0)  # what was typed first is taken first
    finally:
        window.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _answer(window: Window, socket: web.WebSocketResponse, said: Json, hear: Hear) -> None:
    answer = await hear(window, said)
    if answer is not None:
        with suppress(ConnectionError):
            await socket.send_json({"answer": said.get("n"), **answer})


async def _watch(window: Window) -> None:
    async for _ in window.slack.changes():
        window.changed.set()


async def _tick(window: Window) -> None:
    while True:
        await asyncio.sleep(TICK)
        window.changed.set()


async def _write(window: Window, socket: web.WebSocketResponse, draw: Draw) -> None:
    """Sends the regions of the page that look different now."""
    while True:
        await window.changed.wait()
        await asyncio.sleep(TOGETHER)
        window.changed.clear()
        try:
            regions = await draw(window)
        except Exception:  # one screen that cannot be drawn must not end the window
            log.exception("the screen at %s could not be drawn", window.place.url())
            regions = {"problem": "<p>This screen could not be drawn. The terminal says why.</p>"}
        fresh = {name: html for name, html in regions.items() if window.drawn.get(name) != html}
        window.drawn |= fresh
        if fresh:
            with suppress(ConnectionError):
                await socket.send_json({"regions": fresh})
