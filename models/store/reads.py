"""The statements that a case reads by, and the numbers for rows that are about to be added."""

from collections import Counter
from collections.abc import Collection, Hashable, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, Integer, Select, bindparam, func, select

from models.statements import Sql, among
from models.tables.base import Base, Group, Not, keys_of

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
            self.keep(table, self._sql.all(next_numbers(table), number=number))
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


def _conditions(of: Group[Any]) -> list[Any]:
    """Its constant conditions in SQL, written out: with bound values SQLite passes by partial indexes."""
    return [_condition(of.table.__table__.c[name], wanted) for name, wanted in of.where.items()]


def _condition(column: Any, wanted: Any) -> Any:
    def literally(value: Any) -> Any:
        return bindparam(None, value, type_=column.type, literal_execute=True)

    if isinstance(wanted, Not):
        return column.is_not(None) if wanted.value is None else column != literally(wanted.value)
    if isinstance(wanted, tuple):
        return column.in_([literally(value) for value in wanted])
    return column.is_(None) if wanted is None else column == literally(wanted)


@cache
def members(of: Group[Any]) -> Select[Any]:
    """The rows of the groups whose shared value is among `keys`."""
    mine = [among(of.table.__table__.c[of.by], "keys")] if of.by else []
    return select(of.table).where(*mine, *_conditions(of))


def keyed(of: Group[Any], keys: Collection[Any]) -> dict[str, Any]:
    """The values of `members` for these groups."""
    return {"keys": keys} if of.by else {}


@cache
def number(of: Group[Any], since: str | None) -> Select[Any]:
    """How many rows the group of one `key` has; with a column, those after `since` in it."""
    columns = of.table.__table__.c
    mine = [columns[of.by] == bindparam("key")] if of.by else []
    recent = [columns[since] > bindparam("since")] if since else []
    return select(func.count()).select_from(of.table).where(*mine, *recent, *_conditions(of))


@cache
def by_key(table: type[Base], *, locked: bool = False) -> Select[Any]:
    """One row, by the columns of its key."""
    columns = table.__table__.c
    found = select(table).where(*(columns[name] == bindparam(name) for name in keys_of(table)))
    return found.with_for_update() if locked else found


@cache
def by_keys(table: type[Base], *, locked: bool = False) -> Select[Any]:
    """Several rows, by `keys`; `locked`: those that nobody else holds, held until the commit."""
    (name,) = keys_of(table)
    column = table.__table__.c[name]
    found = select(table).where(among(column, "keys")).order_by(column)
    return found.with_for_update(skip_locked=True) if locked else found


@cache
def highest(table: type[Base]) -> Select[Any]:
    """The highest number of a table; 0 where it is empty."""
    return select(func.coalesce(func.max(table.__table__.c.id), 0))


@cache
def next_numbers(table: type[Base]) -> Any:
    """So many (`number`) new numbers of a table's sequence on PostgreSQL."""
    each = func.generate_series(1, bindparam("number", type_=Integer())).table_valued("n")
    return select(func.nextval(f"{table.__tablename__}_id_seq", type_=BigInteger())).select_from(each)


@cache
def number_each(table: type[Base], found: Select[Any]) -> Any:
    """A new number of a table's sequence for each row that a statement finds."""
    each = func.nextval(f"{table.__tablename__}_id_seq", type_=BigInteger())
    return select(each).select_from(found.subquery())
