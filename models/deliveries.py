"""Which of Slack's deliveries were carried out.

Each counts once, however often Slack (or a forger) sends it.
"""

from datetime import datetime, timedelta

from sqlalchemy import String, delete
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base
from models.errors import Repeated
from models.inserts import add_if_new

KEPT = timedelta(days=2)
"""Longer than Slack's last retry (minutes) and than any signature is taken as fresh (5 minutes)."""


class Delivery(Base):
    """A delivery that was carried out."""

    __tablename__ = "deliveries"

    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)


def once(session: Session, key: str, now: datetime) -> None:
    """Take note of a delivery in the transaction that carries it out.

    Raises Repeated if it was noted before.
    """
    if not add_if_new(session, Delivery(key=key, at=now)):
        raise Repeated(key)


def forget(session: Session, now: datetime) -> None:
    """Drop the notes that are older than any repetition could be."""
    session.execute(delete(Delivery).where(Delivery.at < now - KEPT))
