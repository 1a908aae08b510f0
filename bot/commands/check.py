"""`keyturn check`: check everything that Keyturn needs, and say what to fix."""

import asyncio
import shutil
import sys
from contextlib import nullcontext
from pathlib import Path

import typer

from bot.commands.options import ConfigFile, load_config
from bot.config import Config
from bot.errors import Failure
from bot.plural import plural
from bot.progress import progress
from bot.redact import Redactor


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("check")(check)


def check(config: ConfigFile = None) -> None:
    """Check configuration, database, Slack app, catalogue and connectors, and say what to fix.

    Changes nothing. The exit code is 1 if something needs fixing.
    """
    settings = load_config(config)
    wrong = asyncio.run(_report(config, settings))
    if wrong:
        raise Failure(f"{plural(wrong, 'thing')} to fix.")


async def _report(path: Path | None, config: Config) -> int:
    """Print the findings as they come; returns how many need fixing."""
    # What it takes to call Slack and the target systems is not for the other commands to wait for.
    from bot.check.files import configuration  # noqa: PLC0415
    from bot.check.result import CheckResult, Status  # noqa: PLC0415
    from bot.check.run_checks import run_checks  # noqa: PLC0415

    colours = {Status.OK: "green", Status.NOTE: "yellow", Status.BAD: "red", Status.SKIPPED: None}
    redactor, terminal, wrong = Redactor(config.secrets()), sys.stdout.isatty(), 0

    def show(result: CheckResult) -> None:
        # A file or another program gets each finding as one line.
        text = result.folded(shutil.get_terminal_size().columns) if terminal else str(result)
        with shown.hidden() if shown else nullcontext():
            typer.secho(redactor.text(text), fg=colours[result.status])

    with progress("Checking") as shown:
        for result in configuration(path, config):
            show(result)
        async for result in run_checks(config):
            show(result)
            wrong += result.status is Status.BAD
    return wrong
