"""The table of stand-ins: who decides for somebody that is away, and when."""

from datetime import date, datetime

from sqlalchemy import Index, String, bindparam, select
from sqlalchemy.orm import Mapped, Session, mapped_column

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


# Every decision asks this. A statement that is made once costs half of one that is made anew.
_RUNNING = (
    select(Delegation)
    .where(
        Delegation.due_at.is_not(None),
        Delegation.starts_at <= bindparam("at"),
        Delegation.ends_at > bindparam("at"),
    )
    .order_by(Delegation.id)
)


def running(session: Session, at: datetime) -> list[Delegation]:
    """Every absence at that moment. Those that were over long ago are passed by, by an index."""
    return list(session.scalars(_RUNNING, {"at": at}))


def stood_in_for(session: Session, person_id: str, at: datetime) -> list[Delegation]:
    """The absences in which this person stands in, now or later, the next one first."""
    others = select(Delegation).where(Delegation.delegate_id == person_id, Delegation.ends_at > at)
    return list(session.scalars(others.order_by(Delegation.starts_at)))


ABSENCES = group(Delegation, due_at=Not(None))
"""Every absence that is not over yet."""
