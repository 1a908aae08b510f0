"""What a verb may look at: frozen rows, read when they are asked for, as the unit of work has changed them.

A case belongs to one transaction. It never writes. What is read for one row is read for all that are in hand:
a sweep that looks at 200 grants asks for their extensions once.
"""

from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from models.statements import Sql
from models.store import reads
from models.store.cache import MOST, TABLES, Cache
from models.store.reads import Sequences
from models.tables.base import GROUPS, Base, Group, asked_of, key_of, keys_of, type_of

R = TypeVar("R", bound=Base)
T = TypeVar("T")


_Members = dict[tuple["Group[Any]", Any], dict[Any, None]]
"""The keys of a group's rows, by the group and what its rows share."""


_NOT_CHANGED: Any = object()


class Busy(Exception):
    """Another process holds a row that a verb needs: the verb runs again by itself, and waits for it."""


@dataclass
class Case:
    """The rows that a unit of work looks at."""

    sql: Sql
    now: datetime
    memory: dict[Hashable, Any] = field(default_factory=dict)
    """What outlives the transaction: kept by the store for one database, found by what cannot change."""
    alone: bool = True
    """Whether one verb has the transaction to itself, and may wait for what others hold."""
    cache: Cache = field(default_factory=Cache)
    """What is known of the database from the transaction before; filled for the next one by `to_cache`."""

    def __post_init__(self) -> None:
        self.kept: dict[Hashable, Any] = {}
        """What is worth keeping for as long as this case lasts."""
        self.before: dict[type[Base], dict[Any, Any]] = {}
        """What was changed, as the database has it (None: it is new)."""
        self.rewritten: set[Any] = set()
        """The tables that a statement has changed rows of which were not read."""
        self.numbers = dict(self.cache.numbers)
        self.sequences = Sequences(self.sql, self.now, self.memory)
        self._rows: dict[type[Base], dict[Any, Any]] = dict(self.cache.rows)
        self._in_hand: dict[type[Base], dict[Any, None]] = {}
        self._locked: set[tuple[type[Base], Any]] = set()
        self._groups: _Members = dict(self.cache.groups)
        self._moved_in: _Members = {}
        """The keys of changed rows by the groups that they are in now, whether these were read or not."""

    def to_cache(self) -> Cache:
        """What the next transaction need not read again, where this one is committed; see `Cache`."""
        stands = [one for one in TABLES if not self.before.get(one) and one.__table__ not in self.rewritten]
        kept = [one for one in stands if len(self._rows.get(one, ())) <= MOST]
        return Cache(
            {table: self._rows[table] for table in kept if table in self._rows},
            {one: members for one, members in self._groups.items() if one[0].table in kept},
            # A row may have come with a number of its own.
            {table: max((last, *self.before.get(table, ()))) for table, last in self.numbers.items()},
            self.cache.head,
        )

    def get(self, table: type[R], key: Any) -> R | None:
        """The row of this key (a tuple where the key has several columns); None where there is none."""
        rows = self._rows.setdefault(table, {})
        if key not in rows:
            rows[key] = self.sql.first(reads.by_key(table), **_named(table, key))
        return rows[key]  # type: ignore[no-any-return]

    def get_one(self, table: type[R], key: Any) -> R:
        """The same, where it must be there.

        Raises:
            LookupError: There is no such row.
        """
        row = self.get(table, key)
        if row is None:
            raise LookupError(f"{table.__tablename__} has no {key}")
        return row

    def lock(self, table: type[R], key: Any) -> R | None:
        """The row, held until the commit so that nobody else changes it; what belongs to it is read after.

        Raises:
            Busy: Others wait in the same transaction, and somebody else holds the row.
        """
        if self._free or self.added(table, key) or (table, key) in self._locked:
            self.hand(table, [key])
            return self.get(table, key)
        if self.alone or len(keys_of(table)) > 1:
            row = self.sql.first(reads.by_key(table, locked=True), **_named(table, key))
        else:
            row = next(iter(self.sql.all(reads.by_keys(table, locked=True), keys=[key])), None)
            if row is None and self.sql.first(reads.by_key(table), **_named(table, key)) is not None:
                raise Busy(f"{table.__tablename__} {key}")
        return None if row is None else self._take(table, [row])[0]

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
        self._take(table, self.sql.all(reads.by_keys(table, locked=True), keys=sorted(keys)))

    def take(self, rows: Iterable[R]) -> list[R]:
        """Take rows in hand that a statement of `read` has read and locked; returns them as they are now."""
        read = list(rows)
        return self._take(type_of(read[0]), read) if read else []  # type: ignore[arg-type]

    @property
    def _free(self) -> bool:
        """Whether nobody else can write anyway: the transaction has the database to itself."""
        return self.sql.dialect.name == "sqlite"

    def _take(self, table: type[R], read: Sequence[R]) -> list[R]:
        """These rows were read with a lock just now; returns them as this unit has them."""
        rows, before = self._rows.setdefault(table, {}), self.before.get(table, {})
        taken = {key_of(row): row for row in read}
        self._in_hand.setdefault(table, {}).update(dict.fromkeys(taken))
        for key, row in taken.items():
            self._locked.add((table, key))
            if key not in before:
                old, rows[key] = rows.get(key), row
                if old != row:
                    self._move(table, key, old, row, (self._groups,))
        # What was read of them before the lock may have changed meanwhile.
        for of, shared in [one for one in self._groups if one[1] in taken and one[0].of in (table, None)]:
            if shared not in before:
                del self._groups[of, shared]
        return [rows[key] for key in taken]

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
            rows.update({key_of(row): row for row in self.sql.all(reads.by_keys(table), keys=missing)})

    def keep_rows(self, table: type[R], keys: Iterable[Any], read: Iterable[R]) -> None:
        """Keep what was read of the rows of these keys: those that are not among it are not there."""
        rows = self._rows.setdefault(table, {})
        for key in keys:
            rows.setdefault(key, None)
        for row in read:
            if rows.get(key_of(row)) is None and key_of(row) not in self.before.get(table, {}):
                rows[key_of(row)] = row

    def in_hand(self, table: type[R]) -> list[R]:
        """The rows of a table that are in hand."""
        rows = self._rows.get(table, {})
        return [row for key in self._in_hand.get(table, ()) if (row := rows.get(key)) is not None]

    def all(self, of: Group[R], key: Any = None) -> list[R]:
        """The rows of one group, in its order."""
        members = self._groups.get((of, key))
        if members is None:
            members = self._loaded(of, key)
        if not members:
            return []
        rows = self._rows[of.table]
        return of.sorted([rows[one] for one in members])

    def first(self, of: Group[R], key: Any = None) -> R | None:
        """The first of a group; None where it is empty."""
        return next(iter(self.all(of, key)), None)

    def count(self, of: Group[R], key: Any = None, *, since: tuple[str, datetime] | None = None) -> int:
        """How many rows a group has; with `since`, a column and a moment, those after it. Reads no rows."""
        column, moment = since or (None, None)
        if (of, key) in self._groups and since is None:
            return len(self._groups[of, key])
        counted = int(self.sql.first(reads.number(of, column), key=key, since=moment))

        def counts(row: Any) -> bool:
            if row is None or of.key_of(row) != key or not of.holds(row):
                return False
            return column is None or bool(getattr(row, column) > moment)

        for one, before in self.before.get(of.table, {}).items():
            counted += counts(self._rows[of.table][one]) - counts(before)
        return counted

    def read(self, statement: Any, /, **values: Any) -> list[Any]:
        """What a declared statement reads (`Sql.all`): as the database has it, not as this unit leaves it."""
        return self.sql.all(statement, **values)

    def changed(self, table: type[R]) -> list[R]:
        """The rows that this unit has added or changed, as they are now: what `read` does not see."""
        rows = self._rows.get(table, {})
        return [rows[key] for key in self.before.get(table, ()) if rows.get(key) is not None]

    def added(self, table: type[Base], key: Any) -> bool:
        """Whether this unit has added the row of this key."""
        return self.before.get(table, {}).get(key, _NOT_CHANGED) is None

    def keep(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` returned the first time, for as long as this case lasts."""
        if key not in self.kept:
            self.kept[key] = make()
        return self.kept[key]  # type: ignore[no-any-return]

    def new_id(self, table: type[Base]) -> int:
        """The number of a row that is about to be added."""
        if not self._free:
            return self.sequences.next_of(table)
        if table not in self.numbers:
            self.numbers[table] = int(self.sql.first(reads.highest(table)))
        self.numbers[table] += 1
        return self.numbers[table]

    def put(self, table: type[Base], key: Any, row: Any) -> tuple[Any, bool]:
        """Show a row as it is from now on (None: gone); returns how it was, and whether it was unchanged."""
        rows, before = self._rows.setdefault(table, {}), self.before.setdefault(table, {})
        old, first = rows.get(key), key not in before
        before.setdefault(key, old)
        rows[key] = row
        if old is None:
            self._in_hand.setdefault(table, {})[key] = None
        self._move(table, key, old, row, (self._groups, self._moved_in))
        return old, first

    def put_back(self, table: type[Base], key: Any, old: Any, *, first: bool) -> None:
        """Undo a `put`."""
        self.put(table, key, old)
        if not first:
            return
        del self.before[table][key]
        if old is None:
            del self._rows[table][key]
            return
        for of in GROUPS.get(table, ()):
            self._moved_in.get((of, of.key_of(old)), {}).pop(key, None)

    def _move(self, table: type[Base], key: Any, old: Any, new: Any, into: tuple[_Members, ...]) -> None:
        """Keep the groups in line with a row that changed."""
        asked = asked_of(table)
        changed = old is not None and new is not None
        if asked is None or (changed and asked(old) == asked(new)):
            return
        for of in GROUPS[table]:
            if changed and of.asked(old) == of.asked(new):
                continue
            left = (of, of.key_of(old)) if old is not None and of.holds(old) else None
            joined = (of, of.key_of(new)) if new is not None and of.holds(new) else None
            for members in into:
                if left is not None and left != joined and left in members:
                    members[left].pop(key, None)
                if joined is not None and (joined in members or members is self._moved_in):
                    members.setdefault(joined, {})[key] = None

    def _loaded(self, of: Group[Any], key: Any) -> dict[Any, None]:
        keys = [key]
        if of.of is not None:
            hand = self._in_hand.get(of.of, {})
            keys += [one for one in hand if one != key and (of, one) not in self._groups]
        self.fill(of, keys, self.sql.all(reads.members(of), **reads.keyed(of, keys)))
        return self._groups[of, key]

    def known(self, what: Group[Any] | type[Base], key: Any) -> bool:
        """Whether a group, or the row of this key, was read already."""
        return (what, key) in self._groups if isinstance(what, Group) else key in self._rows.get(what, {})

    def fill(self, of: Group[Any], keys: Collection[Any], read: Iterable[Any]) -> None:
        """Keep these groups; `read` are all their rows, as the database has them."""
        rows, changed = self._rows.setdefault(of.table, {}), self.before.get(of.table, {})
        for one in keys:
            self._groups[of, one] = dict(self._moved_in.get((of, one), {}))
        for row in read:
            its_key = key_of(row)
            row = rows[its_key] if its_key in changed else row  # noqa: PLW2901 - as it is by now
            if its_key not in changed:
                rows[its_key] = row
            if row is not None and of.holds(row) and (of, of.key_of(row)) in self._groups:
                self._groups[of, of.key_of(row)][its_key] = None
        mine = self._in_hand.setdefault(of.table, {})
        for one in keys:
            mine.update(self._groups[of, one])


def _named(table: type[Base], key: Any) -> dict[str, Any]:
    names = keys_of(table)
    return {names[0]: key} if len(names) == 1 else dict(zip(names, key, strict=True))
