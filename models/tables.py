"""Every table, gathered in one place for the migrations: importing this fills `Base.metadata`."""

from models import (
    apps,
    audit,
    cards,
    delegations,
    deliveries,
    grants,
    jobs,
    parts,
    pauses,
    people,
    proposals,
    requests,
    reviews,
    settings,
)
from models.base import Base

__all__ = [
    "apps",
    "audit",
    "cards",
    "delegations",
    "deliveries",
    "grants",
    "jobs",
    "metadata",
    "parts",
    "pauses",
    "people",
    "proposals",
    "requests",
    "reviews",
    "settings",
]

metadata = Base.metadata
