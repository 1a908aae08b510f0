"""What the menu of an element offers while one types in it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.sandbox.browser.actions.page_actions import Hands
from bot.sandbox.slack import LocalSlack, Outcome
from bot.sandbox.slack.blocks import form, visible
from bot.sandbox.slack.blocks.visible import Placed
from bot.sandbox.slack.client.fields import TYPE_AHEAD
from bot.sandbox.slack.state.conversations import Channel


@dataclass(frozen=True)
class Option:
    """One line of an open menu. `value` is what the form keeps if it is chosen."""

    text: str
    value: Any
    description: str = ""
    group: str = ""


async def offered(hands: Hands, target: Placed, typed: str) -> list[Option]:
    """The options for what was typed; asks the app where it fills the menu. Raises `Trouble`."""
    kind = target.element["type"].removeprefix("multi_")
    if kind == "users_select":
        return _matching(_people(hands.slack), typed)
    if kind in ("conversations_select", "channels_select"):
        return _matching(_conversations(hands, target.element), typed)
    if kind == "external_select":
        return [_option(each) for each in await hands.offered_at(target, typed)]
    return _matching(_own(target.element), typed)


def too_short(target: Placed, typed: str) -> int:
    """How many characters the menu still wants before it asks the app."""
    if not target.element["type"].endswith("external_select"):
        return 0
    least: int = target.element.get("min_query_length", TYPE_AHEAD)
    return max(0, least - len(typed))


def toggled(held: list[Any], value: Any) -> list[Any]:
    """A choice of several with one more, or without it where it was in."""
    rest = [each for each in held if not _same(each, value)]
    return rest if len(rest) < len(held) else [*held, value]


def is_held(held: Any, value: Any) -> bool:
    """Whether this is chosen, alone or among several."""
    return any(_same(each, value) for each in (held if isinstance(held, list) else [held]))


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, dict) and isinstance(other, dict):
        return bool(one.get("value") == other.get("value"))
    return bool(one == other)


def _matching(options: Iterator[Option], typed: str) -> list[Option]:
    wanted = typed.strip().lower()
    return [each for each in options if wanted in each.text.lower() or wanted in each.description.lower()]


def _own(element: dict[str, Any]) -> Iterator[Option]:
    for each in element.get("options") or []:
        yield _option(each)
    for group in element.get("option_groups") or []:
        for each in group["options"]:
            yield _option(each, visible.label({"text": group["label"]}))


def _option(option: dict[str, Any], group: str = "") -> Option:
    return Option(
        visible.label(option), option, str((option.get("description") or {}).get("text", "")), group
    )


def _people(slack: LocalSlack) -> Iterator[Option]:
    for user in slack.workspace.users.values():
        if not user.deleted and not user.is_bot:
            yield Option(user.real_name, user.id, user.title or f"@{user.name}")


_KINDS = {"public": "public", "private": "private", "im": "im", "mpim": "mpim"}


def _conversations(hands: Hands, element: dict[str, Any]) -> Iterator[Option]:
    only_channels = element["type"].endswith("channels_select")
    wanted = ["public"] if only_channels else (element.get("filter") or {}).get("include") or list(_KINDS)
    for channel in hands.slack.workspace.channels.values():
        if channel.kind in wanted and not channel.archived and _sees(hands, channel):
            yield Option(_called(hands, channel), channel.id)


def _sees(hands: Hands, channel: Channel) -> bool:
    return channel.kind == "public" or hands.id in channel.members


def _called(hands: Hands, channel: Channel) -> str:
    if channel.kind == "im":
        return hands.slack.workspace.user(channel.other(hands.id)).real_name
    return f"#{channel.name}"


def held(hands: Hands, target: Placed) -> Any:
    """What the field holds; None for what holds nothing, as a button."""
    return hands.surface.form.get(target.key) if target.element["type"] != "overflow" else None


async def choose(hands: Hands, target: Placed, value: Any) -> Outcome:
    """Takes an option of a menu; in a menu of several, gives it back where it was taken already."""
    kind = target.element["type"]
    if kind == "overflow":
        return await hands.press_at(target, selected_option=value)
    several = kind.startswith("multi_")
    return await hands.set_at(target, toggled(held(hands, target), value) if several else value)


async def unpick(hands: Hands, target: Placed, index: int) -> Outcome:
    """Takes one choice out, or the only one."""
    values = held(hands, target)
    if not isinstance(values, list):
        return await hands.set_at(target, None)
    return await hands.set_at(target, values[:index] + values[index + 1 :])


async def tick(hands: Hands, target: Placed, on: list[int]) -> Outcome:
    """Exactly these options of checkboxes or radio buttons."""
    options = visible.options(target.element)
    picked = [options[int(index)] for index in on]
    if target.element["type"] == "radio_buttons":
        return await hands.set_at(target, picked[0])
    return await hands.set_at(target, picked)


def moment(hands: Hands, target: Placed, text: str) -> Any:
    """A date, a time, or a local date and time of this person; empty takes it out."""
    if target.element["type"] == "datetimepicker" and text:
        zone = ZoneInfo(hands.client.user.tz)
        return form.typed(target.element, datetime.fromisoformat(text).replace(tzinfo=zone))
    return form.typed(target.element, text)


def written(target: Placed, text: str) -> Any:
    """Typed text as the form keeps it while it is being typed."""
    return form.typed(target.element, text)


def hears(target: Placed, when: str) -> bool:
    """Whether the app asked to be told of typing at this moment."""
    config = target.element.get("dispatch_action_config", {})
    return bool(target.block.get("dispatch_action")) and when in config.get(
        "trigger_actions_on", ["on_enter_pressed"]
    )
