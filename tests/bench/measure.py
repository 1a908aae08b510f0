"""The stop watch: two things in turns, so that what the machine does beside meets both."""

import gc
import inspect
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from statistics import median
from typing import Any

Work = Callable[[], Any] | Callable[[], Awaitable[Any]]


@dataclass(frozen=True)
class Result:
    """What came out. `ours` and `floor` are seconds, unless `unit` says otherwise."""

    what: str
    floor_is: str
    ours: float
    floor: float
    goal: float
    at_least: bool = False
    """Whether the goal is a least ratio (of as many a second), not a greatest (of time)."""
    unit: str = "s"

    @property
    def ratio(self) -> float:
        return self.ours / self.floor if self.floor else float("inf")

    @property
    def met(self) -> bool:
        return self.ratio >= self.goal if self.at_least else self.ratio <= self.goal


async def in_turns(ours: Work, floor: Work, rounds: int = 15) -> tuple[float, float]:
    """The median seconds of each, after one round that does not count."""
    took: tuple[list[float], list[float]] = ([], [])
    for turn in range(rounds + 1):
        for work, times in zip((ours, floor), took, strict=True):
            seconds = await once(work)
            if turn:
                times.append(seconds)
    return median(took[0]), median(took[1])


async def once(work: Work) -> float:
    """How many seconds it takes, without the collector's pauses."""
    gc.collect()
    gc.disable()
    try:
        began = time.perf_counter()
        result = work()
        if inspect.isawaitable(result):
            await result
        return time.perf_counter() - began
    finally:
        gc.enable()
