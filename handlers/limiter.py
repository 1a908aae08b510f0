"""Limit how many deliveries are handled at once, and tell people whose delivery was turned away."""

import asyncio
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta

from handlers.write_batcher import Merged
from models.clock import Clock
from models.lifecycle import redraw
from models.store.base import Store

AT_ONCE = 50
"""Plenty of those that wait for Slack's answers; those that only compute end one after the other anyway."""
WAIT = 1.2
"""Seconds that a delivery may wait for its turn."""
BRIEF = 0.1
"""The same once others have waited without a break for `WAIT`: it has lain unread about as long."""
MOST_WAITING = 10_000
"""More are turned away at once: each holds its payload in memory."""

Waiting = deque["asyncio.Future[None]"]


class Overloaded(Exception):
    """There are too many deliveries: this one was not begun, and nothing of it was done."""


class Limiter:
    """The turns of one process."""

    def __init__(self, at_once: int = AT_ONCE, wait: float = WAIT) -> None:
        """`at_once` deliveries are handled at a time; another waits `wait` seconds at most."""
        self._free, self._wait = at_once, wait
        self._people: Waiting = deque()
        self._events: Waiting = deque()
        self._waits_since: float | None = None
        self.on_turned_away: Callable[[], object] = lambda: None
        """Called for each delivery that gets no turn."""

    async def enter(self, *, person: bool) -> None:
        """Wait for a turn, which `leave` ends; raises Overloaded. `person`: somebody waits for the answer."""
        if self._free > 0:
            self._free -= 1
            return
        if len(self._people) + len(self._events) >= MOST_WAITING:
            raise self._overloaded()
        turn = asyncio.get_running_loop().create_future()
        (self._people if person else self._events).append(turn)
        try:
            async with asyncio.timeout(self._patience()):
                await turn
        except BaseException as error:
            if turn.done() and not turn.cancelled():
                self.leave()  # it came at the same moment
            if isinstance(error, TimeoutError):
                raise self._overloaded() from None
            raise

    def leave(self) -> None:
        """End a turn: whoever has waited longest is next, events after everybody else."""
        for line in (self._people, self._events):
            while line:
                turn = line.popleft()
                if not turn.done():
                    turn.set_result(None)
                    return
        self._free += 1
        self._waits_since = None

    def _patience(self) -> float:
        now = asyncio.get_running_loop().time()
        if self._waits_since is None:
            self._waits_since = now
        return self._wait if now - self._waits_since <= self._wait else BRIEF

    def _overloaded(self) -> Overloaded:
        self.on_turned_away()
        return Overloaded()


MINUTE = timedelta(minutes=1)
MOST = 10_000
"""Of so many people it is known that they were told."""


class TurnedAway:
    """Those who got no turn. It costs them no call of Slack's before they are answered."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._clock, self._messages = clock, Merged(store, redraw.overloaded)
        self._told: dict[str, datetime] = {}

    def tell(self, person_id: str) -> None:
        """Send somebody the sentence, soon, unless they were sent it just now."""
        now, before = self._clock.now(), self._told.get(person_id)
        if before is not None and now - before < MINUTE:
            return
        if len(self._told) >= MOST:
            self._told.clear()
        self._told[person_id] = now
        self._messages.want(person_id)
