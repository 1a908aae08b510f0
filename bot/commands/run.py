"""`keyturn run`: the bot itself, until it is told to stop."""

import asyncio
import signal

import structlog
import typer

from bot import log
from bot.app import build
from bot.commands.options import DEFAULT_CONFIG, ConfigFile
from bot.config import Config, load
from models.clock import Clock, SystemClock

logger = structlog.stdlib.get_logger(__name__)


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("run")(run)


def run(config: ConfigFile = DEFAULT_CONFIG) -> None:
    """Run the bot, until SIGTERM or Ctrl-C.

    It brings the database's schema up to date, does what was due while it was away, and then takes what Slack
    delivers. Health: /healthz and /readyz; numbers: /metrics; all at [http] host:port.
    """
    settings = load(config)
    log.configure(settings.secrets())
    asyncio.run(serve(settings, SystemClock()))


async def serve(config: Config, clock: Clock) -> None:
    """Run until a signal says to stop; what is in hand is finished first. Raises Failure."""
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)
    keyturn = await build(config, clock)
    try:
        await keyturn.start()
        logger.info("ready", mode=config.slack.mode, listening=keyturn.base_url)
        await told.wait()
        logger.info("stopping")
    finally:
        await keyturn.stop()
