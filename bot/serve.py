"""Run the bot as a process, until a signal says to stop."""

import asyncio
import gc
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import structlog

from bot.app import Keyturn, build
from bot.config import Config
from bot.errors import Failure
from models.clock import Clock
from models.jobs import LEASE
from models.store.base import Unavailable

log = structlog.stdlib.get_logger(__name__)


async def serve(config: Config, clock: Clock, *, lease: timedelta = LEASE, observe: bool = False) -> None:
    """Run until SIGTERM or SIGINT; what is in hand is finished first. For `lease` and `observe` see `build`.

    Raises:
        Failure: It cannot start, or Slack was away then and now does not take the token.
    """
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    with _explain_database_errors():
        keyturn = await build(config, clock, lease=lease, observe=observe)
    try:
        with _explain_database_errors():
            await keyturn.start()
        keep_what_is_loaded()
        log.info(
            "ready", mode=config.slack.mode, listening=keyturn.base_url, health=keyturn.health_url or "none"
        )
        await _run_until(stopping, keyturn)
        log.info("stopping")
    finally:
        await keyturn.stop()
    log.info("stopped")


def keep_what_is_loaded() -> None:
    """Exclude what is loaded by now from garbage collection, and collect what comes.

    Walking all of it again takes a tenth of a second, now and then, in which nobody is answered. Nor is it
    walked now: of 150,000 objects 2,000 are garbage, which stays as well.
    """
    gc.freeze()
    gc.enable()


@contextmanager
def _explain_database_errors() -> Iterator[None]:
    """Raise a Failure for a database that cannot be used: no defect of Keyturn's.

    Raises:
        Failure: The database cannot be used.
    """
    try:
        yield
    except Unavailable as error:
        raise Failure(str(error)) from error


async def _run_until(stopping: asyncio.Event, keyturn: Keyturn) -> None:
    stop = asyncio.create_task(stopping.wait())
    identified = asyncio.create_task(keyturn.wait_for_identity())
    try:
        await asyncio.wait({stop, identified}, return_when=asyncio.FIRST_COMPLETED)
        if identified.done():
            identified.result()
            await stop
    finally:
        identified.cancel()
        stop.cancel()
