"""The schema of blocks, and which of them a surface takes.

https://docs.slack.dev/reference/block-kit/blocks
"""

from typing import Any

from bot.sandbox.slack.validate.composition import ID, SLACK_FILE, URL, plain_text, text
from bot.sandbox.slack.validate.elements import ELEMENTS, IMAGE_SOURCE
from bot.sandbox.slack.validate.rich_text import RICH_TEXT
from bot.sandbox.slack.validate.rules import (
    Problem,
    Report,
    Rule,
    anything,
    array,
    boolean,
    by_type,
    one_of,
    shape,
    string,
)

_SINGLE = ["static_select", "external_select", "users_select", "conversations_select", "channels_select"]
_SEVERAL = [f"multi_{name}" for name in _SINGLE]
_PICKERS = ["datepicker", "timepicker", "checkboxes", "radio_buttons"]
_TEXT_INPUTS = [
    "plain_text_input",
    "number_input",
    "email_text_input",
    "url_text_input",
    "rich_text_input",
    "file_input",
]

IN_ACTIONS = ["button", "overflow", "datetimepicker", *_SINGLE, *_PICKERS]
IN_SECTION = ["button", "overflow", "image", *_SINGLE, *_SEVERAL, *_PICKERS]
IN_INPUT = [*_SINGLE, *_SEVERAL, *_PICKERS, "datetimepicker", *_TEXT_INPUTS]

MODAL_ONLY = {"file_input"}
NOT_ON_HOME = {"datetimepicker", "file_input"}

_EVERYWHERE = ["section", "actions", "context", "divider", "header", "image", "input", "rich_text"]
ALLOWED = {
    "message": [*_EVERYWHERE, "markdown", "table"],
    "modal": [*_EVERYWHERE, "alert"],
    "home": _EVERYWHERE,
}


def _elements(names: list[str], surface: str) -> Rule:
    exceptions = {"message": MODAL_ONLY, "modal": set(), "home": NOT_ON_HOME}[surface]
    return by_type({name: ELEMENTS[name] for name in names if name not in exceptions})


def _block(required: str, *checks: Rule, **fields: Rule) -> Rule:
    return shape({"type": anything, "block_id": ID, **fields}, f"type {required}", *checks)


def _text_or_fields(value: Any, at: str, report: Report) -> None:
    if not ("text" in value or "fields" in value):
        report.append(Problem(f"{at}/type", "must define either `text` or `fields`"))


def _no_dispatch_of_files(value: Any, at: str, report: Report) -> None:
    if value["element"]["type"] == "file_input" and value.get("dispatch_action"):
        report.append(Problem(f"{at}/dispatch_action", "is not allowed with file_input"))


_RAW_CELL = shape({"type": anything, "text": string()}, "type text")
_CELL = by_type({"raw_text": _RAW_CELL, "rich_text": RICH_TEXT})
_COLUMN = shape({"align": one_of("left", "center", "right"), "is_wrapped": boolean})
_CONTEXT_PART = by_type(
    {"image": ELEMENTS["image"], "plain_text": text(3000), "mrkdwn": text(3000)},
)


def blocks_for(surface: str) -> Rule:
    """The rule for one block on a surface: "message", "modal" or "home"."""
    kinds: dict[str, Rule] = {
        "section": _block(
            "",
            _text_or_fields,
            text=text(3000),
            fields=array(text(2000), 10),
            accessory=_elements(IN_SECTION, surface),
            expand=boolean,
        ),
        "actions": _block("elements", elements=array(_elements(IN_ACTIONS, surface), 25)),
        "context": _block("elements", elements=array(_CONTEXT_PART, 10)),
        "divider": _block(""),
        "header": _block("text", text=plain_text(150)),
        "image": _block(
            "alt_text",
            IMAGE_SOURCE,
            image_url=URL,
            slack_file=SLACK_FILE,
            alt_text=string(2000),
            title=plain_text(2000),
        ),
        "input": _block(
            "label element",
            _no_dispatch_of_files,
            label=plain_text(2000),
            hint=plain_text(2000),
            element=_elements(IN_INPUT, surface),
            optional=boolean,
            dispatch_action=boolean,
        ),
        "rich_text": RICH_TEXT,
        "markdown": _block("text", text=string(12_000)),
        "table": _block("rows", rows=array(array(_CELL, 20), 100), column_settings=array(_COLUMN, 20)),
        "alert": _block(
            "text", text=text(200), level=one_of("default", "info", "warning", "error", "success")
        ),
    }
    return by_type({name: kinds[name] for name in ALLOWED[surface]})
