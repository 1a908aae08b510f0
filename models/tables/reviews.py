"""Table of reviews: emergencies, and how somebody else judged them afterwards."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import BIG_KEY, Base, JsonList, group
from models.tables.requests import Request


class ReviewState(StrEnum):
    """Where a review stands."""

    OPEN = "open"
    JUSTIFIED = "justified"
    MISUSED = "misused"

    @property
    def label(self) -> str:
        return self.value.capitalize()


OPEN = text("state = 'open'")
"""As literal SQL: with a bound value SQLite does not use the partial indexes."""


class Review(Base):
    """The review of one emergency, open until somebody other than its user closes it."""

    __tablename__ = "reviews"

    id: Mapped[int] = mapped_column(BIG_KEY, primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("requests.id"))
    person_id: Mapped[str] = mapped_column(String(32))
    """Who had the access."""
    app_key: Mapped[str] = mapped_column(String(40))
    access_key: Mapped[str] = mapped_column(String(40))
    state: Mapped[ReviewState]
    asked: Mapped[JsonList]
    """Ids of the people who may review it; empty where nobody may."""
    earlier: Mapped[int] = mapped_column(default=0)
    """How many emergencies of the same person for the same access were unreviewed when this one began."""
    reminders: Mapped[int] = mapped_column(default=0)
    remind_at: Mapped[datetime | None]
    closed_by: Mapped[str | None] = mapped_column(String(64))
    note: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("request_id"),
        Index(
            "ix_reviews_due",
            "remind_at",
            sqlite_where=text("remind_at IS NOT NULL"),
            postgresql_where=text("remind_at IS NOT NULL"),
        ),
        Index(
            "ix_reviews_open",
            "person_id",
            "app_key",
            "access_key",
            sqlite_where=OPEN,
            postgresql_where=OPEN,
        ),
    )

    @property
    def ref(self) -> str:
        """What people call it: RV-1."""
        return f"RV-{self.id}"


REVIEWS = group(Review, by="request_id", of=Request)
OPEN_REVIEWS = group(Review, state=ReviewState.OPEN)
UNREVIEWED = group(Review, by="person_id", state=ReviewState.OPEN)
