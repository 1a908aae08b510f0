"""Inserting what somebody else may insert at the same moment: one of them does, and nobody fails."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from sqlalchemy import insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models.base import Base


def insert_into(session: Session, table: type[Base]) -> postgresql.Insert | sqlite.Insert:
    """An INSERT that knows `on_conflict_do_nothing` and `on_conflict_do_update`, on either database."""
    return insert_on(session.get_bind().dialect.name, table)


def add_if_new(session: Session, row: Base) -> bool:
    """Insert this row, of which only what was set is written, if none has its key; True if it was inserted.

    Where another transaction is inserting the same, it waits for that one's end. `row` itself stays outside
    of the session.
    """
    table = type(row)
    values: dict[str, Any] = {name: value for name, value in vars(row).items() if name in table.__table__.c}
    session.flush()
    added = session.connection().execute(_if_new(session.get_bind().dialect.name, table), values)
    return added.first() is not None


def add_all_new(session: Session, table: type[Base], rows: list[dict[str, Any]]) -> None:
    """Insert those of these rows (by column, the same columns in each) whose key none has.

    Where another transaction is inserting one of them, it waits for that one's end; so they are given in one
    order everywhere.
    """
    session.flush()
    session.connection().execute(
        insert_on(session.get_bind().dialect.name, table).on_conflict_do_nothing(), rows
    )


def add_rows(session: Session, table: type[Base], rows: Iterable[dict[str, Any]]) -> None:
    """Insert rows that nobody needs in hand, at a fraction of what objects cost."""
    session.flush()
    session.connection().execute(_plain(table), list(rows))


@cache
def _plain(table: type[Base]) -> Any:
    return insert(table)


@cache
def insert_on(dialect: str, table: type[Base]) -> postgresql.Insert | sqlite.Insert:
    """The same, by the database's name ("sqlite", "postgresql")."""
    return (postgresql.insert if dialect == "postgresql" else sqlite.insert)(table)


@cache
def _if_new(dialect: str, table: type[Base]) -> Any:
    return insert_on(dialect, table).on_conflict_do_nothing().returning(*table.__table__.primary_key)
