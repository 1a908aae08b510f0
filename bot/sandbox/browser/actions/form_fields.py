"""Fields in the page: the options of a menu, and from what the page sends to the value of the form."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.sandbox.browser.actions.page_actions import PageActions
from bot.sandbox.browser.window import MenuOption
from bot.sandbox.slack import Outcome
from bot.sandbox.slack.blocks import visible
from bot.sandbox.slack.blocks.form import parse_input
from bot.sandbox.slack.blocks.visible import BlockElement
from bot.sandbox.slack.client.fields import MIN_QUERY_LENGTH
from bot.sandbox.slack.state.conversations import Channel
from bot.sandbox.slack.state.workspace import Workspace


async def menu_options(actions: PageActions, target: BlockElement, query: str) -> list[MenuOption]:
    """The options for a query; an external menu asks the app.

    Raises:
        OptionsNotLoaded: the app gave none that are valid.
    """
    kind = target.element["type"].removeprefix("multi_")
    if kind == "users_select":
        return _filter(_people(actions.slack.workspace), query)
    if kind in ("conversations_select", "channels_select"):
        return _filter(_conversations(actions, target.element), query)
    if kind == "external_select":
        return [_menu_option(option) for option in await actions.options_at(target, query)]
    return _filter(_static_options(target.element), query)


def missing_characters(target: BlockElement, query: str) -> int:
    """The number of characters still to be typed before the menu asks the app."""
    if not target.element["type"].endswith("external_select"):
        return 0
    least: int = target.element.get("min_query_length", MIN_QUERY_LENGTH)
    return max(0, least - len(query))


def is_chosen(field_value: Any, value: Any) -> bool:
    """Whether the value is chosen, alone or among several."""
    choices = field_value if isinstance(field_value, list) else [field_value]
    return any(_is_same(choice, value) for choice in choices)


def _toggle(choices: list[Any], value: Any) -> list[Any]:
    """The choices with the value added, or removed where it was among them."""
    rest = [choice for choice in choices if not _is_same(choice, value)]
    return rest if len(rest) < len(choices) else [*choices, value]


def _is_same(first: Any, second: Any) -> bool:
    if isinstance(first, dict) and isinstance(second, dict):
        return bool(first.get("value") == second.get("value"))
    return bool(first == second)


def _filter(options: Iterator[MenuOption], query: str) -> list[MenuOption]:
    query = query.strip().lower()
    return [
        option for option in options if query in option.text.lower() or query in option.description.lower()
    ]


def _static_options(element: dict[str, Any]) -> Iterator[MenuOption]:
    for option in element.get("options") or []:
        yield _menu_option(option)
    for group in element.get("option_groups") or []:
        for option in group["options"]:
            yield _menu_option(option, visible.label({"text": group["label"]}))


def _menu_option(option: dict[str, Any], group: str = "") -> MenuOption:
    description = str((option.get("description") or {}).get("text", ""))
    return MenuOption(visible.label(option), option, description, group)


def _people(workspace: Workspace) -> Iterator[MenuOption]:
    for user in workspace.users.values():
        if not user.deleted and not user.is_bot:
            yield MenuOption(user.real_name, user.id, user.title or f"@{user.name}")


_KINDS = ("public", "private", "im", "mpim")


def _conversations(actions: PageActions, element: dict[str, Any]) -> Iterator[MenuOption]:
    only_channels = element["type"].endswith("channels_select")
    kinds = ["public"] if only_channels else (element.get("filter") or {}).get("include") or _KINDS
    for channel in actions.slack.workspace.channels.values():
        if channel.kind in kinds and not channel.archived and _can_see(actions, channel):
            yield MenuOption(_channel_name(actions, channel), channel.id)


def _can_see(actions: PageActions, channel: Channel) -> bool:
    return channel.kind == "public" or actions.id in channel.members


def _channel_name(actions: PageActions, channel: Channel) -> str:
    if channel.kind == "im":
        return actions.slack.workspace.user(channel.other_member(actions.id)).real_name
    return f"#{channel.name}"


def field_value(actions: PageActions, target: BlockElement) -> Any:
    """The value of the field; None for an element without one."""
    return actions.surface.form.get(target.key) if target.element["type"] != "overflow" else None


async def choose(actions: PageActions, target: BlockElement, value: Any) -> Outcome:
    """Choose an option of a menu; in a menu of several, remove it where it was chosen."""
    kind = target.element["type"]
    if kind == "overflow":
        return await actions.press_at(target, selected_option=value)
    is_multi = kind.startswith("multi_")
    return await actions.set_at(target, _toggle(field_value(actions, target), value) if is_multi else value)


async def remove_choice(actions: PageActions, target: BlockElement, index: int) -> Outcome:
    """Remove one choice of several, or the only one."""
    values = field_value(actions, target)
    if not isinstance(values, list):
        return await actions.set_at(target, None)
    return await actions.set_at(target, values[:index] + values[index + 1 :])


async def check_options(actions: PageActions, target: BlockElement, indexes: list[int]) -> Outcome:
    """Check exactly these options of checkboxes or radio buttons."""
    options = visible.options(target.element)
    choices = [options[int(index)] for index in indexes]
    if target.element["type"] == "radio_buttons":
        return await actions.set_at(target, choices[0])
    return await actions.set_at(target, choices)


def parse_date(actions: PageActions, target: BlockElement, text: str) -> Any:
    """A date, a time, or a local date and time in this person's zone; None for no text."""
    if target.element["type"] == "datetimepicker" and text:
        zone = ZoneInfo(actions.client.user.tz)
        return parse_input(target.element, datetime.fromisoformat(text).replace(tzinfo=zone))
    return parse_input(target.element, text)


def dispatches_at(target: BlockElement, moment: str) -> bool:
    """Whether the app asked for an action at `on_enter_pressed` or `on_character_entered`."""
    config = target.element.get("dispatch_action_config", {})
    moments = config.get("trigger_actions_on", ["on_enter_pressed"])
    return bool(target.block.get("dispatch_action")) and moment in moments
