"""The stop watch: two things in turns, so that what the machine does beside meets both."""

import inspect
import math
import time
from collections.abc import Awaitable, Callable, Sequence
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
    difference: bool = False
    """Whether the goal is by how much ours may be more than the floor, not how many times as much."""

    @property
    def ratio(self) -> float:
        """What is held against the goal: how many times the floor, or how much more than it."""
        if self.difference:
            return self.ours - self.floor
        return self.ours / self.floor if self.floor else float("inf")

    @property
    def met(self) -> bool:
        return self.ratio >= self.goal if self.at_least else self.ratio <= self.goal


async def interleaved(rounds: int, *works: Callable[[], Awaitable[float]]) -> list[float]:
    """Do these in turns, and return the median of what each returns; a first round does not count."""
    found: list[list[float]] = [[] for _ in works]
    for turn in range(rounds + 1):
        for work, values in zip(works, found, strict=True):
            value = await work()
            if turn:
                values.append(value)
    return [median(values) for values in found]


async def in_turns(ours: Work, floor: Work, rounds: int = 15) -> tuple[float, float]:
    """The median seconds of each, in turns, after one round that does not count."""
    one, other = await interleaved(rounds, lambda: once(ours), lambda: once(floor))
    return one, other


async def once(work: Work) -> float:
    """How many seconds it takes."""
    began = time.perf_counter()
    result = work()
    if inspect.isawaitable(result):
        await result
    return time.perf_counter() - began


def percentile(values: Sequence[float], part: float) -> float:
    """The value that so great a part of these does not exceed."""
    return sorted(values)[max(math.ceil(part * len(values)) - 1, 0)]
