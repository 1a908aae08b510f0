"""All handlers on a Bolt app, and its answer where there is none for a delivery."""

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.error import BoltUnhandledRequestError
from slack_bolt.response import BoltResponse

from handlers import delegation, grants, home, provisioning, workspace_events
from handlers.admin import (
    app,
    app_list,
    catalogue_changes,
    conflicts,
    messages,
    rules,
    settings,
    would_ask,
)
from handlers.context import Context
from handlers.request import command, comment, decide, details, emergency, form
from handlers.routes import TABLE, Routes

log = structlog.stdlib.get_logger(__name__)

MODULES = (
    delegation, grants, home, provisioning, workspace_events,
    command, comment, decide, details, emergency, form,
    app, app_list, catalogue_changes, conflicts, messages, rules, settings, would_ask,
)  # fmt: skip
"""Importing them has filled the table."""


def all_routes(context: Context) -> Routes:
    """Build the listeners of one bot."""
    return Routes(TABLE.listeners(context))


def register(bolt: AsyncApp, context: Context) -> None:
    """Answer all that Slack delivers to this Bolt app."""
    bolt.use(all_routes(context))
    bolt.error(_answer)


async def _answer(error: Exception) -> BoltResponse:
    """Acknowledge a delivery without a handler, or Slack would send it again and again."""
    if isinstance(error, BoltUnhandledRequestError):
        body = error.body
        log.info("nobody listens to this", type=body.get("type"), happened=_event_type(body))
        return BoltResponse(status=200, body="")
    log.error("Bolt failed", exc_info=error)
    return BoltResponse(status=500, body="")


def _event_type(body: dict[str, object]) -> object:
    event = body.get("event")
    return event.get("type") if isinstance(event, dict) else None
