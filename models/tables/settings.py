"""Small facts of the workspace: one row each, by key."""

import secrets
from typing import Any

from sqlalchemy import String, delete, insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.inserts import add_if_new
from models.tables.base import Base, Json


class Setting(Base):
    """A named value, kept as {"value": …}."""

    __tablename__ = "settings"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[Json]


def read(session: Session, key: str, default: Any = None) -> Any:
    """The value of a setting, or the default where it was never set."""
    row = session.get(Setting, key)
    return default if row is None else row.value["value"]


def write(session: Session, key: str, value: Any) -> None:
    """Set a setting; the value is anything that JSON can hold."""
    if not add_if_new(session, Setting(key=key, value={"value": value})):
        hold(session, key).value = {"value": value}


def hold(session: Session, key: str, default: Any = None) -> Setting:
    """Keep others from setting it until the commit, so that what is read now still holds when it is written.

    Where it was never set, it is set to the default.
    """
    add_if_new(session, Setting(key=key, value={"value": default}))
    return session.get_one(Setting, key, with_for_update=True, populate_existing=True)


def touch(session: Session) -> None:
    """Write something and take it away again: raises what the database has against being written to."""
    key = f"touch.{secrets.token_hex(8)}"  # one's own: nobody who froze with it locked is waited for
    session.execute(insert(Setting).values(key=key, value={"value": None}))
    session.execute(delete(Setting).where(Setting.key == key))
