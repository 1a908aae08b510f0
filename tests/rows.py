"""Look at the tables, and make rows as a store reads them."""

from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Delete, Select, bindparam, delete, select

from models.audit import AuditEntry, with_texts
from models.statements import row_type
from models.store.base import Store
from models.store.case import Case
from models.store.outcome import Outcome
from models.tables.base import Base, keys_of

R = TypeVar("R", bound=Base)


def new_row(table: type[R], /, **values: Any) -> R:
    """A row of this table; what is left out has its default, or is None."""
    columns = table.__table__.columns
    usual = {one.key: one.default.arg if one.default is not None else None for one in columns}
    made: R = row_type(table)(**usual | values)
    return made


def every(case: Case, table: type[R], /, **values: Any) -> list[R]:
    """The rows that have these values, by their keys: as the database has them, entries with their words."""
    found: list[Any] = case.read(_rows(table, tuple(sorted(values))), **values)
    return with_texts(case, found) if table is AuditEntry else found


def the(case: Case, table: type[R], /, **values: Any) -> R:
    """The only row that has these values."""
    (found,) = every(case, table, **values)
    return found


async def all_of(store: Store, table: type[R], /, **values: Any) -> list[R]:
    """The rows that have these values, by their keys."""
    return await store.read(lambda case: every(case, table, **values))


async def one_of(store: Store, table: type[R], /, **values: Any) -> R:
    """The only row that has these values."""
    return await store.read(lambda case: the(case, table, **values))


async def count_of(store: Store, table: type[Base], /, **values: Any) -> int:
    """How many rows have these values."""
    return len(await all_of(store, table, **values))


async def row_of(store: Store, table: type[R], key: Any) -> R:
    """The row of this key, which has to be there."""
    return await store.read(lambda case: case.get_one(table, key))


async def trail_of(store: Store, /, **values: Any) -> list[AuditEntry]:
    """The entries of the trail that have these values, in order."""
    return await all_of(store, AuditEntry, **values)


def edit(out: Outcome, table: type[R], key: Any, /, **values: Any) -> R:
    """Change the row of this key."""
    return out.change(out.case.get_one(table, key), **values)


def clear(out: Outcome, table: type[Base]) -> None:
    """Take all rows of a table away."""
    out.sql.run(_all_rows(table), [{}])


@cache
def _rows(table: type[Base], names: tuple[str, ...]) -> Select[Any]:
    columns = table.__table__.c
    alike = [columns[name].is_not_distinct_from(bindparam(name, type_=columns[name].type)) for name in names]
    return select(table).where(*alike).order_by(*(columns[name] for name in keys_of(table)))


@cache
def _all_rows(table: type[Base]) -> Delete:
    return delete(table)
