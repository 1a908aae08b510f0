"""Inserting what somebody else may insert at the same moment: one of them does, and nobody fails."""

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models.base import Base


def insert_into(session: Session, table: type[Base]) -> postgresql.Insert | sqlite.Insert:
    """An INSERT that knows `on_conflict_do_nothing` and `on_conflict_do_update`, on either database."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    return insert(table)


def add_if_new(session: Session, row: Base) -> bool:
    """Insert this row, of which only what was set is written, if none has its key; True if it was inserted.

    Where another transaction is inserting the same, it waits for that one's end. `row` itself stays outside
    of the session.
    """
    table = type(row)
    values: dict[str, Any] = {name: value for name, value in vars(row).items() if name in table.__table__.c}
    added = insert_into(session, table).values(values).on_conflict_do_nothing()
    return session.execute(added.returning(*table.__table__.primary_key)).first() is not None
