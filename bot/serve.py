"""Running the bot as a process, until a signal says to stop."""

import asyncio
import signal

import structlog

from bot.app import build
from bot.config import Config
from models.clock import Clock

log = structlog.stdlib.get_logger(__name__)


async def serve(config: Config, clock: Clock) -> None:
    """Run until SIGTERM or SIGINT; what is in hand is finished first. Raises Failure if it cannot start."""
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)
    keyturn = await build(config, clock)
    try:
        await keyturn.start()
        log.info("ready", mode=config.slack.mode, listening=keyturn.base_url)
        await told.wait()
        log.info("stopping")
    finally:
        await keyturn.stop()
    log.info("stopped")
