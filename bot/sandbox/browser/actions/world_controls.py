"""Controls of the world around the windows: its time, faults, the guide, and a fresh start."""

from collections.abc import Callable
from datetime import timedelta

from bot.sandbox.browser.actions import conversation
from bot.sandbox.browser.actions.handlers import Handler
from bot.sandbox.browser.extension_points import CompanyClock, GuideError, Setup
from bot.sandbox.browser.place import Place
from bot.sandbox.browser.window import Confirmation, Json, Window
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
    "down": ("Connection refused, both ways", lambda faults, _match: faults.down()),
}
_RESET: Json = {
    "title": {"text": "Reset the sandbox?"},
    "text": {"type": "plain_text", "text": "Everything done here is deleted, and the clock is set back."},
    "confirm": {"text": "Reset"},
    "style": "danger",
}


def handlers(setup: Setup) -> dict[str, Handler]:
    """The handlers of the controls, bound to a setup."""
    controls = _Controls(setup)
    methods = (controls.forward, controls.fault, controls.fix, controls.preset, controls.play, controls.reset)
    return {method.__name__: method for method in methods}


class _Controls:
    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._playing = False
        """In any window: there is one story, and one clock."""

    async def forward(self, window: Window, message: Json) -> None:
        """Move the clock by an hour, a day, or to the next event."""
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
        """Inject a fault for the methods that `match`; `times` uses, or until it is fixed."""
        faults, match = window.slack.faults, str(message.get("match") or "*")
        fault = FAULTS[str(message["how"])][1](faults, match)
        fault.times = int(message["times"]) if message.get("times") else None

    async def fix(self, window: Window, message: Json) -> None:
        """End the fault at `index`, or all; with none left, what they held up is done again."""
        faults = window.slack.faults
        if "index" in message:
            faults.active[int(message["index"])].remove()
        else:
            faults.clear()
        await self._retry(window)

    async def preset(self, window: Window, message: Json) -> None:
        """Start the preset at `index`, or end it."""
        preset, faults = self._setup.presets[int(message["index"])], window.slack.faults
        fault = preset.active(faults)
        if fault is None:
            preset.start(faults)
        else:
            fault.remove()
            await self._retry(window)

    async def _retry(self, window: Window) -> None:
        if self._setup.time is not None and not window.slack.faults.active:
            await self._setup.time.retry()
            window.slack.changes.notify()

    async def play(self, window: Window, message: Json) -> None:
        """Play the steps of the guide up to the one at `step`."""
        guide = self._setup.guide
        if guide is None or self._playing:
            return

        def show(user_id: str, drawer: str) -> None:
            conversation.go_to(window, Place(user_id, drawer=drawer))
            window.moved = True

        self._playing = True
        window.busy.add("guide")
        window.changed.set()
        try:
            for step in range((await guide.progress()).done, int(message["step"]) + 1):
                await guide.play(step, show)
        except GuideError as error:
            window.notice(str(error))
        finally:
            self._playing = False
            window.busy.discard("guide")
            window.slack.changes.notify()

    async def reset(self, window: Window, _message: Json) -> None:
        """Start everything over, once that is confirmed."""
        reset = self._setup.reset
        if reset is None:
            return

        async def start_over() -> None:
            window.slack.faults.clear()
            reset()

        window.question = Confirmation(_RESET, start_over)
        window.changed.set()


async def _step(time: CompanyClock, name: str) -> timedelta:
    if name in STEPS:
        return STEPS[name]
    due = await time.next_due()
    return max(timedelta(), due.at - time.now()) if due else timedelta()
