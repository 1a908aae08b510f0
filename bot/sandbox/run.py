"""Runs the sandbox: the company in a browser, or the story."""

import asyncio
import errno
import signal
from collections.abc import Callable
from pathlib import Path

from bot.errors import Failure
from bot.sandbox import company
from bot.sandbox.browser import Browser, Preset, Setup
from bot.sandbox.guide import MainStory
from bot.sandbox.panels import panels
from bot.sandbox.running_company import CompanyFiles, RunningCompany, run_company
from bot.sandbox.story import StoryError, add_history, play_story

Report = Callable[[str], None]


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
    """Run the company for a browser, until SIGTERM or Ctrl-C; Reset in the page starts a new one.

    Raises:
        Failure: it cannot start, as where the port is taken.
    """
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    files, announced = CompanyFiles(folder), False
    while not stop.is_set():
        files.begin(fresh=fresh)
        async with run_company(files) as running:
            if running.fresh:
                await add_history(running)
            reset = asyncio.Event()
            browser = Browser(running.slack, page_setup(running, reset.set))
            await _listen(browser, port)
            if not announced:
                report(f"The sandbox is at {browser.url}")
                report("Ctrl-C ends it; next time it goes on where you left it.")
            port, fresh, announced = browser.port, True, True
            await _first_of(stop, reset)
            await browser.stop()


async def _first_of(*events: asyncio.Event) -> None:
    waits = [asyncio.create_task(event.wait()) for event in events]
    await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()


async def _listen(browser: Browser, port: int) -> None:
    try:
        await browser.start(port)
    except OSError as error:
        reason = "is taken" if error.errno == errno.EADDRINUSE else f"cannot be used: {error.strerror}"
        raise Failure(f"Port {port} {reason}. Try another one, or --port 0 for any.") from error


SLACK_AWAY = Preset(
    "Slack is away",
    "Every call to Slack fails (503). What people do still arrives, and is done later.",
    lambda faults: faults.fail("*", status=503),
)
PRESETS = (
    SLACK_AWAY,
    Preset(
        "GitHub is away",
        "User groups, which stand for GitHub and the other apps here, can’t be read or changed (503).",
        lambda faults: faults.fail("usergroups.*", status=503),
    ),
    Preset(
        "Slack is slow",
        "Each call to Slack takes two seconds.",
        lambda faults: faults.slow("*", delay=2.0),
    ),
)


def page_setup(running: RunningCompany, reset: Callable[[], None] | None = None) -> Setup:
    """What the browser shows beside Slack; `reset` starts the company over."""
    return Setup(
        title="Keyturn sandbox",
        time=running,
        guide=MainStory(running, SLACK_AWAY),
        panels=panels(running),
        presets=PRESETS,
        welcome=_welcome,
        order=tuple(colleague.id for colleague in company.PEOPLE),
        roles={colleague.id: colleague.role for colleague in company.PEOPLE},
        reset=reset,
    )


def _welcome(user_id: str) -> str:
    if user_id in company.ADMINS:
        return "Type /access-admin to see and change what people can request."
    return (
        "Nothing here yet. Type /request-access and press Enter to request an access, "
        "or /request-access github engineering 8h because INC-42 to fill in the form at once.\n\n"
        "Then act as an approver, and decide."
    )
