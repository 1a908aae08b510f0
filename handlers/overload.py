"""Limit how many deliveries are handled at once, and tell people whose delivery was not handled.

Slack waits three seconds for an answer. A delivery that cannot begin in the first of them is refused in
words, so that nothing is left half done when Slack gives up.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta

from handlers.write_batcher import WriteBatcher
from models.clock import Clock
from models.lifecycle import redraw
from models.store.base import Store

CONCURRENT = 50
"""Plenty of those that wait for Slack's answers; those that only compute end one after the other anyway."""
QUEUE_TIMEOUT = 1.2
"""Seconds that a delivery may wait for its turn."""
BUSY_QUEUE_TIMEOUT = 0.1
"""The same once the queue has not been empty for `QUEUE_TIMEOUT`: a delivery lay unread for about as long."""
MAX_QUEUED = 10_000
"""More are refused at once: each holds its payload in memory."""
NOTICE_INTERVAL = timedelta(minutes=1)
"""Between two notices to one person."""
MAX_REMEMBERED = 10_000
"""People of whom the time of their last notice is kept."""

Queue = deque["asyncio.Future[None]"]


class Overloaded(Exception):
    """There are too many deliveries: this one was not begun, and nothing of it was done."""


class Limiter:
    """Turns for the deliveries of one process. People who wait for an answer go before events."""

    def __init__(self, concurrent: int = CONCURRENT, timeout: float = QUEUE_TIMEOUT) -> None:
        """`concurrent` deliveries are handled at a time; another waits `timeout` seconds at most."""
        self._concurrent, self._free, self._timeout = concurrent, concurrent, timeout
        self._people: Queue = deque()
        self._events: Queue = deque()
        self._busy_since: float | None = None
        self.on_overload: Callable[[], object] = lambda: None
        """Called for each delivery that gets no turn."""

    @property
    def in_hand(self) -> int:
        """How many deliveries have their turn just now."""
        return self._concurrent - self._free

    async def enter(self, *, person: bool) -> None:
        """Wait for a turn, which `leave` ends. `person`: somebody waits for the answer.

        Raises:
            Overloaded: No turn came in time.
        """
        if self._free > 0:
            self._free -= 1
            return
        if len(self._people) + len(self._events) >= MAX_QUEUED:
            raise self._overloaded()
        turn = asyncio.get_running_loop().create_future()
        (self._people if person else self._events).append(turn)
        try:
            async with asyncio.timeout(self._queue_timeout()):
                await turn
        except BaseException as error:
            if turn.done() and not turn.cancelled():
                self.leave()  # it came at the same moment
            if isinstance(error, TimeoutError):
                raise self._overloaded() from None
            raise

    def leave(self) -> None:
        """End a turn: the longest waiting person is next, or else the longest waiting event."""
        for queue in (self._people, self._events):
            while queue:
                turn = queue.popleft()
                if not turn.done():
                    turn.set_result(None)
                    return
        self._free += 1
        self._busy_since = None

    def _queue_timeout(self) -> float:
        now = asyncio.get_running_loop().time()
        if self._busy_since is None:
            self._busy_since = now
        return self._timeout if now - self._busy_since <= self._timeout else BUSY_QUEUE_TIMEOUT

    def _overloaded(self) -> Overloaded:
        self.on_overload()
        return Overloaded()


class OverloadNotices:
    """Messages that say that a click was not handled, at most one a minute to each person.

    They cost no call to Slack before the click is answered.
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self._clock, self._messages = clock, WriteBatcher(store, redraw.send_overloaded)
        self._sent_at: dict[str, datetime] = {}

    def send(self, person_id: str) -> None:
        """Queue the message for a person, unless they were sent it within the last minute."""
        now, before = self._clock.now(), self._sent_at.get(person_id)
        if before is not None and now - before < NOTICE_INTERVAL:
            return
        if len(self._sent_at) >= MAX_REMEMBERED:
            self._sent_at.clear()
        self._sent_at[person_id] = now
        self._messages.add(person_id)
