"""Batch reads of the same moment into one: what they have in common is then read once."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Generic, TypeVar

from models.store.base import Unavailable

K = TypeVar("K")
V = TypeVar("V")


class ReadBatcher(Generic[K, V]):
    """Gathers keys until the event loop's next round, and reads them all.

    A read begins after everybody who gets a value of it has asked, so that no value is older than its `get`.
    """

    def __init__(self, read: Callable[[Sequence[K]], Awaitable[Mapping[K, V]]]) -> None:
        self._read = read
        self._waiting: dict[K, asyncio.Future[V]] = {}
        self._reading: set[asyncio.Task[None]] = set()

    async def get(self, key: K) -> V:
        """The value of this key. Raises what reading this key raises, and not what another's does."""
        if not self._waiting:
            reading = asyncio.create_task(self._read_next_round())
            self._reading.add(reading)
            reading.add_done_callback(self._reading.discard)
        future = self._waiting.setdefault(key, asyncio.get_running_loop().create_future())
        # A `get` that is cancelled does not take the value from the others.
        return await asyncio.shield(future)

    async def _read_next_round(self) -> None:
        await asyncio.sleep(0)
        waiting, self._waiting = self._waiting, {}
        await self._answer(waiting)

    async def _answer(self, waiting: "Mapping[K, asyncio.Future[V]]") -> None:
        try:
            read = await self._read(list(waiting))
            values = {key: read[key] for key in waiting}
        except Exception as error:  # noqa: BLE001 - whatever it was, each `get` has to raise it
            if len(waiting) == 1 or isinstance(error, Unavailable):
                _fail(waiting, error)
                return
            for key, future in waiting.items():  # one key's own error; the others get their values
                await self._answer({key: future})
        else:
            for key, future in waiting.items():
                future.set_result(values[key])


def _fail(waiting: "Mapping[K, asyncio.Future[V]]", error: Exception) -> None:
    for future in waiting.values():
        future.set_exception(error)
        future.exception()  # retrieved here, since the `get` may have been cancelled
