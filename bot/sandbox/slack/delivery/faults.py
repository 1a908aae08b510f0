"""Faults to inject: what a network and a busy Slack do to an app, for any number of calls."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from fnmatch import fnmatch
from types import TracebackType

STATUS, HANG, CUT, CUT_AFTER = "status", "hang", "cut", "cut_after"
DUPLICATE, DROP, DOWN, SLOW = "duplicate", "drop", "down", "slow"


@dataclass
class Fault:
    """A fault that lasts until `times` uses, `remove()`, or the end of a `with`."""

    action: str
    match: str
    times: int | None = None
    status: int = 500
    retry_after: int | None = None
    error: str = "internal_error"
    delay: float = 0.0
    """Real seconds."""
    label: str = ""
    """The name that whoever injected it has for it."""
    used: int = 0
    removed: asyncio.Event = field(default_factory=asyncio.Event)
    on_change: Callable[[], None] = lambda: None

    @property
    def active(self) -> bool:
        return not self.removed.is_set() and (self.times is None or self.used < self.times)

    def remove(self) -> None:
        """End the fault; calls that hang because of it are cut off."""
        self.removed.set()
        self.on_change()

    def __enter__(self) -> "Fault":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None
    ) -> None:
        self.remove()


class Faults:
    """The faults in force. `match` is a glob over the names of Web API methods and deliveries.

    Such as `chat.*`, `event:message.im` or `block_actions`.
    """

    def __init__(self, on_change: Callable[[], None], on_down: Callable[[], None]) -> None:
        self._on_change, self._on_down = on_change, on_down
        self._faults: list[Fault] = []

    @property
    def is_down(self) -> bool:
        """Whether Slack is unreachable altogether."""
        return any(fault.action == DOWN for fault in self.active)

    @property
    def active(self) -> list[Fault]:
        """The faults in force."""
        return [fault for fault in self._faults if fault.active]

    def ratelimit(self, match: str = "*", *, retry_after: int = 1, times: int | None = None) -> Fault:
        """Answer HTTP 429 with `Retry-After` in seconds; the call has no effect."""
        return self._add(Fault(STATUS, match, times, 429, retry_after, "ratelimited"))

    def fail(
        self, match: str = "*", *, status: int = 500, error: str = "internal_error", times: int | None = None
    ) -> Fault:
        """Answer an HTTP error (with status 200: an error of the method); the call has no effect."""
        return self._add(Fault(STATUS, match, times, status, None, error))

    def hang(self, match: str = "*", *, times: int | None = None) -> Fault:
        """Answer nothing until the fault is removed; the call has no effect."""
        return self._add(Fault(HANG, match, times))

    def slow(self, match: str = "*", *, delay: float, times: int | None = None) -> Fault:
        """Delay the call by real seconds, then carry it out."""
        return self._add(Fault(SLOW, match, times, delay=delay))

    def cut(self, match: str = "*", *, times: int | None = None) -> Fault:
        """Cut the connection before the call has any effect."""
        return self._add(Fault(CUT, match, times))

    def lose_answer(self, match: str = "*", *, times: int | None = None) -> Fault:
        """Carry the call out, then cut the connection: the caller cannot know that it took effect."""
        return self._add(Fault(CUT_AFTER, match, times))

    def duplicate(self, match: str = "*", *, times: int | None = 1) -> Fault:
        """Send a delivery twice."""
        return self._add(Fault(DUPLICATE, match, times))

    def drop(self, match: str = "*", *, times: int | None = None) -> Fault:
        """Lose a delivery."""
        return self._add(Fault(DROP, match, times))

    def down(self) -> Fault:
        """Make Slack unreachable: calls are cut, sockets closed and refused, until the fault is removed."""
        fault = self._add(Fault(DOWN, "*"))
        self._on_down()
        return fault

    def _add(self, fault: Fault) -> Fault:
        fault.on_change = self._on_change
        self._faults.append(fault)
        self._on_change()
        return fault

    def take(self, name: str, *actions: str) -> Fault | None:
        """The first fault of these actions for a call or delivery, counted as used; None for none."""
        self._faults = self.active
        for fault in self._faults:
            if fault.action in actions and fnmatch(name, fault.match):
                fault.used += 1
                return fault
        return None

    def clear(self) -> None:
        """Remove all faults."""
        for fault in self._faults:
            fault.remove()
        self._faults = []
