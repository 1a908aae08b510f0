"""Table of pauses: mass revocations, perhaps by mistake, that wait for an admin."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import BIG_KEY, Base, group


class PauseKind(StrEnum):
    """The cause of a pause."""

    CLOCK = "clock"  # the machine's clock jumped ahead, and Slack's does not agree with it
    RESTORED = "restored"  # the database is older than what was shown in Slack: a backup


class PauseState(StrEnum):
    """Where a pause stands."""

    OPEN = "open"
    WAITING = "waiting"  # somebody has seen it, and wants to wait
    LIFTED = "lifted"  # an admin let it be taken away
    OVER = "over"  # the cause is gone


class Pause(Base):
    """A pause of revocations, and what it is about."""

    __tablename__ = "pauses"

    id: Mapped[int] = mapped_column(BIG_KEY, primary_key=True)
    kind: Mapped[PauseKind]
    state: Mapped[PauseState] = mapped_column(default=PauseState.OPEN)
    since: Mapped[datetime]
    """The last moment that is certain."""
    until: Mapped[datetime]
    """What the clock said when it began."""
    count: Mapped[int]
    """How many accesses it was about then."""
    decided_by: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime]

    __table_args__ = (
        Index(
            "ix_pauses_open",
            "kind",
            sqlite_where=text("state IN ('open', 'waiting')"),
            postgresql_where=text("state IN ('open', 'waiting')"),
        ),
    )

    @property
    def ref(self) -> str:
        """What its cards and buttons call it: PS-1."""
        return f"PS-{self.id}"

    @property
    def open(self) -> bool:
        """Whether it still holds."""
        return self.state in (PauseState.OPEN, PauseState.WAITING)


OPEN_PAUSES = group(Pause, by="kind", state=(PauseState.OPEN, PauseState.WAITING))
"""The pause of a kind that holds now."""
