"""Defaults that Slack adds to blocks it accepts: missing ids, `emoji`, `verbatim`."""

from copy import deepcopy
from typing import Any

from bot.sandbox.slack.core.errors import Json
from bot.sandbox.slack.core.ids import random_block_id

_INTERACTIVE = frozenset(
    [
        "button",
        "checkboxes",
        "channels_select",
        "conversations_select",
        "datepicker",
        "datetimepicker",
        "email_text_input",
        "external_select",
        "file_input",
        "multi_channels_select",
        "multi_conversations_select",
        "multi_external_select",
        "multi_static_select",
        "multi_users_select",
        "number_input",
        "overflow",
        "plain_text_input",
        "radio_buttons",
        "rich_text_input",
        "static_select",
        "timepicker",
        "url_text_input",
        "users_select",
        "workflow_button",
    ]
)


def normalise(blocks: list[Json]) -> list[Json]:
    """A copy of the blocks as Slack stores and returns them."""
    copy = deepcopy(blocks)
    for block in copy:
        block.setdefault("block_id", random_block_id())
        _add_defaults(block)
    return copy


def _add_defaults(value: Any) -> None:
    if isinstance(value, list):
        for item in value:
            _add_defaults(item)
    elif isinstance(value, dict):
        _add_object_defaults(value)
        for item in value.values():
            _add_defaults(item)


def _add_object_defaults(value: Json) -> None:
    kind = value.get("type")
    if kind == "plain_text" and "text" in value:
        value.setdefault("emoji", True)
    elif kind == "mrkdwn":
        value.setdefault("verbatim", False)
    elif kind in _INTERACTIVE:
        value.setdefault("action_id", random_block_id())
