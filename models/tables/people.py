"""Tables of people, user groups, roles and delegations."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import BIG_KEY, Base, JsonList, Not, ReadOnce, group


class Person(Base, ReadOnce):
    """A person in Slack. `id` is Slack's and never changes; everything else is looked up again."""

    __tablename__ = "people"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    handle: Mapped[str] = mapped_column(String(100), default="")
    email: Mapped[str] = mapped_column(String(320), default="", index=True)
    """In small letters."""
    title: Mapped[str] = mapped_column(String(200), default="")
    department: Mapped[str] = mapped_column(String(200), default="", index=True)
    timezone: Mapped[str] = mapped_column(String(64), default="UTC")
    manager_id: Mapped[str | None] = mapped_column(String(32))
    guest: Mapped[bool] = mapped_column(default=False)
    stranger: Mapped[bool] = mapped_column(default=False)
    bot: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)
    checked_at: Mapped[datetime]

    @property
    def nobody(self) -> bool:
        """Whether Slack said that there is nobody by this id; everybody else has a name."""
        return not self.name


class UserGroup(Base):
    """A Slack user group and who is in it."""

    __tablename__ = "user_groups"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    handle: Mapped[str] = mapped_column(String(100), index=True)
    name: Mapped[str] = mapped_column(String(200))
    enabled: Mapped[bool] = mapped_column(default=True)
    members: Mapped[JsonList]
    checked_at: Mapped[datetime]


class RoleName(StrEnum):
    """A role beyond requesting and deciding."""

    WORKSPACE_ADMIN = "workspace_admin"


class Role(Base):
    """A role that somebody holds."""

    __tablename__ = "roles"

    person_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    role: Mapped[RoleName] = mapped_column(primary_key=True)
    given_at: Mapped[datetime]
    given_by: Mapped[str] = mapped_column(String(64))


ROLES = group(Role, by="role")


class Delegation(Base):
    """One absence of one person, and their delegate meanwhile."""

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
    """When it begins or ends next, and open stages are rechecked; None once it is over."""

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
