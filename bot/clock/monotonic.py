"""A clock that never goes back: the machine's, compared with the seconds that have passed.

The machine's clock says what time it is; how long something lasts, only the seconds that nobody can set. What
a step of the machine's clock does:

small, forward   It is followed, as a time service makes it. An access may end early by it, never late.
small, back      Time goes on 1 % slower until the machine's clock has caught up, so that an access of 25 s
                 ends after 25.3 s at most.
`JUMP` or more   It is not followed until `accept_machine_time` is called: time goes on by the seconds. It is
                 forgotten when the machine's clock is set back to where it was.

Small steps back that add up to `JUMP` are one of that size. Only `accept_machine_time` and `set_time` move
the time itself, and may move it back; the caller has to correct what was computed by the old time
(`bot.clock.guard`).
"""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock

from models.clock import Clock

JUMP = timedelta(minutes=5)
"""Clocks of several machines differ by seconds; by more, one of them was set."""
SLEW_RATE = 0.01
"""By this part of the seconds that pass we go slower than they, while the machine's clock is behind us."""


def monotonic_seconds() -> float:
    """Seconds since some moment, that nobody can set; a machine that sleeps is counted where it can be."""
    sleeping_too = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if sleeping_too is None else time.clock_gettime(sleeping_too)


class MonotonicClock:
    """The machine's clock, compared with the monotonic seconds."""

    def __init__(self, machine: Clock, monotonic: Callable[[], float] = monotonic_seconds) -> None:
        self._machine, self._monotonic = machine, monotonic
        self._lock = Lock()
        self._ahead = 0.0
        """By how many seconds the machine's clock is ahead of ours; behind us where it is negative."""
        self._latest, self._seconds = machine.now(), monotonic()
        self._zero = self._latest - timedelta(seconds=self._seconds)
        """When the seconds began, by the machine's clock: it moves only where that is set."""

    def now(self) -> datetime:
        """The time, as if the machine's clock had not been set."""
        with self._lock:
            # Rounding might take a microsecond back.
            self._latest = max(self._latest, self._compare() - timedelta(seconds=self._ahead))
            return self._latest

    @property
    def ahead(self) -> timedelta:
        """By how much the machine's clock jumped ahead and is not followed; negative where it jumped back."""
        with self._lock:
            self._compare()
            return timedelta(seconds=self._ahead) if _is_jump(self._ahead) else timedelta()

    def machine_time(self) -> datetime:
        """What the machine's clock says."""
        return self._machine.now()

    def accept_machine_time(self) -> None:
        """The machine's clock is right: it is that time now, even where that is earlier."""
        with self._lock:
            self._latest, self._ahead = self._compare(), 0.0

    def set_time(self, moment: datetime) -> None:
        """It is this time now, whatever the machine's clock says."""
        with self._lock:
            self._ahead = _after_small_steps((self._compare() - moment).total_seconds())
            self._latest = moment

    def _compare(self) -> datetime:
        """Find out whether the machine's clock was set; returns what it says."""
        # In this order: held up between the two, we take the machine's clock to be behind, never ahead.
        now, seconds = self._machine.now(), self._monotonic()
        zero = now - timedelta(seconds=seconds)
        ahead = self._ahead + (zero - self._zero).total_seconds()
        if -JUMP.total_seconds() < ahead < 0:
            ahead = min(0.0, ahead + SLEW_RATE * (seconds - self._seconds))
        self._ahead, self._zero, self._seconds = _after_small_steps(ahead), zero, seconds
        return now


def _is_jump(ahead: float) -> bool:
    return abs(ahead) >= JUMP.total_seconds()


def _after_small_steps(ahead: float) -> float:
    """What is left of a difference once small steps forward are followed."""
    return ahead if _is_jump(ahead) else min(0.0, ahead)
