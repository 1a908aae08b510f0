"""`/access-admin`: setting up apps in modals. The list, one app, and the forms of its parts."""

from slack_bolt.async_app import AsyncApp

from handlers.admin import (
    conflicts,
    examples,
    forms,
    listing,
    overview,
    rules,
    settings,
    suggestions,
    would_ask,
)
from handlers.desk import Desk


def register(app: AsyncApp, desk: Desk) -> None:
    """Listen for everything that admins do."""
    for part in (listing, overview, forms, examples, rules, settings, suggestions, would_ask, conflicts):
        part.register(app, desk)
