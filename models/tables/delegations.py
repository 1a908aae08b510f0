"""The table of stand-ins: who decides for somebody that is away, and when."""

from datetime import date, datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import BIG_KEY, Base
from models.tables.groups import Not, group


class Delegation(Base):
    """One absence of one person, and who stands in for them meanwhile."""

    __tablename__ = "delegations"

    id: Mapped[int] = mapped_column(BIG_KEY, primary_key=True)
    person_id: Mapped[str] = mapped_column(String(32))
    delegate_id: Mapped[str] = mapped_column(String(32))
    first_day: Mapped[date]
    last_day: Mapped[date]
    """Both as the calendar of the one who is away has them, where they live."""
    starts_at: Mapped[datetime]
    """When the first day begins there."""
    ends_at: Mapped[datetime]
    """When the last day is over there."""
    due_at: Mapped[datetime | None]
    """When it begins or ends next, and open stages have to look again whom they ask; None once it is over."""

    __table_args__ = (
        Index("ix_delegations_person", "person_id", "ends_at"),
        Index("ix_delegations_delegate", "delegate_id", "ends_at"),
        Index("ix_delegations_due", "due_at"),
    )

    @property
    def ref(self) -> str:
        """What a button calls it: DG-3."""
        return f"DG-{self.id}"


ABSENCES = group(Delegation, due_at=Not(None))
"""Every absence that is not over yet."""
