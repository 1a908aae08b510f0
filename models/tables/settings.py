"""Small facts of the workspace: one row each, by key."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import Base, Json


class Setting(Base):
    """A named value, kept as {"value": …}."""

    __tablename__ = "settings"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[Json]
