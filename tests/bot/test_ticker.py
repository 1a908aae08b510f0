"""What must never stop: one time that fails is only one, and one that takes long is not made up for."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from bot.worker.ticker import Ticker
from models.store.base import Unavailable


class Enough(BaseException):
    """Ends a ticker from within."""


class Seconds:
    """Seconds that pass only while somebody sleeps or works; `ticks` are when work began."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.ticks: list[float] = []

    async def sleep(self, seconds: float) -> None:
        assert seconds >= 0
        self.now += seconds

    async def tick(self, every: float, works: Sequence[Callable[[], Awaitable[None]]]) -> list[float]:
        """Do one after the other at each tick; returns how many seconds after the start each began."""
        left = list(works)

        async def work() -> None:
            if not left:
                raise Enough
            self.ticks.append(self.now - 1000)
            await left.pop(0)()

        with pytest.raises(Enough):
            await Ticker(every, work, monotonic=lambda: self.now, sleep=self.sleep).run()
        return self.ticks

    def lasting(self, seconds: float) -> Callable[[], Awaitable[None]]:
        return lambda: self.sleep(seconds)


async def test_it_ticks_at_its_interval() -> None:
    seconds = Seconds()
    assert await seconds.tick(5, [seconds.lasting(0.25)] * 4) == [5, 10, 15, 20]


async def test_what_is_missed_while_one_takes_long_is_not_made_up_for() -> None:
    seconds = Seconds()
    works = [seconds.lasting(0), seconds.lasting(3.5), seconds.lasting(0), seconds.lasting(0)]
    assert await seconds.tick(1, works) == [1, 2, 6, 7]


@given(st.lists(st.integers(0, 4000), max_size=20), st.integers(1, 3000))
def test_however_long_each_takes_the_next_begins_within_an_interval(lasting: list[int], every: int) -> None:
    """In thousandths of a second."""
    seconds = Seconds()
    began = asyncio.run(seconds.tick(every / 1000, [seconds.lasting(one / 1000) for one in lasting]))
    ended = 0.0
    for at, took in zip(began, lasting, strict=True):
        assert at - ended <= every / 1000 + 1e-6
        assert abs(at - round(at * 1000 / every) * every / 1000) < 1e-6
        ended = at + took / 1000


async def nothing() -> None: ...


async def away() -> None:
    raise Unavailable("The database is away.")


async def defect() -> None:
    raise ValueError("a defect")


async def waits_for_what_is_cancelled() -> None:
    inner = asyncio.ensure_future(asyncio.sleep(10))
    asyncio.get_running_loop().call_soon(inner.cancel)
    await inner


@pytest.mark.parametrize(
    ("failing", "level"),
    [(away, "warning"), (defect, "error"), (waits_for_what_is_cancelled, "warning")],
)
async def test_one_that_fails_is_logged_and_the_next_one_comes(
    failing: Callable[[], Awaitable[None]], level: str
) -> None:
    seconds = Seconds()
    with capture_logs() as logs:
        assert await seconds.tick(1, [nothing, failing, nothing]) == [1, 2, 3]
    assert [(line["event"], line["log_level"]) for line in logs] == [("tick failed", level)]


async def test_stopped_in_the_middle_it_is_quiet() -> None:
    begun = asyncio.Event()

    async def work() -> None:
        begun.set()
        await asyncio.sleep(60)

    ticker = Ticker(0.01, work)
    ticker.stop()  # before it was started
    with capture_logs() as logs:
        ticker.start()
        await asyncio.wait_for(begun.wait(), 10)
        ticker.stop()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    assert logs == []
    assert not [task for task in asyncio.all_tasks() if "every 0.01 s" in task.get_name()]
