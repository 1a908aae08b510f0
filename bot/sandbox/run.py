"""Runs the sandbox: for people in a browser, or as a story."""

import asyncio
import errno
import signal
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from bot.failure import Failure
from bot.sandbox import company
from bot.sandbox.browser import Browser, Due, Setup, Switch
from bot.sandbox.next_due import next_due
from bot.sandbox.panels import panels
from bot.sandbox.running_company import Files, Town, running
from bot.sandbox.slack.delivery.faults import Fault
from bot.sandbox.story import StoryBroken, live_a_little, tell

Say = Callable[[str], None]


@dataclass(frozen=True)
class TownTime:
    """The town's clock for the browser's buttons."""

    town: Town

    def now(self) -> datetime:
        return self.town.clock.now()

    async def forward(self, step: timedelta) -> None:
        await self.town.forward(step)

    async def next_due(self) -> Due | None:
        return await self.town.bot.store.read(next_due)


async def play(folder: Path, say: Say) -> None:
    """The story, in a new company. Raises Failure where it does not go as it should."""
    files = Files(folder)
    files.begin(fresh=True)
    async with running(files) as town:
        try:
            await tell(town, say)
        except StoryBroken as broken:
            raise Failure(f"The story broke: {broken}\n{town.slack.log.recent()}") from broken


async def open_doors(folder: Path, port: int, say: Say, *, fresh: bool) -> None:
    """The company in a browser, until SIGTERM or Ctrl-C. Raises Failure, as for a port that is taken."""
    told = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    files = Files(folder)
    files.begin(fresh=fresh)
    async with running(files) as town:
        if town.fresh:
            await live_a_little(town)
        browser = Browser(town.slack, setup(town))
        await _listen(browser, port)
        say(f"The sandbox is at {browser.url}")
        say("Ctrl-C ends it; next time it goes on where you left it.")
        await told.wait()
        await browser.stop()


async def _listen(browser: Browser, port: int) -> None:
    try:
        await browser.start(port)
    except OSError as error:
        why = "is taken" if error.errno == errno.EADDRINUSE else f"cannot be used: {error.strerror}"
        raise Failure(f"Port {port} {why}. Try another one, or --port 0 for any.") from error


def setup(town: Town) -> Setup:
    """What the browser shows beyond Slack."""
    return Setup(
        title="Keyturn sandbox",
        time=TownTime(town),
        panels=panels(town),
        switches=(_target_system(town),),
        welcome=_welcome,
        order=tuple(each.id for each in company.PEOPLE),
    )


def _target_system(town: Town) -> Switch:
    """User groups as a target system that is away: the accesses of this company are given there."""
    faults: list[Fault] = []

    def broken() -> bool:
        return any(each.active for each in faults)

    def flip(broken_now: bool) -> None:
        for each in faults:
            each.remove()
        faults[:] = [town.slack.faults.fail("usergroups.*", status=503)] if broken_now else []

    about = "Where accesses are given and taken: no user group can be read or changed."
    return Switch("User groups", about, broken, flip)


def _welcome(user_id: str) -> str:
    if user_id in company.ADMINS:
        return "You look after Keyturn here. Type /access-admin to see and change what can be asked for."
    return (
        "Nothing here yet. Type /request-access and press Enter to ask for something, "
        "or /request-access github engineering 8h because INC-42 to fill the form at once.\n\n"
        "Then be somebody else, on the left, and decide."
    )
