"""What the program that starts the browser client can add to it: a clock, panels, switches, a welcome."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from markupsafe import Markup


@dataclass(frozen=True)
class DueEvent:
    """The next thing that happens by itself: when (aware), and a text of a few words."""

    at: datetime
    text: str


class CompanyClock(Protocol):
    """A clock that the page can move. `forward` returns when everything due by then has been done."""

    def now(self) -> datetime: ...
    async def forward(self, step: timedelta) -> None: ...
    async def next_due(self) -> DueEvent | None: ...


@dataclass(frozen=True)
class Table:
    """Rows of plain text for a panel; `note` is shown above them, alone where there are none."""

    columns: Sequence[str]
    rows: Sequence[Sequence[object]]
    note: str = ""


@dataclass(frozen=True)
class Panel:
    """A tab of the drawer. `draw` is called at each change while the panel is open."""

    name: str
    draw: Callable[[], Awaitable[Table | Markup]]

    @property
    def key(self) -> str:
        return self.name.lower().replace(" ", "-")


@dataclass(frozen=True)
class Switch:
    """Something outside Slack that can be broken: `flip(True)` breaks it, `broken()` says whether it is."""

    name: str
    description: str
    broken: Callable[[], bool]
    flip: Callable[[bool], None]


@dataclass(frozen=True)
class Setup:
    """Everything added to the client. `welcome` is the text of an empty conversation for a person.

    `order` holds ids of people, in the order in which the page lists them.
    """

    title: str = "Sandbox"
    time: CompanyClock | None = None
    panels: Sequence[Panel] = ()
    switches: Sequence[Switch] = ()
    welcome: Callable[[str], str] = lambda _user_id: "Nothing has been said here."
    order: Sequence[str] = field(default_factory=tuple)
