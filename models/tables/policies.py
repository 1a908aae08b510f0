"""Table of policies, each kept once: requests and grants refer to theirs by its digest."""

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import Base


class Policy(Base):
    """An app with one of its accesses, as they stood when somebody requested it."""

    __tablename__ = "policies"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    """SHA-256 of the text, in hex."""
    text: Mapped[str] = mapped_column(Text)
    """Canonical JSON: sorted keys, no spaces; see `models.registry.policy_snapshot`."""
