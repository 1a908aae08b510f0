"""The schema of composition objects. https://docs.slack.dev/reference/block-kit/composition-objects ."""

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


def plain_text(maximum: int) -> Rule:
    """A `plain_text` object of at most `maximum` characters."""
    fields = {"type": one_of("plain_text"), "text": string(maximum), "emoji": boolean}
    return by_type({"plain_text": shape(fields, "type text")})


def text(maximum: int) -> Rule:
    """A `plain_text` or `mrkdwn` object of at most `maximum` characters."""
    plain = {"type": anything, "text": string(maximum), "emoji": boolean}
    mrkdwn = {"type": anything, "text": string(maximum), "verbatim": boolean}
    return by_type({"plain_text": shape(plain, "type text"), "mrkdwn": shape(mrkdwn, "type text")})


def option(label: Rule, *, url: bool = False) -> Rule:
    """An option; with `url` one of an overflow menu, which may carry an address."""
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
    """Report each initial choice that is not among the options; values and texts are compared."""
    options = list(value.get("options") or [])
    options += [option for group in value.get("option_groups") or [] for option in group["options"]]
    if "initial_option" in value and not _contains(options, value["initial_option"]):
        report.append(_missing(f"{at}/initial_option"))
    for index, choice in enumerate(value.get("initial_options") or []):
        if not _contains(options, choice):
            report.append(_missing(f"{at}/initial_options/{index}"))


def _contains(options: list[Any], choice: Any) -> bool:
    return any(_is_same(option, choice) for option in options)


def _is_same(first: Any, second: Any) -> bool:
    """Whether two options are equal but for `emoji` and `verbatim`, which Slack fills in."""
    return bool(first["value"] == second["value"] and first["text"]["text"] == second["text"]["text"])


def _missing(at: str) -> Problem:
    return Problem(at, "must be one of the options given")
