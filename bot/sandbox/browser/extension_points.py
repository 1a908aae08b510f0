"""What the program that starts the browser client can add to it: a clock, a guide, panels, faults, texts."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from markupsafe import Markup

from bot.sandbox.slack.delivery.faults import Fault, Faults


@dataclass(frozen=True)
class DueEvent:
    """The next thing that happens by itself: when (aware), and a text of a few words."""

    at: datetime
    text: str


class CompanyClock(Protocol):
    """A clock that the page can move.

    `forward` returns when everything due by then has been done; `retry` does again what a fault held up.
    """

    def now(self) -> datetime: ...
    async def forward(self, step: timedelta) -> None: ...
    async def next_due(self) -> DueEvent | None: ...
    async def retry(self) -> None: ...


@dataclass(frozen=True)
class Progress:
    """How many steps of a guide are done, and a sentence on where that leaves the person at the page."""

    done: int
    text: str


class GuideError(Exception):
    """A step could not be played; the message says why, and what to do."""


Show = Callable[[str, str], None]
"""Make the page show a person (by id) with a tab of the drawer open ("" for none)."""


class Guide(Protocol):
    """A story in steps, each of which the page can play."""

    @property
    def steps(self) -> Sequence[str]: ...

    async def progress(self) -> Progress: ...

    async def play(self, step: int, show: Show) -> None:
        """Play one step.

        Raises:
            GuideError: it could not be played.
        """


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
class Preset:
    """A fault with a name, as people speak of it: "Slack is away"."""

    name: str
    description: str
    inject: Callable[[Faults], Fault]

    def active(self, faults: Faults) -> Fault | None:
        """The fault of this preset that is in force, if there is one."""
        return next((fault for fault in faults.active if fault.label == self.name), None)

    def start(self, faults: Faults) -> None:
        """Inject the fault, unless it is in force."""
        if self.active(faults) is None:
            self.inject(faults).label = self.name


@dataclass(frozen=True)
class Setup:
    """Everything added to the client. `welcome` is the text of an empty conversation for a person.

    `order` holds ids of people, in the order in which the page lists them; `roles` has a word for each.
    `reset` starts everything over, with another client in place of this one.
    """

    title: str = "Sandbox"
    time: CompanyClock | None = None
    guide: Guide | None = None
    panels: Sequence[Panel] = ()
    presets: Sequence[Preset] = ()
    welcome: Callable[[str], str] = lambda _user_id: "Nothing has been said here."
    order: Sequence[str] = field(default_factory=tuple)
    roles: Mapping[str, str] = field(default_factory=dict)
    reset: Callable[[], None] | None = None
