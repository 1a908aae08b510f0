"""Register handlers by decorators, and find the one for a delivery by its kind and id.

Bolt asks one listener after another whether it wants a delivery, and builds the arguments of each of them to
ask. With a hundred listeners that costs more than writing a comment down; this looks into one table.
"""

from collections.abc import Awaitable, Callable, Mapping
from enum import StrEnum
from functools import partial
from typing import Any

from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from handlers.context import Context
from handlers.deliveries import Click, Command, Event, Shortcut, Submission, Suggestion
from handlers.error_handling import D, HandlerFunction, Listener, listener

Decorator = Callable[[HandlerFunction[D]], HandlerFunction[D]]


class DeliveryKind(StrEnum):
    """The kinds of deliveries that have handlers, as Slack names them in `type`."""

    COMMAND = "command"
    """A slash command, which has no `type`."""
    SHORTCUT = "shortcut"
    CLICK = "block_actions"
    SUBMISSION = "view_submission"
    SUGGESTION = "block_suggestion"
    EVENT = "event_callback"


Key = tuple[DeliveryKind, str]
"""The kind of a delivery, and its command, action_id, callback_id or event type."""


class HandlerTable:
    """Handlers by kind and id, filled by decorators while the handlers' modules are imported.

    A decorator returns the handler itself. It raises ValueError where an id has a handler already.
    """

    def __init__(self) -> None:
        self._make: dict[Key, Callable[[Context], Listener]] = {}

    def on_command(self, name: str) -> Decorator[Command]:
        """For a slash command, with its slash."""
        return self._register(DeliveryKind.COMMAND, (name,), Command)

    def on_shortcut(self, callback_id: str) -> Decorator[Shortcut]:
        """For a global shortcut."""
        return self._register(DeliveryKind.SHORTCUT, (callback_id,), Shortcut)

    def on_click(self, *action_ids: str) -> Decorator[Click]:
        """For buttons and other elements of a message or a view."""
        return self._register(DeliveryKind.CLICK, action_ids, Click)

    def on_submit(self, *callback_ids: str, fields: Mapping[str, str] | None = None) -> Decorator[Submission]:
        """For submitted forms; `fields` maps the field of a refusal to the block that shows it."""
        return self._register(DeliveryKind.SUBMISSION, callback_ids, Submission, fields)

    def on_menu(self, *action_ids: str) -> Decorator[Suggestion]:
        """For menus that ask for their options."""
        return self._register(DeliveryKind.SUGGESTION, action_ids, Suggestion)

    def on_event(self, *types: str, merges: bool = False) -> Decorator[Event]:
        """For events of the Events API; `merges`: any number of them cost as much as one."""
        return self._register(DeliveryKind.EVENT, types, Event, merges=merges)

    def listeners(self, context: Context) -> dict[Key, Listener]:
        """Build the listeners of one bot, by kind and id."""
        return {key: make(context) for key, make in self._make.items()}

    def _register(
        self,
        kind: DeliveryKind,
        names: tuple[str, ...],
        shape: type[D],
        fields: Mapping[str, str] | None = None,
        *,
        merges: bool = False,
    ) -> Decorator[D]:
        def register(handle: HandlerFunction[D]) -> HandlerFunction[D]:
            for name in map(str, names):
                if (kind, name) in self._make:
                    raise ValueError(f"{kind} {name} has a handler already")
                self._make[kind, name] = partial(
                    listener, shape=shape, handle=handle, fields=fields, merges=merges
                )
            return handle

        return register


TABLE = HandlerTable()
"""All handlers of the product."""
on_command = TABLE.on_command
on_shortcut = TABLE.on_shortcut
on_click = TABLE.on_click
on_submit = TABLE.on_submit
on_menu = TABLE.on_menu
on_event = TABLE.on_event


class Routes(AsyncMiddleware):
    """The listeners of one bot by kind and id, as the last middleware of its Bolt app."""

    def __init__(self, listeners: Mapping[Key, Listener]) -> None:
        self.listeners = listeners

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,
        next: Callable[[], Awaitable[BoltResponse]],  # noqa: A002
    ) -> BoltResponse | None:
        """Run the listener and return what it answered; Bolt goes on where there is none."""
        listener = self.listeners.get(_key_of(req.body))
        if listener is None:
            return await next()
        ack = req.context.ack
        await listener(ack=ack, body=req.body, client=req.context.client)
        # Without an answer Slack sends an event again.
        return ack.response or BoltResponse(status=503)


def _key_of(body: Mapping[str, Any]) -> tuple[Any, str]:
    """Return kind and id of a delivery; an id that has no handler where it has none of Slack's shapes."""
    kind = body.get("type")
    if kind is None:
        return DeliveryKind.COMMAND, _string(body, "command")
    if kind == DeliveryKind.CLICK:
        actions = body.get("actions")
        return kind, _string(actions[0] if isinstance(actions, list) and actions else None, "action_id")
    if kind == DeliveryKind.SUBMISSION:
        return kind, _string(body.get("view"), "callback_id")
    if kind == DeliveryKind.EVENT:
        return kind, _string(body.get("event"), "type")
    ident = "action_id" if kind == DeliveryKind.SUGGESTION else "callback_id"
    return str(kind), _string(body, ident)


def _string(part: object, key: str) -> str:
    value = part.get(key) if isinstance(part, Mapping) else None
    return value if isinstance(value, str) else ""
