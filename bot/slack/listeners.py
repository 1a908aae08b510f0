"""Register the listeners of every handler file on the Bolt app."""

from collections.abc import Callable

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.error import BoltUnhandledRequestError
from slack_bolt.response import BoltResponse

from handlers import (
    admin,
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
from handlers.desk import Desk
from handlers.routes import Routes

log = structlog.stdlib.get_logger(__name__)

REGISTRATIONS: tuple[Callable[[Routes, Desk], None], ...] = (
    admin.register,
    change.register,
    comment.register,
    decide.register,
    details.register,
    emergency.register,
    grants.register,
    home.register,
    less.register,
    lookups.register,
    pauses.register,
    people.register,
    reassign.register,
    remind.register,
    request.register,
    reviews.register,
    stand_in.register,
    tasks.register,
    withdraw.register,
)


def all_routes(desk: Desk) -> Routes:
    """All listeners, by what they take."""
    routes = Routes()
    for register_listeners in REGISTRATIONS:
        register_listeners(routes, desk)
    return routes


def register(app: AsyncApp, desk: Desk) -> None:
    """Put all listeners on the Bolt app."""
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
