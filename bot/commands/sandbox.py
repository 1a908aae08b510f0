"""`keyturn sandbox`: try Keyturn in a browser, with a small company and no Slack account."""

import asyncio
import logging
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from bot import log
from bot.commands.options import ConfigFile

FOLDER = Path(".keyturn-sandbox")


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("sandbox")(sandbox)


def sandbox(
    config: ConfigFile = None,  # noqa: ARG001  every command takes it; the sandbox brings its own
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 for any free one.")] = 8700,
    fresh: Annotated[bool, typer.Option("--fresh", help="Start over.")] = False,
    story: Annotated[bool, typer.Option("--story", help="Play the main loop without a browser.")] = False,
) -> None:
    """Try Keyturn in a browser, with a small company and no Slack account.

    The company is kept in .keyturn-sandbox/ in the current folder, and goes on as you left it. --fresh
    starts over. --story plays the main loop in a separate company and prints what happens. Nothing leaves
    this machine, and no configuration is read.
    """
    # The other commands start in a third of the time without all that runs.
    from bot.sandbox import run  # noqa: PLC0415

    log.configure(level=logging.WARNING)
    if story:
        with tempfile.TemporaryDirectory(prefix="keyturn-story-") as folder:
            asyncio.run(run.run_story(Path(folder), typer.echo))
    else:
        asyncio.run(run.run_browser(FOLDER, port, typer.echo, fresh=fresh))
