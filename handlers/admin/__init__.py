"""`/access-admin`: setting up apps in modals. The list, one app, and the forms of its parts."""

from handlers.admin import (
    conflicts,
    examples,
    forms,
    listing,
    messages,
    overview,
    rules,
    settings,
    suggestions,
    would_ask,
)
from handlers.desk import Desk
from handlers.routes import Routes

PARTS = (
    listing, overview, forms, examples, rules, settings, suggestions, would_ask, conflicts, messages,
)  # fmt: skip


def register(routes: Routes, desk: Desk) -> None:
    """Listen for everything that admins do."""
    for part in PARTS:
        part.register(routes, desk)
