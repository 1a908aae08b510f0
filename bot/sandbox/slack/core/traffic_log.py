"""What went over the wire: every Web API call, every delivery and its acknowledgement."""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.sandbox.slack.core.clock import Clock


@dataclass
class Entry:
    """One exchange: `kind` is "api" or "delivery", `name` the method or the kind of delivery.

    `took` is in real seconds, None while it is under way; `error` is None when it went well.
    """

    number: int
    kind: str
    name: str
    at: datetime
    app: str | None
    request: Any
    response: Any = None
    error: str | None = None
    took: float | None = None
    via: str = "http"

    def line(self) -> str:
        """One line for a failed assertion or a terminal."""
        state = "…" if self.took is None else f"{self.took * 1000:.0f} ms"
        return f"{self.kind} {self.name} [{state}] {self.error or 'ok'}"


class Log:
    """The last exchanges, oldest first; observers hear of each when it starts and when it ends."""

    def __init__(self, clock: Clock, size: int = 5000) -> None:
        self._clock = clock
        self._entries: deque[Entry] = deque(maxlen=size)
        self._count = 0
        self.observers: list[Callable[[Entry], None]] = []

    def start(self, kind: str, name: str, request: Any, app: str | None = None, via: str = "http") -> Entry:
        self._count += 1
        entry = Entry(self._count, kind, name, self._clock.now(), app, request, via=via)
        self._entries.append(entry)
        self._tell(entry)
        return entry

    def finish(self, entry: Entry, took: float, response: Any, error: str | None) -> None:
        entry.took, entry.response, entry.error = took, response, error
        self._tell(entry)

    def note(self, text: str) -> None:
        """Something that Slack would not show, but that helps whoever looks for a mistake."""
        entry = self.start("note", text, None)
        self.finish(entry, 0.0, None, text)

    def _tell(self, entry: Entry) -> None:
        for observer in self.observers:
            observer(entry)

    def __iter__(self) -> Iterator[Entry]:
        return iter(list(self._entries))

    def __len__(self) -> int:
        return len(self._entries)

    def calls(self, method: str | None = None) -> list[Entry]:
        """Web API calls, of one method or of all."""
        return [each for each in self if each.kind == "api" and method in (None, each.name)]

    def deliveries(self, name: str | None = None) -> list[Entry]:
        """What was sent to apps, of one kind or of all."""
        return [each for each in self if each.kind == "delivery" and name in (None, each.name)]

    def clear(self) -> None:
        self._entries.clear()

    def recent(self, count: int = 12) -> str:
        """The last lines, for a message to a developer; failures are never left out of the last hundred."""
        entries = list(self._entries)
        shown = [each for each in entries[-100:-count] if each.error] + entries[-count:]
        return "\n".join(each.line() for each in shown) or "nothing was sent"
