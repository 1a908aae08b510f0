"""A clock that never goes back: the machine's, held against the seconds that have passed.

The machine's clock says what time it is; how long something lasts, only the seconds that nobody can set. What
a step of the machine's clock does:

small, forward   It is followed, as a time service makes it. An access may end early by it, never late.
small, back      Time goes on 1 % slower until the machine's clock has caught up, so that an access of 25 s
                 ends after 25.3 s at most.
`JUMP` or more   It is not believed until `believe` is called: time goes on by the seconds. It is forgotten
                 when the machine's clock is set back to where it was.

Small steps back that add up to `JUMP` are one of that size. Only `believe` and `go_on_from` move the time
itself, and may move it back; whoever calls them brings what was reckoned by the old time along
(`bot.clock.guard`).
"""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock

from models.clock import Clock

JUMP = timedelta(minutes=5)
"""Clocks of several machines differ by seconds; by more, one of them was set."""
SLOWER = 0.01
"""By this part of the seconds that pass we go slower than they, while the machine's clock is behind us."""


def passed() -> float:
    """Seconds since some moment, that nobody can set; a machine that sleeps is counted where it can be."""
    sleeping_too = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if sleeping_too is None else time.clock_gettime(sleeping_too)


class SteadyClock:
    """The machine's clock (`machine`), held against the seconds that have `passed`."""

    def __init__(self, machine: Clock, passed: Callable[[], float] = passed) -> None:
        self._machine, self._passed = machine, passed
        self._lock = Lock()
        self._ahead = 0.0
        """By how many seconds the machine's clock is ahead of ours; behind us where it is negative."""
        self._latest, self._seconds = machine.now(), passed()
        self._zero = self._latest - timedelta(seconds=self._seconds)
        """When the seconds began, by the machine's clock: it moves only where that is set."""

    def now(self) -> datetime:
        """The time, as if the machine's clock had not been set."""
        with self._lock:
            # Rounding might take a microsecond back.
            self._latest = max(self._latest, self._look() - timedelta(seconds=self._ahead))
            return self._latest

    @property
    def ahead(self) -> timedelta:
        """By how much the machine's clock is not believed; nothing where it is. Negative where it lags."""
        with self._lock:
            self._look()
            return timedelta(seconds=self._ahead) if _jumped(self._ahead) else timedelta()

    def machine(self) -> datetime:
        """What the machine's clock says."""
        return self._machine.now()

    def believe(self) -> None:
        """The machine's clock is right: it is that time now, even where that is earlier."""
        with self._lock:
            self._latest, self._ahead = self._look(), 0.0

    def go_on_from(self, moment: datetime) -> None:
        """It is this time now, whatever the machine's clock says."""
        with self._lock:
            self._ahead = _followed((self._look() - moment).total_seconds())
            self._latest = moment

    def _look(self) -> datetime:
        """Find out whether the machine's clock was set; returns what it says."""
        # In this order: held up between the two, we take the machine's clock to be behind, never ahead.
        now, seconds = self._machine.now(), self._passed()
        zero = now - timedelta(seconds=seconds)
        ahead = self._ahead + (zero - self._zero).total_seconds()
        if -JUMP.total_seconds() < ahead < 0:
            ahead = min(0.0, ahead + SLOWER * (seconds - self._seconds))
        self._ahead, self._zero, self._seconds = _followed(ahead), zero, seconds
        return now


def _jumped(ahead: float) -> bool:
    return abs(ahead) >= JUMP.total_seconds()


def _followed(ahead: float) -> float:
    """What is left of a difference once small steps forward are followed."""
    return ahead if _jumped(ahead) else min(0.0, ahead)
