"""The change feed: waiting for something to become true without sleeping and looking."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import TypeVar

T = TypeVar("T")


class Changes:
    """Wakes whoever waits whenever anything in the local Slack changed. Belongs to one event loop."""

    def __init__(self) -> None:
        self.version = 0
        self._waiting: set[asyncio.Future[None]] = set()

    def notify(self) -> None:
        self.version += 1
        waiting, self._waiting = self._waiting, set()
        for future in waiting:
            if not future.done():
                future.set_result(None)

    async def next(self) -> None:
        """Returns at the next change."""
        future = asyncio.get_running_loop().create_future()
        self._waiting.add(future)
        try:
            await future
        finally:
            self._waiting.discard(future)

    async def until(self, condition: Callable[[], T], seconds: float, explain: Callable[[], str]) -> T:
        """The first truthy `condition()`; AssertionError with `explain()` after `seconds`."""
        try:
            async with asyncio.timeout(seconds):
                while not (value := condition()):
                    await self.next()
                return value
        except TimeoutError:
            if value := condition():
                return value
            raise AssertionError(f"it did not come true within {seconds} s\n{explain()}") from None

    async def __call__(self) -> AsyncIterator[int]:
        """Yields the version after each change; `async for version in slack.changes()`.

        Changes that came while the caller was busy are one step.
        """
        seen = -1
        while True:
            while self.version == seen:
                await self.next()
            seen = self.version
            yield seen
