"""All handlers on a Bolt app, and its answer where there is none for a delivery."""

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.error import BoltUnhandledRequestError
from slack_bolt.response import BoltResponse

from handlers import (
    change,
    comment,
    decide,
    details,
    emergency,
    grants,
    home,
    less,
    lookups,
    pauses,
    people,
    reassign,
    remind,
    request,
    reviews,
    stand_in,
    tasks,
    withdraw,
)
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
from handlers.routes import TABLE, Routes

log = structlog.stdlib.get_logger(__name__)

MODULES = (
    change, comment, decide, details, emergency, grants, home, less, lookups, pauses, people, reassign,
    remind, request, reviews, stand_in, tasks, withdraw,
    conflicts, examples, forms, listing, messages, overview, rules, settings, suggestions, would_ask,
)  # fmt: skip
"""Importing them has filled the table."""


def all_routes(desk: Desk) -> Routes:
    """Build the listeners of one bot."""
    return Routes(TABLE.listeners(desk))


def register(app: AsyncApp, desk: Desk) -> None:
    """Answer all that Slack delivers to this Bolt app."""
    app.use(all_routes(desk))
    app.error(_answer)


async def _answer(error: Exception) -> BoltResponse:
    """What no listener is for is acknowledged all the same, or Slack would send it again and again."""
    if isinstance(error, BoltUnhandledRequestError):
        body = error.body
        log.info("nobody listens to this", type=body.get("type"), happened=_event_type(body))
        return BoltResponse(status=200, body="")
    log.error("Bolt failed", exc_info=error)
    return BoltResponse(status=500, body="")


def _event_type(body: dict[str, object]) -> object:
    event = body.get("event")
    return event.get("type") if isinstance(event, dict) else None
