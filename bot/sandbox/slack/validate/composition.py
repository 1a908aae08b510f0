"""Composition objects. https://docs.slack.dev/reference/block-kit/composition-objects ."""

from typing import Any

from bot.sandbox.slack.validate.rules import (
    Problem,
    Report,
    Rule,
    anything,
    array,
    boolean,
    by_type,
    exactly_one,
    one_of,
    shape,
    string,
)

ID = string(255)
URL = string(3000, pattern=r"[a-zA-Z][a-zA-Z0-9+.-]*:\S+")
OPTION_TEXT, OPTION_VALUE = 75, 150


def plain_text(most: int) -> Rule:
    """A `plain_text` object only."""
    fields = {"type": one_of("plain_text"), "text": string(most), "emoji": boolean}
    return by_type({"plain_text": shape(fields, "type text")})


def text(most: int) -> Rule:
    """A `plain_text` or a `mrkdwn` object."""
    plain = {"type": anything, "text": string(most), "emoji": boolean}
    marked = {"type": anything, "text": string(most), "verbatim": boolean}
    return by_type({"plain_text": shape(plain, "type text"), "mrkdwn": shape(marked, "type text")})


def option(label: Rule, *, url: bool = False) -> Rule:
    """An option; those of overflow menus may carry an address."""
    fields = {"text": label, "value": string(OPTION_VALUE), "description": label}
    return shape(fields | ({"url": URL} if url else {}), "text value")


PLAIN_OPTION = option(plain_text(OPTION_TEXT))
MARKED_OPTION = option(text(OPTION_TEXT))

OPTIONS: dict[str, Rule] = {
    "options": array(PLAIN_OPTION, 100),
    "option_groups": array(
        shape({"label": plain_text(OPTION_TEXT), "options": array(PLAIN_OPTION, 100)}, "label options"), 100
    ),
}

CONFIRM = shape(
    {
        "title": plain_text(100),
        "text": text(300),
        "confirm": plain_text(30),
        "deny": plain_text(30),
        "style": one_of("primary", "danger"),
    },
    "title text confirm deny",
)

CONVERSATION_FILTER = shape(
    {
        "include": array(one_of("im", "mpim", "private", "public"), 4),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    }
)

DISPATCH_CONFIG = shape(
    {"trigger_actions_on": array(one_of("on_enter_pressed", "on_character_entered"), 2)}, "trigger_actions_on"
)

SLACK_FILE = shape({"id": string(), "url": URL}, "", exactly_one("id", "url"))


def initial_among_options(value: Any, at: str, report: Report) -> None:
    """What is chosen at first must be offered, word for word."""
    offered = list(value.get("options") or [])
    offered += [each for group in value.get("option_groups") or [] for each in group["options"]]
    if "initial_option" in value and not _offers(offered, value["initial_option"]):
        report.append(_missing(f"{at}/initial_option"))
    for index, chosen in enumerate(value.get("initial_options") or []):
        if not _offers(offered, chosen):
            report.append(_missing(f"{at}/initial_options/{index}"))


def _offers(offered: list[Any], chosen: Any) -> bool:
    return any(_same(each, chosen) for each in offered)


def _same(one: Any, other: Any) -> bool:
    """`emoji` and `verbatim` are filled in by Slack and do not tell options apart."""
    return bool(one["value"] == other["value"] and one["text"]["text"] == other["text"]["text"])


def _missing(at: str) -> Problem:
    return Problem(at, "must be one of the options given")
