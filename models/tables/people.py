"""Tables of people, their user groups and their roles, as last looked up in Slack."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import Base, JsonList, ReadOnce
from models.tables.groups import group


class Person(Base, ReadOnce):
    """Somebody who uses Slack. `id` is Slack's and never changes; everything else is looked up afresh."""

    __tablename__ = "people"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    handle: Mapped[str] = mapped_column(String(100), default="")
    email: Mapped[str] = mapped_column(String(320), default="", index=True)
    """In small letters."""
    title: Mapped[str] = mapped_column(String(200), default="")
    department: Mapped[str] = mapped_column(String(200), default="")
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
    """What a person may do beyond asking and deciding."""

    WORKSPACE_ADMIN = "workspace_admin"


class Role(Base):
    """A role that somebody holds."""

    __tablename__ = "roles"

    person_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    role: Mapped[RoleName] = mapped_column(primary_key=True)
    given_at: Mapped[datetime]
    given_by: Mapped[str] = mapped_column(String(64))


ROLES = group(Role, by="role")
