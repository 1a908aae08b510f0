"""Which listener takes a delivery: found at once, by what kind of delivery it is and by its id.

Bolt asks one listener after another whether it wants a delivery, and builds the arguments of each of them to
ask. With a hundred listeners that costs more than writing a comment down; this looks into one table.
"""

from collections.abc import Awaitable, Callable, Mapping
from enum import StrEnum
from typing import Any

from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

Listener = Callable[..., Awaitable[None]]
"""Takes `ack`, `body` and `client`, as a listener of Bolt's does, and answers."""


class Delivered(StrEnum):
    """The kinds of deliveries that we listen to, by what Slack calls them in `type`."""

    COMMAND = "command"
    """A slash command, which has no `type`."""
    SHORTCUT = "shortcut"
    CLICK = "block_actions"
    SUBMISSION = "view_submission"
    SUGGESTION = "block_suggestion"
    EVENT = "event_callback"


class Routes(AsyncMiddleware):
    """All listeners by kind and id, as the last middleware of a Bolt app."""

    def __init__(self) -> None:
        self.listeners: dict[tuple[Delivered, str], Listener] = {}

    def command(self, name: str) -> Callable[[Listener], None]:
        """For a slash command, with its slash."""
        return self._adder(Delivered.COMMAND, name)

    def shortcut(self, callback_id: str) -> Callable[[Listener], None]:
        """For a global shortcut."""
        return self._adder(Delivered.SHORTCUT, callback_id)

    def action(self, action_id: str) -> Callable[[Listener], None]:
        """For a button or another element of a message or a view."""
        return self._adder(Delivered.CLICK, action_id)

    def view(self, callback_id: str) -> Callable[[Listener], None]:
        """For a form that is sent."""
        return self._adder(Delivered.SUBMISSION, callback_id)

    def options(self, action_id: str) -> Callable[[Listener], None]:
        """For a menu that asks what it may offer."""
        return self._adder(Delivered.SUGGESTION, action_id)

    def event(self, name: str) -> Callable[[Listener], None]:
        """For an event of the Events API."""
        return self._adder(Delivered.EVENT, name)

    def _adder(self, kind: Delivered, ident: str) -> Callable[[Listener], None]:
        def add(listener: Listener) -> None:
            if (kind, str(ident)) in self.listeners:
                raise ValueError(f"{kind} {ident} has a listener already")
            self.listeners[kind, str(ident)] = listener

        return add

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,
        next: Callable[[], Awaitable[BoltResponse]],  # noqa: A002
    ) -> BoltResponse | None:
        """Run the listener and return what it answered; Bolt goes on where there is none."""
        listener = self.listeners.get(_where(req.body))
        if listener is None:
            return await next()
        ack = req.context.ack
        await listener(ack=ack, body=req.body, client=req.context.client)
        # What was not answered was not taken: of an event, Slack sends it again.
        return ack.response or BoltResponse(status=503)


def _where(body: Mapping[str, Any]) -> tuple[Any, str]:
    """A delivery's place in the table; nobody's place where it has none of Slack's shapes."""
    kind = body.get("type")
    if kind is None:
        return Delivered.COMMAND, _named(body, "command")
    if kind == Delivered.CLICK:
        actions = body.get("actions")
        return kind, _named(actions[0] if isinstance(actions, list) and actions else None, "action_id")
    if kind == Delivered.SUBMISSION:
        return kind, _named(body.get("view"), "callback_id")
    if kind == Delivered.EVENT:
        return kind, _named(body.get("event"), "type")
    ident = "action_id" if kind == Delivered.SUGGESTION else "callback_id"
    return str(kind), _named(body, ident)


def _named(part: object, key: str) -> str:
    value = part.get(key) if isinstance(part, Mapping) else None
    return value if isinstance(value, str) else ""
