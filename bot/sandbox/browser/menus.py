"""What the menu of an element offers while one types in it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bot.sandbox.browser.hands import Hands
from bot.sandbox.slack import LocalSlack, visible
from bot.sandbox.slack.channels import Channel
from bot.sandbox.slack.fields import TYPE_AHEAD
from bot.sandbox.slack.visible import Placed


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
