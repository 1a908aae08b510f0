"""`keyturn check`: check everything that Keyturn needs, and say what to fix."""

import asyncio
from pathlib import Path

import typer

from bot.commands.options import ConfigFile, load_config
from bot.config import Config
from bot.config_sources import DEFAULT_FILE
from bot.errors import Failure
from bot.plural import plural
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
    from bot.check.result import Status, ok  # noqa: PLC0415
    from bot.check.run_checks import run_checks  # noqa: PLC0415

    colours = {Status.OK: "green", Status.NOTE: "yellow", Status.BAD: "red", Status.SKIPPED: None}
    redactor, wrong = Redactor(config.secrets()), 0
    source = path or (DEFAULT_FILE if DEFAULT_FILE.exists() else "environment")
    typer.secho(str(ok("Configuration", f"{source}, mode {config.slack.mode}")), fg=colours[Status.OK])
    async for result in run_checks(config):
        typer.secho(redactor.text(str(result)), fg=colours[result.status])
        wrong += result.status is Status.BAD
    return wrong
