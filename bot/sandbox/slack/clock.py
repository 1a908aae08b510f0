"""The clock that the local Slack is handed; everything it dates comes from here."""

from datetime import UTC, datetime
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
