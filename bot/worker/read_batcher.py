"""Reads that are asked for in the same moment, made as one: what they have in common is then read once."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Generic, TypeVar

from models.store.base import Unavailable

K = TypeVar("K")
V = TypeVar("V")


class Together(Generic[K, V]):
    """Gathers keys until the loop's next round, and reads them all.

    A read begins after everybody who gets something of it has asked, so that nobody hears what was true
    before.
    """

    def __init__(self, read: Callable[[Sequence[K]], Awaitable[Mapping[K, V]]]) -> None:
        self._read = read
        self._asked: dict[K, asyncio.Future[V]] = {}
        self._reading: set[asyncio.Task[None]] = set()

    async def get(self, key: K) -> V:
        """What is read of this key; raises what reading it raises, and not what another's does."""
        if not self._asked:
            reading = asyncio.create_task(self._soon())
            self._reading.add(reading)
            reading.add_done_callback(self._reading.discard)
        future = self._asked.setdefault(key, asyncio.get_running_loop().create_future())
        # Who gives up does not take it from the others.
        return await asyncio.shield(future)

    async def _soon(self) -> None:
        await asyncio.sleep(0)
        asked, self._asked = self._asked, {}
        await self._answer(asked)

    async def _answer(self, asked: "Mapping[K, asyncio.Future[V]]") -> None:
        try:
            read = await self._read(list(asked))
            found = {key: read[key] for key in asked}
        except Exception as error:  # noqa: BLE001 - whatever it was, who asked must hear of it
            if len(asked) == 1 or isinstance(error, Unavailable):
                _fail(asked, error)
                return
            for key, future in asked.items():  # it is one's own; the others get theirs
                await self._answer({key: future})
        else:
            for key, future in asked.items():
                future.set_result(found[key])


def _fail(asked: "Mapping[K, asyncio.Future[V]]", error: Exception) -> None:
    for future in asked.values():
        future.set_exception(error)
        future.exception()  # whoever asked may have given up
