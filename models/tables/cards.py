"""Tables of what people see: where each copy of a card lies, and whose App Home to keep up to date."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import BIG_KEY, Base, group


class CardKind(StrEnum):
    """The kind of a card; its subject's reference is in brackets."""

    APPROVAL = "approval"  # an approver's copy (AR-1), or the one in a channel (AR-1/C0123)
    REQUEST = "request"  # the requester's copy (AR-1)
    REMINDER = "reminder"  # to an approver, by itself (AR-1/0/1: the stage, and which)
    NUDGE = "nudge"  # a reminder that the requester sends (AR-1/ and the moment)
    OVERDUE = "overdue"  # not decided in time, and nobody else can be asked: an owner's or admin's (AR-1/0)
    WARNING = "warning"  # it is about to expire: to the approvers waited for, and the requester (AR-1)
    ACCESS = "access"  # "you have access", told when it is true (GR-1)
    OVER = "over"  # "your access has ended" (GR-1)
    NOTICE = "notice"  # an expiry notice (GR-1/3600)
    TASK = "task"  # manual work, an owner's copy (TK-1)
    LIMITED = "limited"  # an access without an end has one now, the holder's and an owner's copy (GR-1)
    CHANGE = "change"  # a change of the catalogue, an admin's copy and its author's (CH-1)
    CHANGE_DONE = "change_done"  # what became of it, its author's (CH-1)
    ALERT = "alert"  # an emergency, told to those who should know, and to its reviewers (AR-1)
    REVIEW = "review"  # a nudge to a reviewer (RV-1/1)
    REVIEWED = "reviewed"  # what came of the review, for who used the access (RV-1)
    PAUSE = "pause"  # a mass of accesses waits for an admin's word before it is taken away (PS-1)
    FAILURE = "failure"  # what could not be given or taken, an admin's copy (GR-1)
    COMMENTS = "comments"  # the comments, for somebody involved who has no other card about it (AR-1)


class Card(Base):
    """One message in one person's DM, or in a channel.

    A job posts it once and redraws it whenever what it shows has changed.
    """

    __tablename__ = "cards"

    id: Mapped[int] = mapped_column(BIG_KEY, primary_key=True)
    kind: Mapped[CardKind]
    subject: Mapped[str] = mapped_column(String(64))
    about: Mapped[str] = mapped_column(String(32))
    """The reference whose changes redraw it ("AR-1")."""
    person_id: Mapped[str] = mapped_column(String(32))
    """Whose it is; empty where it lies in a channel for everybody there."""
    place: Mapped[str] = mapped_column(String(32), default="")
    """That channel."""
    channel: Mapped[str] = mapped_column(String(32), default="")
    ts: Mapped[str] = mapped_column(String(32), default="")
    digest: Mapped[str] = mapped_column(String(64), default="")
    """Digest of what was last shown: an unchanged card costs no call."""
    gone: Mapped[bool] = mapped_column(default=False)
    """Slack says that it cannot be reached any more (deleted, or the person is deactivated)."""
    created_at: Mapped[datetime]

    @property
    def target(self) -> str:
        """Where it is posted: the id of the person or of the channel."""
        return self.place or self.person_id

    __table_args__ = (
        UniqueConstraint("kind", "subject", "person_id"),
        Index("ix_cards_about", "about"),
        Index("ix_cards_place", "channel", "ts"),
    )


class HomeTab(StrEnum):
    """App Home's tabs."""

    ACCESS = "access"
    REQUESTS = "requests"
    TODO = "todo"
    HISTORY = "history"  # what somebody decided or was asked about; a part of To do


class Home(Base):
    """The place that a person looks at on App Home. Somebody who never opened it has no row."""

    __tablename__ = "homes"

    person_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    tab: Mapped[HomeTab]
    page: Mapped[int] = mapped_column(default=0)
    filter: Mapped[str] = mapped_column(String(200), default="")
    """The statuses of requests and grants that My requests shows, with commas; empty: all."""
    digest: Mapped[str] = mapped_column(String(64), default="")
    greeting: Mapped[bool] = mapped_column(default=False)
    """Whether it greets: from the first opening until something is pressed or it is opened again."""
    fresh: Mapped[bool] = mapped_column(default=False)
    """Whether it goes to To do where something waits: from an opening until it is published."""
    opened_at: Mapped[datetime]
    """When it was last opened or used."""


CARDS = group(Card, by="about")
