"""`keyturn run`: run the bot."""

import asyncio
import gc
from typing import Annotated

import typer

from bot import log
from bot.commands.options import ConfigFile
from bot.config import load
from models.clock import SystemClock


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("run")(run)


Observe = Annotated[
    bool, typer.Option("--observe", help="After restoring a backup: end no access until an admin confirms.")
]


def run(config: ConfigFile = None, observe: Observe = False) -> None:
    """Run the bot until SIGTERM or Ctrl-C.

    Updates the database's schema, does whatever became due while it was down, then listens to Slack.
    Health is at /healthz and /readyz on [http] host:port, and so are metrics at /metrics in Socket Mode. In
    mode http, metrics and reasons are on [health] host:port.
    """
    # What is loaded by now and until it is ready stays: looking through it again and again, while it grows,
    # takes a sixth of the time until then. See `keep_what_is_loaded`.
    gc.disable()
    # The other commands start in a third of the time without all that runs.
    from bot.clock.monotonic import MonotonicClock  # noqa: PLC0415
    from bot.serve import serve  # noqa: PLC0415

    settings = load(config)
    log.configure(settings.secrets())
    asyncio.run(serve(settings, MonotonicClock(SystemClock()), observe=observe))
