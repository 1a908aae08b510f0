"""What somebody has, or is about to have, as the policy sees it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Hold(StrEnum):
    """How somebody is related to an access."""

    HAS = "has"
    SCHEDULED = "scheduled"
    """Approved, and it begins later."""
    COMING = "coming"
    """Approved, and being given."""
    GOING = "going"
    """Being taken, and perhaps still there."""
    PENDING = "pending"
    """Asked for in another request, and not decided."""
    SAME_TIME = "same time"
    """Asked for in the same submission."""


@dataclass(frozen=True, slots=True)
class Holding:
    """One access that somebody has, or is about to have."""

    access: str
    """As conflicts name it: "payments/enter"."""
    title: str
    """How people call it: "Payments, Enter"."""
    how: Hold = Hold.HAS
    at: datetime | None = None
    """When it ends; of a scheduled one, when it begins. None: open."""
