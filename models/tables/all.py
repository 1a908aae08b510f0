"""Every table, gathered in one place for the migrations: importing this fills `Base.metadata`."""

from models import audit
from models.jobs import table as jobs
from models.tables import (
    cards,
    catalogue,
    deliveries,
    grants,
    pauses,
    people,
    policies,
    requests,
    reviews,
    settings,
)
from models.tables.base import Base

__all__ = [
    "audit",
    "cards",
    "catalogue",
    "deliveries",
    "grants",
    "jobs",
    "metadata",
    "pauses",
    "people",
    "policies",
    "requests",
    "reviews",
    "settings",
]

metadata = Base.metadata
