"""The local Slack's clock, the timestamps taken from it, and the schedule of what happens later."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from typing import Protocol

MAX_SLEEP = 1.0  # real seconds between two looks at a clock that may jump without notice


class Clock(Protocol):
    """Anything with `now()`, an aware datetime. Tests and the sandbox pass one that they can move."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's own time, in UTC."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class Timestamps:
    """Message ids as Slack writes them: Unix seconds with six decimals, each later than the last.

    They grow even while the clock stands still or is set back, since clients order messages by them.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.last = 0
        """Microseconds since 1970."""

    def next(self) -> str:
        micros = int(self._clock.now().timestamp() * 1_000_000)
        self.last = max(micros, self.last + 1)
        return f"{self.last // 1_000_000}.{self.last % 1_000_000:06d}"

    def seconds(self) -> int:
        """The time in whole Unix seconds."""
        return int(self._clock.now().timestamp())


class Schedule:
    """Calls due later by the clock: retries of events, scheduled messages.

    Whoever moves the clock calls `run_due()`; otherwise they run at most `MAX_SLEEP` late.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._numbers = count(1)
        self._entries: dict[str, tuple[float, Callable[[], None]]] = {}
        self._new_entry = asyncio.Event()

    def add(self, at: float, work: Callable[[], None]) -> str:
        """Schedule `work` for a Unix time; return the key that cancels it."""
        key = f"Q{next(self._numbers):08d}"
        self._entries[key] = (at, work)
        self._new_entry.set()
        return key

    def after(self, seconds: float, work: Callable[[], None]) -> str:
        return self.add(self._now() + seconds, work)

    def cancel(self, key: str) -> bool:
        """Drop an entry; False if there is none with this key."""
        return self._entries.pop(key, None) is not None

    def run_due(self) -> None:
        """Run everything that is due now, in order of time."""
        now = self._now()
        due = sorted((at, key) for key, (at, _) in self._entries.items() if at <= now)
        for _, key in due:
            _, work = self._entries.pop(key)
            work()

    async def run(self) -> None:
        """Run entries as they become due, until cancelled."""
        while True:
            self.run_due()
            self._new_entry.clear()
            soonest = min((at for at, _ in self._entries.values()), default=None)
            if soonest is None:
                await self._new_entry.wait()
            else:
                await self._sleep(max(0.0, min(soonest - self._now(), MAX_SLEEP)))

    async def _sleep(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._new_entry.wait()
        except TimeoutError:
            return

    def _now(self) -> float:
        return self._clock.now().timestamp()
