"""Repeat work by the seconds that pass: no setting of the machine's clock can stop it."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import structlog

from models.store.base import Unavailable

log = structlog.stdlib.get_logger(__name__)


class Ticker:
    """Does one thing every so many seconds, until it is stopped."""

    def __init__(
        self,
        seconds: float,
        work: Callable[[], Awaitable[object]],
        *,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        """`monotonic` and `sleep` are the event loop's own, but in tests."""
        self._seconds, self._work = seconds, work
        self._monotonic, self._sleep = monotonic, sleep
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin; the first time is in `seconds`."""
        self._task = asyncio.create_task(self.run(), name=f"every {self._seconds} s: {_name(self._work)}")

    def stop(self) -> None:
        """End, in the middle of the work where it is under way."""
        if self._task is not None:
            self._task.cancel()

    async def run(self) -> None:
        """Do it for ever. What fails is logged; of what is missed while it takes long, nothing is made up."""
        due = self._monotonic() + self._seconds
        while True:
            await self._sleep(max(0.0, due - self._monotonic()))
            await attempt(self._work)
            missed = max(0.0, self._monotonic() - due) // self._seconds
            due += self._seconds * (1 + missed)


async def attempt(work: Callable[[], Awaitable[object]]) -> None:
    """Do something whose failure is only logged, since it is done again another time.

    Raises:
        CancelledError: The bot stops.
    """
    try:
        await work()
    except Unavailable as error:
        log.warning("tick failed", tick=_name(work), error=str(error))
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is None or task.cancelling():  # we are stopped ourselves
            raise
        log.warning("tick failed", tick=_name(work), error="something that it waited for was cancelled")
    except Exception:
        log.exception("tick failed", tick=_name(work))


def _name(work: Callable[[], Awaitable[object]]) -> str:
    return getattr(work, "__qualname__", repr(work))
