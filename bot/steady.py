"""A clock that does not jump: where the machine's is set, it goes on by the time that has passed.

Steps of less than `JUMP` are followed, as a time service makes them. A larger one is not believed until
`believe` is called, and is forgotten when the machine's clock is set back to where it was.
"""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock

from models.clock import Clock

JUMP = timedelta(minutes=5)
"""Clocks of several machines differ by seconds; by more, one of them was set."""


def passed() -> float:
    """Seconds since some moment, that nobody can set; a machine that sleeps is counted where it can be."""
    sleeping_too = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if sleeping_too is None else time.clock_gettime(sleeping_too)


class SteadyClock:
    """The machine's clock (`machine`), held against the seconds that have `passed`."""

    def __init__(self, machine: Clock, passed: Callable[[], float] = passed) -> None:
        self._machine, self._passed = machine, passed
        self._lock = Lock()
        self._ahead = timedelta()
        self._last = machine.now(), passed()

    def now(self) -> datetime:
        """The time, as if the machine's clock had not jumped."""
        with self._lock:
            return self._look() - self._ahead

    @property
    def ahead(self) -> timedelta:
        """By how much the machine's clock is not believed; nothing where it is. Negative where it lags."""
        with self._lock:
            self._look()
            return self._ahead

    def machine(self) -> datetime:
        """What the machine's clock says."""
        return self._machine.now()

    def believe(self) -> None:
        """The machine's clock is right."""
        with self._lock:
            self._look()
            self._ahead = timedelta()

    def go_on_from(self, moment: datetime) -> None:
        """It is this time now, whatever the machine's clock says."""
        with self._lock:
            self._ahead = self._look() - moment

    def _look(self) -> datetime:
        now, passed = self._machine.now(), self._passed()
        before, passed_before = self._last
        step = now - before - timedelta(seconds=passed - passed_before)
        self._last = now, passed
        if abs(step) >= JUMP:
            self._ahead += step
            if abs(self._ahead) < JUMP:
                self._ahead = timedelta()
        return now
