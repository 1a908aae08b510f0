"""Turns: so many at once, people before events, and nobody waits for longer than Slack does."""

import asyncio

import pytest

from handlers import overload
from handlers.overload import Limiter, Overloaded


async def waits(turns: Limiter, name: str, began: list[str], *, person: bool = True) -> None:
    """Take a turn, write down that it began, and end it at once."""
    await turns.enter(person=person)
    began.append(name)
    turns.leave()


async def test_people_go_before_events_each_in_their_order() -> None:
    turns, began = Limiter(concurrent=1), list[str]()
    await turns.enter(person=True)
    names = ("event 1", "Ada", "event 2", "Ben")
    tasks = [
        asyncio.create_task(waits(turns, name, began, person=not name.startswith("event"))) for name in names
    ]
    await asyncio.sleep(0)
    assert began == []
    turns.leave()
    await asyncio.gather(*tasks)
    assert began == ["Ada", "Ben", "event 1", "event 2"]


async def test_no_more_than_so_many_have_a_turn_at_once() -> None:
    turns, under_way, most = Limiter(concurrent=3), 0, 0

    async def work() -> None:
        nonlocal under_way, most
        await turns.enter(person=True)
        under_way, most = under_way + 1, max(most, under_way + 1)
        await asyncio.sleep(0.001)
        under_way -= 1
        turns.leave()

    await asyncio.gather(*(work() for _ in range(20)))
    assert most == 3


async def test_it_knows_how_many_are_in_hand() -> None:
    turns = Limiter(concurrent=3)
    await turns.enter(person=True)
    await turns.enter(person=False)
    assert turns.in_hand == 2
    turns.leave()
    assert turns.in_hand == 1


async def test_who_gets_no_turn_in_time_is_turned_away_and_counted() -> None:
    turns, counted = Limiter(concurrent=1, timeout=0.02), list[int]()
    turns.on_overload = lambda: counted.append(1)
    await turns.enter(person=True)
    outcomes = await asyncio.gather(
        *(turns.enter(person=person) for person in (True, False, True)), return_exceptions=True
    )
    assert [type(outcome) for outcome in outcomes] == [Overloaded] * 3
    assert counted == [1, 1, 1]
    turns.leave()
    await turns.enter(person=False)  # there is room again, and nobody is in the way


async def test_while_others_wait_without_a_break_a_newcomer_waits_briefly(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(overload, "BUSY_QUEUE_TIMEOUT", 0.0)
    turns = Limiter(concurrent=1, timeout=0.05)
    await turns.enter(person=True)
    with pytest.raises(Overloaded):
        await turns.enter(person=True)
    await asyncio.sleep(0.01)
    began = asyncio.get_running_loop().time()
    with pytest.raises(Overloaded):
        await turns.enter(person=True)
    assert asyncio.get_running_loop().time() - began < 0.04
    turns.leave()
    await turns.enter(person=True)
    later = asyncio.create_task(turns.enter(person=True))
    await asyncio.sleep(0.01)
    turns.leave()
    await later  # after the break there is time again


async def test_more_than_so_many_do_not_even_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overload, "MAX_QUEUED", 2)
    turns, began = Limiter(concurrent=1), list[str]()
    await turns.enter(person=True)
    tasks = [asyncio.create_task(waits(turns, name, began)) for name in ("Ada", "Ben")]
    await asyncio.sleep(0)
    with pytest.raises(Overloaded):
        await turns.enter(person=True)
    turns.leave()
    await asyncio.gather(*tasks)
    assert began == ["Ada", "Ben"]


async def test_who_gives_up_takes_no_turn_from_the_next() -> None:
    turns, began = Limiter(concurrent=1), list[str]()
    await turns.enter(person=True)
    tasks = [asyncio.create_task(waits(turns, name, began)) for name in ("Ada", "Ben")]
    await asyncio.sleep(0)
    tasks[0].cancel()
    await asyncio.sleep(0)
    turns.leave()
    await tasks[1]
    assert began == ["Ben"]
    await turns.enter(person=True)


async def test_a_turn_that_comes_as_somebody_gives_up_goes_to_the_next() -> None:
    turns, began = Limiter(concurrent=1), list[str]()
    await turns.enter(person=True)
    tasks = [asyncio.create_task(waits(turns, name, began)) for name in ("Ada", "Ben")]
    await asyncio.sleep(0)
    turns.leave()  # Ada's, who has not run since
    tasks[0].cancel()
    await asyncio.wait(tasks)
    assert began == ["Ben"]
    await turns.enter(person=True)
