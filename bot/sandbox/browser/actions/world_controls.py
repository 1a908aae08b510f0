"""Controls of the world around the windows: its time, and faults."""

from collections.abc import Callable
from datetime import timedelta

from bot.sandbox.browser.actions.handlers import Handler
from bot.sandbox.browser.extension_points import CompanyClock, Setup
from bot.sandbox.browser.window import Json, Window
from bot.sandbox.slack.delivery.faults import Fault, Faults

STEPS = {"hour": timedelta(hours=1), "day": timedelta(days=1)}
# By the key that the page sends: the label, and the call that sets the fault on matching methods.
FAULTS: dict[str, tuple[str, Callable[[Faults, str], Fault]]] = {
    "429": (
        "Too many requests (429, try again in 5 s)",
        lambda faults, match: faults.ratelimit(match, retry_after=5),
    ),
    "500": ("Server error (500)", lambda faults, match: faults.fail(match)),
    "hang": ("No answer at all", lambda faults, match: faults.hang(match)),
    "cut": ("Connection cut off", lambda faults, match: faults.cut(match)),
    "lose": ("Done, but the answer is lost", lambda faults, match: faults.lose_answer(match)),
    "drop": ("What people do never arrives", lambda faults, match: faults.drop(match)),
    "down": ("Slack is away altogether", lambda faults, _match: faults.down()),
}


def handlers(setup: Setup) -> dict[str, Handler]:
    """The handlers of the controls, bound to a setup."""
    controls = _Controls(setup)
    methods = (controls.forward, controls.fault, controls.mend, controls.switch)
    return {method.__name__: method for method in methods}


class _Controls:
    def __init__(self, setup: Setup) -> None:
        self._setup = setup

    async def forward(self, window: Window, message: Json) -> None:
        """Move the clock by an hour, a day, or to the next thing due."""
        time = self._setup.time
        if time is None or "forward" in window.busy:
            return
        window.busy.add("forward")
        window.changed.set()
        try:
            await time.forward(await _step(time, str(message["step"])))
        finally:
            window.busy.discard("forward")
            window.slack.changes.notify()

    async def fault(self, window: Window, message: Json) -> None:
        """Set a fault on the methods that `match`; `times` uses, or until it is mended."""
        faults, match = window.slack.faults, str(message.get("match") or "*")
        fault = FAULTS[str(message["how"])][1](faults, match)
        fault.times = int(message["times"]) if message.get("times") else None

    async def mend(self, window: Window, message: Json) -> None:
        """Remove the fault at `index`, or all."""
        faults = window.slack.faults
        if "index" in message:
            faults.active[int(message["index"])].remove()
        else:
            faults.clear()

    async def switch(self, window: Window, message: Json) -> None:
        """Flip a switch of the setup."""
        switch = self._setup.switches[int(message["index"])]
        switch.flip(not switch.broken())
        window.slack.changes.notify()


async def _step(time: CompanyClock, name: str) -> timedelta:
    if name in STEPS:
        return STEPS[name]
    due = await time.next_due()
    return max(timedelta(), due.at - time.now()) if due else timedelta()
