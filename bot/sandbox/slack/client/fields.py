"""Filling in forms: options, choosing, typing. Mixed into `Person`."""

from abc import abstractmethod
from typing import TYPE_CHECKING, Any

from bot.sandbox.slack.blocks import element_lookup, form, visible
from bot.sandbox.slack.blocks.visible import Placed
from bot.sandbox.slack.client.client import Client
from bot.sandbox.slack.client.results import NotVisible, Outcome
from bot.sandbox.slack.client.surfaces import Surface, ViewSurface
from bot.sandbox.slack.state.conversations import Message
from bot.sandbox.slack.state.views import View

if TYPE_CHECKING:
    from bot.sandbox.slack.local_slack import LocalSlack

Where = Message | View | None
_TYPING = ("plain_text_input", "number_input", "email_text_input", "url_text_input", "rich_text_input")
TYPE_AHEAD = 3  # characters before an external menu asks the app, unless min_query_length says otherwise


class Fields:
    """The fields of the modal on top, or of `where`: a message, or the Home tab."""

    slack: "LocalSlack"
    client: Client

    @abstractmethod
    def _modal(self) -> View: ...

    @abstractmethod
    def _current(self, message: Message) -> Message: ...

    def _surface(self, where: Where) -> Surface:
        if isinstance(where, Message):
            return self.client.surface(self._current(where))
        return ViewSurface(where or self._modal())

    async def options(self, field: str, typed: str = "", *, where: Where = None) -> list[str]:
        """Texts of the options offered after typing; asks the app where the menu is external."""
        surface = self._surface(where)
        target = element_lookup.field(surface.blocks, field)
        return [visible.label(each) for each in await self._offered(surface, target, typed)]

    async def _offered(self, surface: Surface, target: Placed, typed: str) -> list[dict[str, Any]]:
        if target.element["type"].endswith("external_select"):
            if len(typed) < target.element.get("min_query_length", TYPE_AHEAD):
                return []
            return await self.client.suggest(surface, target, typed)
        return [
            each for each in visible.options(target.element) if typed.lower() in visible.label(each).lower()
        ]

    async def choose(
        self, field: str, choice: str | list[str], *, where: Where = None, confirm: bool = True
    ) -> Outcome:
        """Picks by visible text, people by name, handle or id. Menus of several take a list; [] clears."""
        surface = self._surface(where)
        target = element_lookup.field(surface.blocks, field)
        kind = target.element["type"]
        several = kind.startswith("multi_") or kind == "checkboxes"
        wanted = [choice] if isinstance(choice, str) else choice
        if not several and len(wanted) != 1:
            raise NotVisible(f"{field!r} takes exactly one choice")
        picked = [await self._pick(surface, target, each) for each in wanted]
        if target.element.get("confirm") and not confirm:
            return Outcome(sent=False)
        return await self._set(surface, target, picked if several else picked[0])

    async def _pick(self, surface: Surface, target: Placed, text: str) -> Any:
        kind, workspace = target.element["type"], self.slack.workspace
        if kind.endswith("users_select"):
            return form.account(workspace, text)
        if kind.endswith(("conversations_select", "channels_select")):
            return form.conversation(workspace, text)
        if kind not in (
            "static_select",
            "multi_static_select",
            "radio_buttons",
            "checkboxes",
        ) and not kind.endswith("external_select"):
            raise NotVisible(f"{kind} is typed, not chosen: use fill()")
        return form.option(await self._offered(surface, target, text), text)

    async def clear(self, field: str, *, where: Where = None) -> Outcome:
        """Takes the value out of a field."""
        surface = self._surface(where)
        return await self._set(surface, element_lookup.field(surface.blocks, field), None)

    async def fill(self, field: str, value: Any, *, where: Where = None) -> Outcome:
        """Types text, a number, an address, a date (`2026-01-31`), a time (`14:30`) or an aware datetime."""
        surface = self._surface(where)
        target = element_lookup.field(surface.blocks, field)
        if "select" in target.element["type"] or target.element["type"] in ("radio_buttons", "checkboxes"):
            raise NotVisible(f"{target.element['type']} is chosen, not typed: use choose()")
        value = form.typed(target.element, value)
        if target.element["type"] not in _TYPING:
            return await self._set(surface, target, value)
        surface.form.set(target.key, value)
        self.slack.changes.notify()
        return await self._dispatch_typed(surface, target, "on_character_entered")

    async def enter(self, field: str, *, where: Where = None) -> Outcome:
        """Presses Enter in a text field, which tells apps that asked for it."""
        surface = self._surface(where)
        return await self._dispatch_typed(
            surface, element_lookup.field(surface.blocks, field), "on_enter_pressed"
        )

    async def _dispatch_typed(self, surface: Surface, target: Placed, moment: str) -> Outcome:
        """Tells the app of typing, if it asked for this moment by `dispatch_action_config`."""
        config = target.element.get("dispatch_action_config", {})
        moments = config.get("trigger_actions_on", ["on_enter_pressed"])
        if not target.block.get("dispatch_action") or moment not in moments:
            return Outcome(sent=False)
        return await self.client.act(surface, target)

    async def _set(self, surface: Surface, target: Placed, value: Any) -> Outcome:
        """Keeps the value, and tells the app if it stands outside an input or asked to be told."""
        surface.form.set(target.key, value)
        self.slack.changes.notify()
        if target.block["type"] == "input" and not target.block.get("dispatch_action"):
            return Outcome(sent=False)
        return await self.client.act(surface, target)

    def value(self, field: str, *, where: Where = None) -> Any:
        """What a field holds, as the person reads it: text, option text, name, or a list of these."""
        surface = self._surface(where)
        held = surface.form.get(element_lookup.field(surface.blocks, field).key)
        return form.shown(held, form.names(self.slack.workspace))
