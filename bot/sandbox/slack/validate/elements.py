"""The schema of block elements. https://docs.slack.dev/reference/block-kit/block-elements ."""

from typing import Any

from bot.sandbox.slack.validate.composition import (
    CONFIRM,
    CONVERSATION_FILTER,
    DISPATCH_CONFIG,
    ID,
    MARKED_OPTION,
    OPTIONS,
    PLAIN_OPTION,
    SLACK_FILE,
    URL,
    initial_among_options,
    option,
    plain_text,
)
from bot.sandbox.slack.validate.rich_text import RICH_TEXT
from bot.sandbox.slack.validate.rules import (
    Problem,
    Report,
    Rule,
    anything,
    array,
    boolean,
    exactly_one,
    integer,
    one_of,
    shape,
    string,
)

LONGEST_TEXT = 3000  # characters in a text input
_BASE: dict[str, Rule] = {"type": anything, "action_id": ID}
_PLACEHOLDER: dict[str, Rule] = {"placeholder": plain_text(150), "focus_on_load": boolean}
_CONFIRM: dict[str, Rule] = {"confirm": CONFIRM}
_SEVERAL: dict[str, Rule] = {"max_selected_items": integer(1, 1000)}
_DISPATCH: dict[str, Rule] = {"dispatch_action_config": DISPATCH_CONFIG}
_STYLE = one_of("primary", "danger")
_DATE, _TIME = r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", r"([01]\d|2[0-3]):[0-5]\d"
_NUMBER = r"-?\d+(\.\d+)?"
_IDS = array(string(), 1000)
_QUERY: dict[str, Rule] = {"min_query_length": integer(0, 100)}


def _select(*checks: Rule, **fields: Rule) -> Rule:
    return shape(_BASE | _PLACEHOLDER | _CONFIRM | fields, "type", *checks)


def _multi(*checks: Rule, **fields: Rule) -> Rule:
    return shape(_BASE | _PLACEHOLDER | _CONFIRM | _SEVERAL | fields, "type", *checks)


def _text_input(required: str = "type", *checks: Rule, **fields: Rule) -> Rule:
    return shape(_BASE | _PLACEHOLDER | _DISPATCH | fields, required, *checks)


def _length_range(value: Any, at: str, report: Report) -> None:
    minimum, maximum = value.get("min_length", 0), value.get("max_length", LONGEST_TEXT)
    if minimum > maximum:
        report.append(Problem(f"{at}/min_length", f"must be less than {maximum + 1}"))
    if len(value.get("initial_value", "")) > maximum:
        report.append(Problem(f"{at}/initial_value", f"must be less than {maximum + 1} characters"))


def _number_range(value: Any, at: str, report: Report) -> None:
    bounds = {
        name: float(value[name]) for name in ("min_value", "initial_value", "max_value") if name in value
    }
    if list(bounds.values()) != sorted(bounds.values()):
        report.append(Problem(at, "min_value, initial_value and max_value must be in this order"))


def _choices_within_limit(value: Any, at: str, report: Report) -> None:
    if len(value.get("initial_options", [])) > value.get("max_selected_items", 1000):
        report.append(
            Problem(f"{at}/initial_options", f"no more than {value['max_selected_items']} items allowed")
        )


_EITHER = exactly_one("options", "option_groups")
_IMAGE_FIELDS: dict[str, Rule] = {"image_url": URL, "slack_file": SLACK_FILE, "alt_text": string(2000)}
IMAGE_SOURCE = exactly_one("image_url", "slack_file")

IMAGE = shape({"type": anything, **_IMAGE_FIELDS}, "type alt_text", IMAGE_SOURCE)

ELEMENTS: dict[str, Rule] = {
    "button": shape(
        _BASE
        | _CONFIRM
        | {
            "text": plain_text(75),
            "value": string(2000),
            "url": URL,
            "style": _STYLE,
            "accessibility_label": string(75),
        },
        "type text",
    ),
    "overflow": shape(
        _BASE | _CONFIRM | {"options": array(option(plain_text(75), url=True), 5)}, "type options"
    ),
    "static_select": _select(_EITHER, initial_among_options, **OPTIONS, initial_option=PLAIN_OPTION),
    "external_select": _select(**_QUERY, initial_option=PLAIN_OPTION),
    "users_select": _select(initial_user=string()),
    "conversations_select": _select(
        initial_conversation=string(),
        default_to_current_conversation=boolean,
        response_url_enabled=boolean,
        filter=CONVERSATION_FILTER,
    ),
    "channels_select": _select(initial_channel=string(), response_url_enabled=boolean),
    "multi_static_select": _multi(
        _EITHER,
        initial_among_options,
        _choices_within_limit,
        **OPTIONS,
        initial_options=array(PLAIN_OPTION, 100),
    ),
    "multi_external_select": _multi(
        _choices_within_limit, **_QUERY, initial_options=array(PLAIN_OPTION, 100)
    ),
    "multi_users_select": _multi(initial_users=_IDS),
    "multi_conversations_select": _multi(
        initial_conversations=_IDS, default_to_current_conversation=boolean, filter=CONVERSATION_FILTER
    ),
    "multi_channels_select": _multi(initial_channels=_IDS),
    "radio_buttons": shape(
        _BASE
        | _CONFIRM
        | {"options": array(MARKED_OPTION, 10), "initial_option": MARKED_OPTION, "focus_on_load": boolean},
        "type options",
        initial_among_options,
    ),
    "checkboxes": shape(
        _BASE
        | _CONFIRM
        | {
            "options": array(MARKED_OPTION, 10),
            "initial_options": array(MARKED_OPTION, 10),
            "focus_on_load": boolean,
        },
        "type options",
        initial_among_options,
    ),
    "datepicker": _select(initial_date=string(pattern=_DATE)),
    "timepicker": _select(initial_time=string(pattern=_TIME), timezone=string()),
    "datetimepicker": shape(
        _BASE
        | _CONFIRM
        | {"initial_date_time": integer(1_000_000_000, 9_999_999_999), "focus_on_load": boolean},
        "type",
    ),
    "plain_text_input": _text_input(
        "type",
        _length_range,
        initial_value=string(LONGEST_TEXT, 0),
        multiline=boolean,
        min_length=integer(0, LONGEST_TEXT),
        max_length=integer(1, LONGEST_TEXT),
    ),
    "number_input": _text_input(
        "type is_decimal_allowed",
        _number_range,
        is_decimal_allowed=boolean,
        initial_value=string(pattern=_NUMBER),
        min_value=string(pattern=_NUMBER),
        max_value=string(pattern=_NUMBER),
    ),
    "email_text_input": _text_input(initial_value=string(pattern=r"[^@\s]+@[^@\s]+")),
    "url_text_input": _text_input(initial_value=URL),
    "rich_text_input": _text_input(initial_value=RICH_TEXT),
    "file_input": shape(_BASE | {"filetypes": array(string(), 100), "max_files": integer(1, 10)}, "type"),
    "image": IMAGE,
}
