"""Numbers for rows that are about to be added, of PostgreSQL's sequences."""

from collections import Counter
from collections.abc import Hashable, Sequence
from datetime import datetime, timedelta
from typing import Any

from models.statements import Sql
from models.store import reads
from models.tables.base import Base

FEW, MANY = 4, 64
"""Numbers are taken one by one up to so many in a unit of work, then so many at once."""
KEPT = timedelta(seconds=1)
"""A number that was not used is the next one's for so long; later it would stand among much higher ones."""


class Sequences:
    """The numbers that one unit of work takes, and those that earlier ones of this process left."""

    def __init__(self, sql: Sql, now: datetime, memory: dict[Hashable, Any]) -> None:
        self._sql, self._now, self._memory = sql, now, memory
        self._taken: Counter[type[Base]] = Counter()

    def next_of(self, table: type[Base]) -> int:
        """One at a time as long as they are few; a large set takes many at once, and leaves few unused."""
        left = self._left(table)
        if not left:
            number = 1 if self._taken[table] < FEW else MANY
            self._taken[table] += number
            self.keep(table, self._sql.all(reads.next_numbers(table), number=number))
        return int(left.pop()[1])

    def keep(self, table: type[Base], numbers: Sequence[int]) -> None:
        """Have these, which were taken just now, at hand."""
        self._left(table)[:0] = [(self._now, number) for number in reversed(numbers)]

    def _left(self, table: type[Base]) -> list[tuple[datetime, int]]:
        """What is at hand, the first one last."""
        left: list[tuple[datetime, int]] = self._memory.setdefault(("numbers", table), [])
        while left and abs(self._now - left[-1][0]) > KEPT:
            left.pop()
        return left
