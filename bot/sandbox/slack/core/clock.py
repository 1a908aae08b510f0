"""The clock that the local Slack is handed; everything it dates comes from here."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from typing import Protocol


class Clock(Protocol):
    """Anything with `now()`, an aware datetime. Tests and the sandbox hand in one that they can move."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's own time."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class Timestamps:
    """Message ids as Slack writes them: seconds and microseconds, each later than the one before.

    A clock that stands still or is set back still gives growing ids, since clients order messages by them.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.last = 0

    def next(self) -> str:
        micros = int(self._clock.now().timestamp() * 1_000_000)
        self.last = max(micros, self.last + 1)
        return f"{self.last // 1_000_000}.{self.last % 1_000_000:06d}"

    def seconds(self) -> int:
        """The time in whole Unix seconds."""
        return int(self._clock.now().timestamp())


LONGEST_NAP = 1.0  # a clock that is handed in may jump without a word, so it is looked at this often


class Timetable:
    """Runs entries when they are due. Whoever moves the clock calls `run_due()` and need not wait."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._numbers = count(1)
        self._entries: dict[str, tuple[float, Callable[[], None]]] = {}
        self._added = asyncio.Event()

    def add(self, at: float, work: Callable[[], None]) -> str:
        """Runs `work` at a Unix time; the answer cancels it."""
        key = f"Q{next(self._numbers):08d}"
        self._entries[key] = (at, work)
        self._added.set()
        return key

    def after(self, seconds: float, work: Callable[[], None]) -> str:
        return self.add(self._now() + seconds, work)

    def cancel(self, key: str) -> bool:
        return self._entries.pop(key, None) is not None

    def run_due(self) -> None:
        """Runs everything that is due now, in order of time."""
        now = self._now()
        due = sorted((at, key) for key, (at, _) in self._entries.items() if at <= now)
        for _, key in due:
            _, work = self._entries.pop(key)
            work()

    async def run(self) -> None:
        """Runs for as long as the server does."""
        while True:
            self.run_due()
            self._added.clear()
            wait = min((at for at, _ in self._entries.values()), default=None)
            if wait is None:
                await self._added.wait()
            else:
                await self._nap(max(0.0, min(wait - self._now(), LONGEST_NAP)))

    async def _nap(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._added.wait()
        except TimeoutError:
            return

    def _now(self) -> float:
        return self._clock.now().timestamp()
