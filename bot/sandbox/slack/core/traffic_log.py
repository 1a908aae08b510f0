"""The log of everything sent: each Web API call, each delivery and its acknowledgement."""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.sandbox.slack.core.clock import Clock


@dataclass
class LogEntry:
    """One exchange: `kind` is "api", "delivery" or "note", `name` the method or the kind of delivery.

    `duration` is in real seconds, None while the exchange is open; `error` is None when it succeeded.
    """

    number: int
    kind: str
    name: str
    at: datetime
    app: str | None
    request: Any
    response: Any = None
    error: str | None = None
    duration: float | None = None
    via: str = "http"

    def line(self) -> str:
        """One line for a failed assertion or a terminal."""
        state = "…" if self.duration is None else f"{self.duration * 1000:.0f} ms"
        return f"{self.kind} {self.name} [{state}] {self.error or 'ok'}"


class Log:
    """The last exchanges, oldest first. Observers are called when one starts and when it ends."""

    def __init__(self, clock: Clock, size: int = 5000) -> None:
        self._clock = clock
        self._entries: deque[LogEntry] = deque(maxlen=size)
        self._count = 0
        self.observers: list[Callable[[LogEntry], None]] = []

    def start(
        self, kind: str, name: str, request: Any, app: str | None = None, via: str = "http"
    ) -> LogEntry:
        self._count += 1
        entry = LogEntry(self._count, kind, name, self._clock.now(), app, request, via=via)
        self._entries.append(entry)
        self._notify(entry)
        return entry

    def finish(self, entry: LogEntry, duration: float, response: Any, error: str | None) -> None:
        entry.duration, entry.response, entry.error = duration, response, error
        self._notify(entry)

    def note(self, text: str) -> None:
        """Log what Slack itself would not show, for the developer of an app."""
        entry = self.start("note", text, None)
        self.finish(entry, 0.0, None, text)

    def _notify(self, entry: LogEntry) -> None:
        for observer in self.observers:
            observer(entry)

    def __iter__(self) -> Iterator[LogEntry]:
        return iter(list(self._entries))

    def __len__(self) -> int:
        return len(self._entries)

    def calls(self, method: str | None = None) -> list[LogEntry]:
        """Web API calls, of one method or of all."""
        return [entry for entry in self if entry.kind == "api" and method in (None, entry.name)]

    def deliveries(self, name: str | None = None) -> list[LogEntry]:
        """Deliveries to apps, of one kind or of all."""
        return [entry for entry in self if entry.kind == "delivery" and name in (None, entry.name)]

    def clear(self) -> None:
        self._entries.clear()

    def recent(self, count: int = 12) -> str:
        """The last `count` lines, after every failure among the last hundred."""
        entries = list(self._entries)
        recent = [entry for entry in entries[-100:-count] if entry.error] + entries[-count:]
        return "\n".join(entry.line() for entry in recent) or "nothing was sent"
