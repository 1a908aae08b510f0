"""Inserting what somebody else may insert at the same moment: one of them does, and nobody fails."""

from functools import cache
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models.straight import straight
from models.tables.base import Base


@cache
def insert_on(dialect: str, table: type[Base]) -> postgresql.Insert | sqlite.Insert:
    """An INSERT that knows `on_conflict_do_nothing` and `…_do_update`, on the database of this name."""
    return (postgresql.insert if dialect == "postgresql" else sqlite.insert)(table)


def insert_into(session: Session, table: type[Base]) -> postgresql.Insert | sqlite.Insert:
    """The same, on the session's database."""
    return insert_on(session.get_bind().dialect.name, table)


def add_if_new(session: Session, row: Base) -> bool:
    """Insert this row, of which only what was set is written, if none has its key; True if it was inserted.

    Where another transaction is inserting the same, it waits for that one's end. `row` itself stays outside
    of the session.
    """
    table = type(row)
    values: dict[str, Any] = {name: value for name, value in vars(row).items() if name in table.__table__.c}
    return straight(session, _if_new(session.get_bind().dialect.name, table), values).first() is not None


def add_all_new(session: Session, table: type[Base], rows: list[dict[str, Any]]) -> None:
    """Insert those of these rows (by column, the same columns in each) whose key none has.

    Where another transaction is inserting one of them, it waits for that one's end; so they are given in one
    order everywhere.
    """
    straight(session, insert_into(session, table).on_conflict_do_nothing(), rows)


@cache
def _if_new(dialect: str, table: type[Base]) -> Any:
    return insert_on(dialect, table).on_conflict_do_nothing().returning(*table.__table__.primary_key)
