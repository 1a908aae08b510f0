"""Which of Slack's deliveries were carried out.

Each counts once, however often Slack (or a forger) sends it.
"""

from datetime import datetime, timedelta

from sqlalchemy import String, delete
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.errors import Repeated, SentBefore
from models.inserts import add_if_new
from models.tables.base import Base

KEPT = timedelta(days=2)
"""Longer than Slack's last retry (minutes) and than any signature is taken as fresh (5 minutes)."""

BEFORE = (
    "This was sent already, and what you have changed since is not in it. Close the form, and look what "
    "became of what you sent."
)


class Delivery(Base):
    """A delivery that was carried out."""

    __tablename__ = "deliveries"

    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    content: Mapped[str] = mapped_column(String(64), default="")
    """A digest of what was sent with it, where the same delivery may come with something else."""
    at: Mapped[datetime] = mapped_column(index=True)


def once(session: Session, delivery: str, now: datetime) -> None:
    """Take note of a delivery in the transaction that carries it out; a digest may stand in it after a #.

    Raises Repeated if it was noted before, SentBefore if that was with another digest.
    """
    key, _, content = delivery.partition("#")
    if add_if_new(session, Delivery(key=key, content=content, at=now)):
        return
    known = session.get(Delivery, key)
    if known is not None and known.content != content:
        raise SentBefore(BEFORE)
    raise Repeated(key)


def forget(session: Session, now: datetime) -> None:
    """Drop the notes that are older than any repetition could be."""
    session.execute(delete(Delivery).where(Delivery.at < now - KEPT))
