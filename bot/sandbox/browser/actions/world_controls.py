"""What a window can do to the world itself: move its time, and break things."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from bot.sandbox.browser.actions.handlers import Verb
from bot.sandbox.browser.extension_points import Setup, Time
from bot.sandbox.browser.window import Json, Window
from bot.sandbox.slack.delivery.faults import Fault, Faults

STEPS = {"hour": timedelta(hours=1), "day": timedelta(days=1)}
HOW: dict[str, tuple[str, Callable[[Faults, str], Any]]] = {
    "429": (
        "Too many requests (429, try again in 5 s)",
        lambda all_, what: all_.ratelimit(what, retry_after=5),
    ),
    "500": ("Server error (500)", lambda all_, what: all_.fail(what)),
    "hang": ("No answer at all", lambda all_, what: all_.hang(what)),
    "cut": ("Connection cut off", lambda all_, what: all_.cut(what)),
    "lose": ("Done, but the answer is lost", lambda all_, what: all_.lose_answer(what)),
    "drop": ("What people do never arrives", lambda all_, what: all_.drop(what)),
    "down": ("Slack is away altogether", lambda all_, _what: all_.down()),
}


def verbs(setup: Setup) -> dict[str, Verb]:
    """The verbs, bound to what was handed in."""
    world = _World(setup)
    return {each.__name__: each for each in (world.forward, world.fault, world.mend, world.switch)}


class _World:
    def __init__(self, setup: Setup) -> None:
        self._setup = setup

    async def forward(self, window: Window, said: Json) -> None:
        """Moves the clock by an hour, a day, or to the next thing due."""
        time = self._setup.time
        if time is None or "forward" in window.busy:
            return
        window.busy.add("forward")
        window.changed.set()
        try:
            await time.forward(await _step(time, str(said["step"])))
        finally:
            window.busy.discard("forward")
            window.slack.changes.notify()

    async def fault(self, window: Window, said: Json) -> None:
        """Sets a fault on some methods; `times` is how often, empty for until it is mended."""
        faults, what = window.slack.faults, str(said.get("match") or "*")
        made: Fault = HOW[str(said["how"])][1](faults, what)
        made.times = int(said["times"]) if said.get("times") else None

    async def mend(self, window: Window, said: Json) -> None:
        """Takes one fault away, or all."""
        faults = window.slack.faults
        if "index" in said:
            faults.active[int(said["index"])].remove()
        else:
            faults.clear()

    async def switch(self, window: Window, said: Json) -> None:
        """Breaks or mends something that the composition handed in."""
        chosen = self._setup.switches[int(said["index"])]
        chosen.flip(not chosen.broken())
        window.slack.changes.notify()


async def _step(time: Time, name: str) -> timedelta:
    if name in STEPS:
        return STEPS[name]
    due = await time.next_due()
    return max(timedelta(), due.at - time.now()) if due else timedelta()
