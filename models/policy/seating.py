"""Whether every stage gets enough people of its own, when one person counts in one stage only."""

from collections.abc import Sequence


class Seating:
    """Gives people to stages, each person to one.

    Stages come one after the other, and the earlier ones keep their number of people, though not always
    the same people (augmenting paths, as in Kuhn's algorithm).
    """

    def __init__(self) -> None:
        self._pools: dict[int, Sequence[str]] = {}
        self._stage_of: dict[str, int] = {}

    def take(self, stage: int, pool: Sequence[str], count: int) -> bool:
        """Find `count` people of `pool` for a new stage. False, with none taken, if there are too few."""
        before = dict(self._stage_of)
        self._pools[stage] = pool
        if all(self._seat(stage, set()) for _ in range(count)):
            return True
        self._stage_of = before
        return False

    def _seat(self, stage: int, tried: set[int]) -> bool:
        tried.add(stage)
        for person in self._pools[stage]:
            if person not in self._stage_of:
                self._stage_of[person] = stage
                return True
        for person in self._pools[stage]:
            holder = self._stage_of[person]
            if holder not in tried and self._seat(holder, tried):
                self._stage_of[person] = stage
                return True
        return False
