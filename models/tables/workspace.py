"""Tables of the workspace itself: its settings, and which of Slack's deliveries were carried out."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import Base, Json


class Setting(Base):
    """A named value, kept as {"value": …}."""

    __tablename__ = "settings"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[Json]


class Delivery(Base):
    """A delivery that was carried out: each counts once, however often Slack (or a forger) sends it."""

    __tablename__ = "deliveries"

    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    content: Mapped[str] = mapped_column(String(64), default="")
    """A digest of what was sent with it, where the same delivery may come with something else."""
    at: Mapped[datetime] = mapped_column(index=True)
