"""Tables of the catalogue: one row an app, and one for every other entry, each whole as one document."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import Base, Json
from models.tables.groups import group


class App(Base):
    """An entry of the catalogue."""

    __tablename__ = "apps"

    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(75))
    position: Mapped[int]
    """Its place in the catalogue file, so that an export gives the same file back."""
    version: Mapped[int]
    spec: Mapped[Json]
    updated_at: Mapped[datetime]


class Part(Base):
    """An entry of the catalogue that is no app."""

    __tablename__ = "parts"

    kind: Mapped[str] = mapped_column(String(24), primary_key=True)
    key: Mapped[str] = mapped_column(String(400), primary_key=True)
    position: Mapped[int]
    """Its place among its kind, so that an export gives the same file back."""
    version: Mapped[int]
    spec: Mapped[Json]
    updated_at: Mapped[datetime]


APPS = group(App, order=("position", "key"))
PARTS = group(Part, by="kind", order=("position", "key"))
