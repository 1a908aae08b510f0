"""What a verb may look at: frozen rows, read when they are asked for, as the unit of work has changed them.

A case belongs to one transaction. It never writes. What is read for one row is read for all that are in hand:
a sweep that looks at 200 grants asks for their extensions once.
"""

from collections.abc import Callable, Collection, Hashable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Select, bindparam, func, select, text

from models.store.statements import Sql, among
from models.tables.base import Base
from models.tables.groups import GROUPS, Group, Not, key_of, keys_of, type_of

R = TypeVar("R", bound=Base)
T = TypeVar("T")


_Members = dict[tuple["Group[Any]", Any], dict[Any, None]]
"""The keys of a group's rows, by the group and what its rows share."""


class Busy(Exception):
    """Another process holds a row that a verb needs: the verb runs again by itself, and waits for it."""


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
def _members(of: Group[Any]) -> Select[Any]:
    mine = [among(of.table.__table__.c[of.by], "keys")] if of.by else []
    return select(of.table).where(*mine, *_conditions(of))


@cache
def _number(of: Group[Any], since: str | None) -> Select[Any]:
    columns = of.table.__table__.c
    mine = [columns[of.by] == bindparam("key")] if of.by else []
    recent = [columns[since] > bindparam("since")] if since else []
    return select(func.count()).select_from(of.table).where(*mine, *recent, *_conditions(of))


@cache
def _by_key(table: type[Base], *, locked: bool = False) -> Select[Any]:
    columns = table.__table__.c
    found = select(table).where(*(columns[name] == bindparam(name) for name in keys_of(table)))
    return found.with_for_update() if locked else found


@cache
def _by_keys(table: type[Base], *, locked: bool = False) -> Select[Any]:
    (name,) = keys_of(table)
    column = table.__table__.c[name]
    found = select(table).where(among(column, "keys")).order_by(column)
    return found.with_for_update(skip_locked=True) if locked else found


@cache
def _highest(table: type[Base]) -> Select[Any]:
    return select(func.coalesce(func.max(table.__table__.c.id), 0))


@cache
def _next_number(table: type[Base]) -> Any:
    sequence = f"{table.__tablename__}_id_seq"
    return text(f"SELECT nextval('{sequence}') AS id").columns(id=table.__table__.c.id.type)


@dataclass
class Case:
    """The rows that a unit of work looks at."""

    sql: Sql
    now: datetime
    memory: dict[Hashable, Any] = field(default_factory=dict)
    """What outlives the transaction: kept by the store for one database, found by what cannot change."""
    alone: bool = True
    """Whether one verb has the transaction to itself, and may wait for what others hold."""

    def __post_init__(self) -> None:
        self.kept: dict[Hashable, Any] = {}
        """What is worth keeping for as long as this case lasts."""
        self.before: dict[type[Base], dict[Any, Any]] = {}
        """What was changed, as the database has it (None: it is new)."""
        self.numbers: dict[type[Base], int] = {}
        self._rows: dict[type[Base], dict[Any, Any]] = {}
        self._in_hand: dict[type[Base], dict[Any, None]] = {}
        self._locked: set[tuple[type[Base], Any]] = set()
        self._groups: _Members = {}
        self._moved_in: _Members = {}
        """The keys of changed rows by the groups that they are in now, whether these were read or not."""

    # ── reading ──────────────────────────────────────────────────────────────────────────────────────────

    def get(self, table: type[R], key: Any) -> R | None:
        """The row of this key (a tuple where the key has several columns); None where there is none."""
        rows = self._rows.setdefault(table, {})
        if key not in rows:
            rows[key] = self.sql.first(_by_key(table), **_named(table, key))
        return rows[key]  # type: ignore[no-any-return]

    def get_one(self, table: type[R], key: Any) -> R:
        """The same, where it must be there; raises LookupError."""
        row = self.get(table, key)
        if row is None:
            raise LookupError(f"{table.__tablename__} has no {key}")
        return row

    def lock(self, table: type[R], key: Any) -> R | None:
        """The row, held until the commit so that nobody else changes it; what belongs to it is read after.

        Raises Busy where others wait in the same transaction and somebody else holds it.
        """
        if self._free or (table, key) in self._locked:
            self.hand(table, [key])
            return self.get(table, key)
        if self.alone or len(keys_of(table)) > 1:
            row = self.sql.first(_by_key(table, locked=True), **_named(table, key))
        else:
            row = next(iter(self.sql.all(_by_keys(table, locked=True), keys=[key])), None)
            if row is None and self.sql.first(_by_key(table), **_named(table, key)) is not None:
                raise Busy(f"{table.__tablename__} {key}")
        return None if row is None else self._take(table, key, row)

    def lock_all(self, of: Group[R], key: Any = None) -> list[R]:
        """The rows of a group, held until the commit; without those that left it before that."""
        if not self._free:
            for row in sorted(self.all(of, key), key=key_of):
                self.lock(of.table, key_of(row))
        return self.all(of, key)

    def lock_now(self, table: type[Base], keys: Collection[Any]) -> None:
        """Hold those of these rows that nobody else holds, and take them in hand, in one statement."""
        if self._free:
            self.hand(table, keys)
            return
        for row in self.sql.all(_by_keys(table, locked=True), keys=sorted(keys)):
            self._take(table, key_of(row), row)

    def take(self, rows: Iterable[R]) -> list[R]:
        """Take rows in hand that a statement of `read` has read and locked; returns them as they are now."""
        return [self._take(type_of(row), key_of(row), row) for row in rows]  # type: ignore[misc]

    @property
    def _free(self) -> bool:
        """Whether nobody else can write anyway: the transaction has the database to itself."""
        return self.sql.dialect.name == "sqlite"

    def _take(self, table: type[R], key: Any, row: R) -> R:
        self._locked.add((table, key))
        self._in_hand.setdefault(table, {})[key] = None
        rows = self._rows.setdefault(table, {})
        if key in self.before.get(table, {}):
            return rows[key]  # type: ignore[no-any-return]
        old, rows[key] = rows.get(key), row
        if old != row:
            self._move(table, key, old, row, (self._groups,))
        for of, shared in [one for one in self._groups if one[1] == key and one[0].of is table]:
            del self._groups[of, shared]  # read before the lock: it may have changed meanwhile
        return row

    def hand(self, table: type[Base], keys: Iterable[Any]) -> None:
        """Take these rows in hand: read at once, and so is what is asked about any of them afterwards."""
        rows, mine = self._rows.setdefault(table, {}), self._in_hand.setdefault(table, {})
        wanted = dict.fromkeys(keys)
        mine.update(wanted)
        missing = [key for key in wanted if key not in rows]
        if len(missing) == 1:
            self.get(table, missing[0])
        elif missing:
            rows.update(dict.fromkeys(missing))
            rows.update({key_of(row): row for row in self.sql.all(_by_keys(table), keys=missing)})

    def all(self, of: Group[R], key: Any = None) -> list[R]:
        """The rows of one group, in its order."""
        members = self._loaded(of, key)
        if not members:
            return []
        rows = self._rows[of.table]
        return of.sorted(rows[one] for one in members)

    def first(self, of: Group[R], key: Any = None) -> R | None:
        """The first of a group; None where it is empty."""
        found = self.all(of, key)
        return found[0] if found else None

    def count(self, of: Group[R], key: Any = None, *, since: tuple[str, datetime] | None = None) -> int:
        """How many rows a group has; with `since`, a column and a moment, those after it. Reads no rows."""
        column, moment = since or (None, None)
        if (of, key) in self._groups and since is None:
            return len(self._groups[of, key])
        number = int(self.sql.first(_number(of, column), key=key, since=moment))

        def counts(row: Any) -> bool:
            recent = column is None or getattr(row, column) > moment
            return row is not None and of.key_of(row) == key and recent and of.holds(row)

        for one, before in self.before.get(of.table, {}).items():
            number += counts(self._rows[of.table][one]) - counts(before)
        return number

    def read(self, statement: Any, /, **values: Any) -> list[Any]:
        """What a declared statement reads (`Sql.all`): as the database has it, not as this unit leaves it."""
        return self.sql.all(statement, **values)

    def keep(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` returned the first time, for as long as this case lasts."""
        if key not in self.kept:
            self.kept[key] = make()
        return self.kept[key]  # type: ignore[no-any-return]

    def new_id(self, table: type[Base]) -> int:
        """The number of a row that is about to be added."""
        if self.sql.dialect.name != "sqlite":
            return int(self.sql.first(_next_number(table)))
        if table not in self.numbers:
            self.numbers[table] = int(self.sql.first(_highest(table)))
        self.numbers[table] += 1
        return self.numbers[table]

    # ── what the outcome does ────────────────────────────────────────────────────────────────────────────

    def put(self, table: type[Base], key: Any, row: Any) -> tuple[Any, bool]:
        """Show a row as it is from now on (None: gone); returns how it was, and whether that was unchanged."""
        rows, before = self._rows.setdefault(table, {}), self.before.setdefault(table, {})
        old, first = rows.get(key), key not in before
        before.setdefault(key, old)
        rows[key] = row
        self._move(table, key, old, row, (self._groups, self._moved_in))
        return old, first

    def put_back(self, table: type[Base], key: Any, old: Any, *, first: bool) -> None:
        """Undo a `put`."""
        self.put(table, key, old)
        if first:
            del self.before[table][key]
            if old is None:
                del self._rows[table][key]

    def _move(self, table: type[Base], key: Any, old: Any, new: Any, into: tuple[_Members, ...]) -> None:
        """Keep the groups in line with a row that changed."""
        for of in GROUPS.get(table, ()):
            left = (of, of.key_of(old)) if old is not None and of.holds(old) else None
            joined = (of, of.key_of(new)) if new is not None and of.holds(new) else None
            if left == joined:
                continue
            for members in into:
                if left is not None and left in members:
                    members[left].pop(key, None)
                if joined is not None and (joined in members or members is self._moved_in):
                    members.setdefault(joined, {})[key] = None

    def _loaded(self, of: Group[Any], key: Any) -> dict[Any, None]:
        known = self._groups.get((of, key))
        if known is not None:
            return known
        keys = [key]
        if of.of is not None:
            hand = self._in_hand.get(of.of, {})
            keys += [one for one in hand if one != key and (of, one) not in self._groups]
        rows, changed = self._rows.setdefault(of.table, {}), self.before.get(of.table, {})
        for one in keys:
            self._groups[of, one] = dict(self._moved_in.get((of, one), {}))
        for row in self.sql.all(_members(of), keys=keys) if of.by else self.sql.all(_members(of)):
            its_key = key_of(row)
            if its_key not in changed:
                rows[its_key] = row
                self._groups[of, of.key_of(row)][its_key] = None
        mine = self._in_hand.setdefault(of.table, {})
        for one in keys:
            mine.update(self._groups[of, one])
        return self._groups[of, key]


def _named(table: type[Base], key: Any) -> dict[str, Any]:
    names = keys_of(table)
    return {names[0]: key} if len(names) == 1 else dict(zip(names, key, strict=True))
