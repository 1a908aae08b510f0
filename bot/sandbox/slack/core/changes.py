"""The change feed: wait until a condition holds, without polling."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import TypeVar

T = TypeVar("T")


class Changes:
    """Wakes every waiter at each change in the local Slack. Belongs to one event loop."""

    def __init__(self) -> None:
        self.version = 0
        self._waiters: set[asyncio.Future[None]] = set()

    def notify(self) -> None:
        self.version += 1
        waiters, self._waiters = self._waiters, set()
        for future in waiters:
            if not future.done():
                future.set_result(None)

    async def next(self) -> None:
        """Return at the next change."""
        future = asyncio.get_running_loop().create_future()
        self._waiters.add(future)
        try:
            await future
        finally:
            self._waiters.discard(future)

    async def until(self, condition: Callable[[], T], seconds: float, explain: Callable[[], str]) -> T:
        """The first truthy value of `condition()`, evaluated again at each change.

        Raises:
            AssertionError: with `explain()`, after `seconds` real seconds.
        """
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
        """Yield the version after each change; `async for version in slack.changes()`.

        Changes made while the caller was busy are yielded as one.
        """
        last = -1
        while True:
            while self.version == last:
                await self.next()
            last = self.version
            yield last
