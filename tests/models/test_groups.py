"""A group says its condition twice, in SQL and in Python: whatever a unit of work does, both agree."""

import sqlite3
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st
from sqlalchemy import Boolean, Column, Date, DateTime, Enum, Integer, String, UniqueConstraint, text
from sqlalchemy.types import JSON, TypeEngine

from models.store.base import Store
from models.store.case import Case
from models.store.outcome import Outcome
from models.store.save import save
from models.tables.all import metadata
from models.tables.base import GROUPS, Base, Group, UtcDateTime, key_of, keys_of
from models.tables.grants import Grant
from models.tables.requests import Request

pytestmark = pytest.mark.both_engines

TABLES = [table for name in metadata.tables for table in GROUPS if table.__tablename__ == name]
NOON = datetime(2030, 5, 6, 12, tzinfo=UTC)
TIMES = [NOON, NOON + timedelta(hours=1), NOON + timedelta(hours=2)]
PARENTS = {"requests.id": [1, 2, 3], "grants.id": [1, 2, 3]}
"""The rows that there are for foreign keys."""
PICK = st.integers(0, 20)

Op = tuple[str, Any]
Found = dict[tuple[Group[Any], Any], tuple[list[Any], int, int]]


def values(column: Column[Any]) -> st.SearchStrategy[Any]:
    """A few values that a column takes, so that rows share them."""
    kind: TypeEngine[Any] = column.type
    parents = [PARENTS[str(one.target_fullname)] for one in column.foreign_keys]
    some: st.SearchStrategy[Any]
    if parents:
        some = st.sampled_from(parents[0])
    elif isinstance(kind, Enum):
        some = st.sampled_from(list(kind.enum_class or kind.enums))
    elif isinstance(kind, UtcDateTime | DateTime):
        some = st.sampled_from(TIMES)
    elif isinstance(kind, Boolean):
        some = st.booleans()
    elif isinstance(kind, Integer):
        some = st.integers(1, 3)
    elif isinstance(kind, Date):
        some = st.just(NOON.date())
    elif isinstance(kind, JSON):
        some = st.just({})
    else:
        assert isinstance(kind, String), kind
        some = st.sampled_from(["a", "b"])
    return st.none() | some if column.nullable else some


def columns_of(table: type[Base]) -> dict[str, Any]:
    """Those that a unit of work fills in: an `id` is given."""
    given_by_itself = {"id"} & set(keys_of(table))
    return {one.key: one for one in table.__table__.columns if one.key not in given_by_itself}


def drawn(table: type[Base]) -> dict[str, Any]:
    """What its groups look at, its keys and unique columns, and one column that they do not care about."""
    groups = GROUPS[table]
    looked_at = {name for of in groups for name in (of.by, *of.where, *of.order)} | set(keys_of(table))
    looked_at |= {one.name for unique in unique_sets(table) for one in unique} | {recency(table)}
    others = [name for name in columns_of(table) if name not in looked_at]
    return {name: one for name, one in columns_of(table).items() if name in {*looked_at, *others[:1]}}


def unique_sets(table: type[Base]) -> list[list[Any]]:
    of: Any = table.__table__
    indexes = [list(one.columns) for one in of.indexes if one.unique]
    return indexes + [list(one.columns) for one in of.constraints if isinstance(one, UniqueConstraint)]


def recency(table: type[Base]) -> str | None:
    """A column by which rows can be counted since a moment."""
    found = (one.key for one in table.__table__.c if isinstance(one.type, UtcDateTime) and not one.nullable)
    return next(found, None)


def plain(table: type[Base], names: Iterable[str]) -> dict[str, Any]:
    """A value for each of these columns that has none by itself."""
    columns = columns_of(table)
    needed = (columns[name] for name in names if not columns[name].nullable and columns[name].default is None)
    return {one.key: plain_value(one) for one in needed}


def plain_value(column: Column[Any]) -> Any:
    kind: TypeEngine[Any] = column.type
    if isinstance(kind, Enum):
        return next(iter(kind.enum_class or kind.enums))
    if isinstance(kind, UtcDateTime):
        return NOON
    if isinstance(kind, Date):
        return NOON.date()
    if isinstance(kind, Boolean):
        return False
    return {} if isinstance(kind, JSON) else 1 if isinstance(kind, Integer) else "a"


def rows_of(table: type[Base]) -> st.SearchStrategy[dict[str, Any]]:
    some = {name: values(column) for name, column in drawn(table).items()}
    rest = plain(table, columns_of(table).keys() - some.keys())
    return st.fixed_dictionaries(some).map(lambda row: rest | row)


def changes_of(table: type[Base]) -> st.SearchStrategy[dict[str, Any]]:
    some = {name: values(column) for name, column in drawn(table).items() if name not in keys_of(table)}
    return st.fixed_dictionaries({}, optional=some)


def looks_at(table: type[Base]) -> st.SearchStrategy[Op]:
    of = st.sampled_from(GROUPS[table])
    return of.flatmap(lambda one: st.tuples(st.just(one), st.sampled_from(keys_to_ask(one)))).map(
        lambda look: ("look", look)
    )


def keys_to_ask(of: Group[Any]) -> list[Any]:
    """The keys that rows may have, and one that none has."""
    if of.by is None:
        return [None]
    column = of.table.__table__.c[of.by]
    if isinstance(column.type, Enum):
        return list(column.type.enum_class or column.type.enums)
    return [1, 2, 3, 9] if isinstance(column.type, Integer) else ["a", "b", "z"]


def steps_on(table: type[Base]) -> st.SearchStrategy[list[tuple[bool, list[Op]]]]:
    """Outcomes over one case, one after the other, each kept or dropped: what each does."""
    op: st.SearchStrategy[Op] = st.one_of(
        st.tuples(st.just("add"), rows_of(table)),
        st.tuples(st.just("change"), st.tuples(PICK, changes_of(table))),
        st.tuples(st.just("remove"), PICK),
        st.tuples(st.just("hand"), st.lists(st.integers(0, 2), unique=True)),
        looks_at(table),
    )
    return st.lists(st.tuples(st.booleans(), st.lists(op, max_size=8)), min_size=1, max_size=3)


class Unit:
    """One unit of work over a table, as the operations say."""

    def __init__(self, out: Outcome, table: type[Base], keys: list[Any]) -> None:
        self.case, self.table = Case(out.sql, NOON), table
        self.keys = keys
        """Of the rows that there are by now."""

    def do(self, out: Outcome, op: Op) -> None:
        name, what = op
        match name:
            case "add":
                self.add(out, what)
            case "change" if self.keys:
                out.change(self.case.get_one(self.table, self.keys[what[0] % len(self.keys)]), **what[1])
            case "remove" if self.keys:
                out.remove(self.case.get_one(self.table, self.keys.pop(what % len(self.keys))))
            case "hand":
                for of in GROUPS[self.table]:
                    if of.of is not None:
                        self.case.hand(of.of, [keys_to_ask(of)[place] for place in what])
            case "look":
                self.case.all(*what)

    def add(self, out: Outcome, row: dict[str, Any]) -> None:
        names = keys_of(self.table)
        if "id" not in names:
            key = row[names[0]] if len(names) == 1 else tuple(row[name] for name in names)
            if self.case.get(self.table, key) is not None:
                return
        self.keys.append(key_of(out.add(self.table, **row)))

    def run(self, steps: list[tuple[bool, list[Op]]]) -> list[Outcome]:
        kept = []
        for keep, ops in steps:
            out, before = Outcome(self.case), list(self.keys)
            for op in ops:
                self.do(out, op)
            if keep:
                kept.append(out)
            else:
                out.drop()
                self.keys = before
        return kept


def everything(case: Case, table: type[Base]) -> Found:
    """All groups of a table: their rows, how many these are, and how many of them since noon."""
    found: Found = {}
    for of in GROUPS[table]:
        recent = recency(table)
        for key in keys_to_ask(of):
            number = case.count(of, key)
            lately = case.count(of, key, since=(recent, NOON)) if recent else 0
            found[of, key] = (case.all(of, key), number, lately)
    return found


def parents(out: Outcome, table: type[Base]) -> None:
    """Make what the table refers to."""
    if table is Request or not any(column.foreign_keys for column in table.__table__.c):
        return
    for key in PARENTS["requests.id"]:
        out.add(Request, id=key, **plain(Request, columns_of(Request)))
    for key in PARENTS["grants.id"] if table is not Grant else ():
        out.add(Grant, id=key, **plain(Grant, columns_of(Grant)) | {"request_id": key})


@pytest.mark.parametrize("table", TABLES, ids=lambda one: one.__tablename__)
async def test_a_group_is_what_a_fresh_case_reads_after_the_save(store: Store, table: type[Base]) -> None:
    def tried(out: Outcome) -> None:
        @settings(suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
        @given(st.lists(rows_of(table), max_size=6), steps_on(table))
        def check(rows: list[dict[str, Any]], steps: list[tuple[bool, list[Op]]]) -> None:
            out.sql.all(text("SAVEPOINT one_example"))
            try:
                agree(out, table, rows, steps)
            except (sqlite3.IntegrityError, asyncpg.IntegrityConstraintViolationError):
                reject()  # what no table takes is nothing that a verb does
            finally:
                out.sql.all(text("ROLLBACK TO SAVEPOINT one_example"))

        check()

    await store.write(tried)


def agree(
    out: Outcome, table: type[Base], rows: list[dict[str, Any]], steps: list[tuple[bool, list[Op]]]
) -> None:
    before = Unit(out, table, [])
    first = Outcome(before.case)
    parents(first, table)
    for row in rows:
        before.add(first, row)
    save(before.case, [first])
    unit = Unit(out, table, before.keys)
    kept = unit.run(steps)
    seen = everything(unit.case, table)
    for members, number, _ in seen.values():
        assert number == len(members)
    save(unit.case, kept)
    assert seen == everything(Case(out.sql, NOON), table)
