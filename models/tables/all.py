"""Every table, gathered in one place for the migrations: importing this fills `Base.metadata`."""

from models.tables import audit, cards, catalogue, grants, jobs, pauses, people, requests, reviews, workspace
from models.tables.base import Base

__all__ = [
    "audit",
    "cards",
    "catalogue",
    "grants",
    "jobs",
    "metadata",
    "pauses",
    "people",
    "requests",
    "reviews",
    "workspace",
]

metadata = Base.metadata
