"""Small facts of the workspace: one row each, by key."""

from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base, Json


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
    row = session.get(Setting, key)
    if row is None:
        session.add(Setting(key=key, value={"value": value}))
    else:
        row.value = {"value": value}
