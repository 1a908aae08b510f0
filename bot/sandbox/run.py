"""Runs the sandbox: the company in a browser, or the story."""

import asyncio
import errno
import signal
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from bot.errors import Failure
from bot.sandbox import company
from bot.sandbox.browser import Browser, DueEvent, Setup, Switch
from bot.sandbox.panels import panels
from bot.sandbox.running_company import CompanyFiles, RunningCompany, run_company
from bot.sandbox.slack.delivery.faults import Fault
from bot.sandbox.story import StoryError, add_history, play_story

Report = Callable[[str], None]


@dataclass(frozen=True)
class MovableTime:
    """The company's clock, as the browser's buttons move it."""

    running: RunningCompany

    def now(self) -> datetime:
        return self.running.clock.now()

    async def forward(self, step: timedelta) -> None:
        await self.running.forward(step)

    async def next_due(self) -> DueEvent | None:
        return await self.running.next_due()


async def run_story(folder: Path, report: Report) -> None:
    """Play the story in a new company.

    Raises:
        Failure: a step did not go as it should.
    """
    files = CompanyFiles(folder)
    files.begin(fresh=True)
    async with run_company(files) as running:
        try:
            await play_story(running, report)
        except StoryError as error:
            raise Failure(f"The story broke: {error}\n{running.slack.log.recent()}") from error


async def run_browser(folder: Path, port: int, report: Report, *, fresh: bool) -> None:
    """Run the company for a browser, until SIGTERM or Ctrl-C.

    Raises:
        Failure: it cannot start, as where the port is taken.
    """
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    files = CompanyFiles(folder)
    files.begin(fresh=fresh)
    async with run_company(files) as running:
        if running.fresh:
            await add_history(running)
        browser = Browser(running.slack, page_setup(running))
        await _listen(browser, port)
        report(f"The sandbox is at {browser.url}")
        report("Ctrl-C ends it; next time it goes on where you left it.")
        await stop.wait()
        await browser.stop()


async def _listen(browser: Browser, port: int) -> None:
    try:
        await browser.start(port)
    except OSError as error:
        reason = "is taken" if error.errno == errno.EADDRINUSE else f"cannot be used: {error.strerror}"
        raise Failure(f"Port {port} {reason}. Try another one, or --port 0 for any.") from error


def page_setup(running: RunningCompany) -> Setup:
    """What the browser shows beside Slack."""
    return Setup(
        title="Keyturn sandbox",
        time=MovableTime(running),
        panels=panels(running),
        switches=(_target_system(running),),
        welcome=_welcome,
        order=tuple(colleague.id for colleague in company.PEOPLE),
    )


def _target_system(running: RunningCompany) -> Switch:
    """A switch that breaks user groups, the system in which this company's access is granted."""
    faults: list[Fault] = []

    def broken() -> bool:
        return any(fault.active for fault in faults)

    def flip(is_broken: bool) -> None:
        for fault in faults:
            fault.remove()
        faults[:] = [running.slack.faults.fail("usergroups.*", status=503)] if is_broken else []

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
