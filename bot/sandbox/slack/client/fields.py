"""Filling in forms: options, choosing, typing. A base class of `Person`."""

from abc import abstractmethod
from typing import Any

from bot.sandbox.slack.blocks import element_lookup, visible
from bot.sandbox.slack.blocks.form import display_value, find_option, parse_input
from bot.sandbox.slack.blocks.visible import BlockElement
from bot.sandbox.slack.client.client import Client
from bot.sandbox.slack.client.results import Outcome
from bot.sandbox.slack.client.services import ClientServices
from bot.sandbox.slack.client.surfaces import Surface, ViewSurface
from bot.sandbox.slack.core.errors import NotVisible
from bot.sandbox.slack.state.conversations import Message
from bot.sandbox.slack.state.views import View
from bot.sandbox.slack.state.workspace import Workspace

FieldSurface = Message | View | None
_TEXT_INPUTS = ("plain_text_input", "number_input", "email_text_input", "url_text_input", "rich_text_input")
MIN_QUERY_LENGTH = 3  # characters before an external menu asks the app, unless the element says otherwise


class Fields:
    """The fields of the modal on top, or of the message or Home tab `where`.

    A field is found by its label, placeholder, text or action_id; one that is not there raises `NotVisible`.
    """

    slack: ClientServices
    client: Client

    @abstractmethod
    def _modal(self) -> View: ...

    @abstractmethod
    def _current(self, message: Message) -> Message: ...

    def _surface(self, where: FieldSurface) -> Surface:
        if isinstance(where, Message):
            return self.client.surface(self._current(where))
        return ViewSurface(where or self._modal())

    async def options(self, field: str, query: str = "", *, where: FieldSurface = None) -> list[str]:
        """The texts of a menu's options for what is typed; an external menu asks the app."""
        surface = self._surface(where)
        target = element_lookup.field(surface.blocks, field)
        return [visible.label(option) for option in await self._options(surface, target, query)]

    async def _options(self, surface: Surface, target: BlockElement, query: str) -> list[dict[str, Any]]:
        if target.element["type"].endswith("external_select"):
            if len(query) < target.element.get("min_query_length", MIN_QUERY_LENGTH):
                return []
            return await self.client.suggest(surface, target, query)
        return [
            option
            for option in visible.options(target.element)
            if query.lower() in visible.label(option).lower()
        ]

    async def choose(
        self, field: str, choice: str | list[str], *, where: FieldSurface = None, confirm: bool = True
    ) -> Outcome:
        """Choose options by text; people by name, handle or id; conversations by name or id.

        A menu of several takes a list, [] clears it. With `confirm=False` a confirm dialog is declined.

        Raises:
            NotVisible: There is no such field or option, or the field takes exactly one choice.
        """
        surface = self._surface(where)
        target = element_lookup.field(surface.blocks, field)
        kind = target.element["type"]
        is_multi = kind.startswith("multi_") or kind == "checkboxes"
        texts = [choice] if isinstance(choice, str) else choice
        if not is_multi and len(texts) != 1:
            raise NotVisible(f"{field!r} takes exactly one choice")
        values = [await self._value_of(surface, target, text) for text in texts]
        if target.element.get("confirm") and not confirm:
            return Outcome(sent=False)
        return await self._set(surface, target, values if is_multi else values[0])

    async def _value_of(self, surface: Surface, target: BlockElement, text: str) -> Any:
        kind, workspace = target.element["type"], self.slack.workspace
        if kind.endswith("users_select"):
            return _find_person(workspace, text)
        if kind.endswith(("conversations_select", "channels_select")):
            return _find_conversation(workspace, text)
        if kind not in (
            "static_select",
            "multi_static_select",
            "radio_buttons",
            "checkboxes",
        ) and not kind.endswith("external_select"):
            raise NotVisible(f"{kind} is typed, not chosen: use fill()")
        return find_option(await self._options(surface, target, text), text)

    async def clear(self, field: str, *, where: FieldSurface = None) -> Outcome:
        """Clear a field."""
        surface = self._surface(where)
        return await self._set(surface, element_lookup.field(surface.blocks, field), None)

    async def fill(self, field: str, value: Any, *, where: FieldSurface = None) -> Outcome:
        """Type text, a number, an address, a date (`2026-01-31`), a time (`14:30`) or an aware datetime.

        Raises:
            NotVisible: There is no such field, or it is one to choose from.
        """
        surface = self._surface(where)
        target = element_lookup.field(surface.blocks, field)
        if "select" in target.element["type"] or target.element["type"] in ("radio_buttons", "checkboxes"):
            raise NotVisible(f"{target.element['type']} is chosen, not typed: use choose()")
        value = parse_input(target.element, value)
        if target.element["type"] not in _TEXT_INPUTS:
            return await self._set(surface, target, value)
        surface.form.set(target.key, value)
        self.slack.changes.notify()
        return await self._dispatch_typing(surface, target, "on_character_entered")

    async def enter(self, field: str, *, where: FieldSurface = None) -> Outcome:
        """Press Enter in a text field, which dispatches an action where the app asked for it."""
        surface = self._surface(where)
        return await self._dispatch_typing(
            surface, element_lookup.field(surface.blocks, field), "on_enter_pressed"
        )

    async def _dispatch_typing(self, surface: Surface, target: BlockElement, moment: str) -> Outcome:
        """Dispatch an action for typing, if `dispatch_action_config` asks for it at this moment.

        `moment` is `on_enter_pressed` or `on_character_entered`.
        """
        config = target.element.get("dispatch_action_config", {})
        moments = config.get("trigger_actions_on", ["on_enter_pressed"])
        if not target.block.get("dispatch_action") or moment not in moments:
            return Outcome(sent=False)
        return await self.client.act(surface, target)

    async def _set(self, surface: Surface, target: BlockElement, value: Any) -> Outcome:
        """Set the value; dispatch an action, except for an input that does not ask for one."""
        surface.form.set(target.key, value)
        self.slack.changes.notify()
        if target.block["type"] == "input" and not target.block.get("dispatch_action"):
            return Outcome(sent=False)
        return await self.client.act(surface, target)

    def value(self, field: str, *, where: FieldSurface = None) -> Any:
        """The value of a field as the person reads it: text, option text, name, or a list of these."""
        surface = self._surface(where)
        value = surface.form.get(element_lookup.field(surface.blocks, field).key)
        return display_value(value, self.slack.workspace.display_names())


def _find_person(workspace: Workspace, name: str) -> str:
    """The id of a person by id, full name or handle; deactivated people cannot be chosen.

    Raises:
        NotVisible: Nobody is called that.
    """
    for user in workspace.users.values():
        if name in (user.id, user.real_name, user.name, "@" + user.name) and not user.deleted:
            return user.id
    raise NotVisible(f"nobody is called {name!r}")


def _find_conversation(workspace: Workspace, name: str) -> str:
    """The id of a conversation by id or name.

    Raises:
        NotVisible: There is no such conversation.
    """
    for channel in workspace.channels.values():
        if channel.id == name or (channel.name and channel.name == name.removeprefix("#")):
            return channel.id
    raise NotVisible(f"no conversation {name!r}")
