"""What whoever starts the browser client may hand in: a clock that moves, panels, switches, a welcome."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from markupsafe import Markup


@dataclass(frozen=True)
class Due:
    """The next thing that happens by itself: when (aware), and what, in a few words."""

    at: datetime
    what: str


class Time(Protocol):
    """The company's time. `forward` returns when everything that became due by it is done."""

    def now(self) -> datetime: ...
    async def forward(self, step: timedelta) -> None: ...
    async def next_due(self) -> Due | None: ...


@dataclass(frozen=True)
class Table:
    """Rows of plain text for a panel; `note` stands above, and alone where there are no rows."""

    columns: Sequence[str]
    rows: Sequence[Sequence[object]]
    note: str = ""


@dataclass(frozen=True)
class Panel:
    """A tab of "What really happened". `draw` is asked anew whenever something changed while it is open."""

    name: str
    draw: Callable[[], Awaitable[Table | Markup]]

    @property
    def key(self) -> str:
        return self.name.lower().replace(" ", "-")


@dataclass(frozen=True)
class Switch:
    """Something around Slack that can be broken: `flip(True)` breaks it, `broken()` says whether it is."""

    name: str
    description: str
    broken: Callable[[], bool]
    flip: Callable[[bool], None]


@dataclass(frozen=True)
class Setup:
    """What the local Slack does not know of a company. `welcome` is shown where nothing was said yet."""

    title: str = "Sandbox"
    time: Time | None = None
    panels: Sequence[Panel] = ()
    switches: Sequence[Switch] = ()
    welcome: Callable[[str], str] = lambda _user_id: "Nothing has been said here."
    order: Sequence[str] = field(default_factory=tuple)  # ids of people, first the one to begin as
