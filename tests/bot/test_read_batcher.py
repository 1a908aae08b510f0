"""Reads that are asked for in the same moment are one, and nobody hears what was true before they asked."""

import asyncio
from collections.abc import Sequence

import pytest

from bot.worker.jobs.sync_card import ReadBatcher
from models.store.base import Unavailable


class Shelf:
    """What is read: each key's own name, but for those that cannot be."""

    def __init__(self, *broken: int, away: bool = False) -> None:
        self.broken, self.away = broken, away
        self.reads = list[list[int]]()
        self.began = asyncio.Event()

    async def read(self, keys: Sequence[int]) -> dict[int, str]:
        self.reads.append(list(keys))
        self.began.set()
        await asyncio.sleep(0)
        if self.away:
            raise Unavailable("The database does not answer.")
        for key in keys:
            if key in self.broken:
                raise LookupError(f"no {key}")
        return {key: f"card {key}" for key in keys}


async def test_who_asks_in_the_same_moment_shares_one_read() -> None:
    shelf = Shelf()
    batcher = ReadBatcher(shelf.read)
    found = await asyncio.gather(*(batcher.get(key) for key in (1, 2, 2, 3)))
    assert found == ["card 1", "card 2", "card 2", "card 3"]
    assert shelf.reads == [[1, 2, 3]]


async def test_who_asks_while_a_read_is_under_way_gets_one_of_their_own() -> None:
    shelf = Shelf()
    batcher = ReadBatcher(shelf.read)
    first = asyncio.create_task(batcher.get(1))
    await shelf.began.wait()
    assert await batcher.get(1) == await first == "card 1"
    assert shelf.reads == [[1], [1]]


async def test_what_cannot_be_read_fails_for_who_asked_for_it_and_for_nobody_else() -> None:
    batcher = ReadBatcher(Shelf(2).read)
    found = await asyncio.gather(*(batcher.get(key) for key in (1, 2, 3)), return_exceptions=True)
    assert [str(one) for one in found] == ["card 1", "no 2", "card 3"]


async def test_a_database_that_is_away_is_asked_once_and_not_once_for_each() -> None:
    shelf = Shelf(away=True)
    batcher = ReadBatcher(shelf.read)
    found = await asyncio.gather(*(batcher.get(key) for key in (1, 2)), return_exceptions=True)
    assert [type(one) for one in found] == [Unavailable, Unavailable]
    assert shelf.reads == [[1, 2]]


async def test_who_gives_up_takes_nothing_from_the_others() -> None:
    shelf = Shelf()
    batcher = ReadBatcher(shelf.read)
    first, other = asyncio.create_task(batcher.get(1)), asyncio.create_task(batcher.get(2))
    await asyncio.sleep(0)
    first.cancel()
    assert await other == "card 2"
    with pytest.raises(asyncio.CancelledError):
        await first
