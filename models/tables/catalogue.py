"""Tables of the catalogue: apps, other entries, policies as they stood, changes for a second admin."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import BIG_KEY, Base, Json, JsonList, group


class App(Base):
    """An app of the catalogue."""

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


APP, SETTINGS, CONFLICT, MESSAGE, IMPORT = "app", "settings", "conflict", "message", "import"
"""What a change is about: one app, the settings, one conflict or message, or all by the command line."""


class ProposalState(StrEnum):
    """Where a change stands."""

    OPEN = "open"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    OVERTAKEN = "overtaken"
    """Superseded: the app was changed meanwhile, or an example fails by now."""


class Proposal(Base):
    """One admin's change of one app (or of another part of the catalogue), as it would be saved."""

    __tablename__ = "proposals"

    id: Mapped[int] = mapped_column(BIG_KEY, primary_key=True)
    kind: Mapped[str] = mapped_column(String(24))
    key: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(75))
    """The name of what it changes."""
    version: Mapped[int]
    """The version that it was made on; 0 for a new app."""
    edition: Mapped[int] = mapped_column(default=1)
    """Grows each time its author changes it: nobody approves what they have not seen."""
    before: Mapped[Json]
    """Empty for a new app."""
    after: Mapped[Json]
    """Empty for a removal."""
    words: Mapped[JsonList]
    """The changes, in sentences."""
    by: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    state: Mapped[ProposalState] = mapped_column(default=ProposalState.OPEN)
    decided_by: Mapped[str | None] = mapped_column(String(64))
    decided_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(Text, default="")
    """The note of the decision, or why it was superseded."""

    __table_args__ = (
        Index(
            "ix_proposals_open",
            "kind",
            "key",
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
    )

    @property
    def ref(self) -> str:
        """What people call it: CH-7."""
        return f"CH-{self.id}"

    @property
    def open(self) -> bool:
        return self.state is ProposalState.OPEN


OPEN_CHANGES = group(Proposal, state=ProposalState.OPEN)


class Policy(Base):
    """An app with one of its accesses, as they stood when somebody requested it."""

    __tablename__ = "policies"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    """SHA-256 of the text, in hex."""
    text: Mapped[str] = mapped_column(Text)
    """Canonical JSON: sorted keys, no spaces; see `models.registry.policy_snapshot`."""
