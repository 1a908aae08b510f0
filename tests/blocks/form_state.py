"""The state of a form as a client sends it: its initial values, and what somebody changed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from blocks.kit import Block

Values = dict[str, dict[str, dict[str, Any]]]


def shown(blocks: Sequence[Block]) -> Values:
    """The state of a form that nobody has touched."""
    inputs = [block for block in blocks if block["type"] == "input"]
    return {block["block_id"]: {block["element"]["action_id"]: _state(block["element"])} for block in inputs}


def typed(values: Values, block_id: str, text: str) -> Values:
    """The same with a text typed."""
    return _with(values, block_id, {"type": "plain_text_input", "value": text})


def picked(values: Values, block_id: str, value: str) -> Values:
    """The same with an option chosen."""
    option = {"text": {"type": "plain_text", "text": value}, "value": value}
    return _with(values, block_id, {"type": "static_select", "selected_option": option})


def set_to(values: Values, block_id: str, at: datetime) -> Values:
    """The same with a moment chosen."""
    return _with(values, block_id, {"type": "datetimepicker", "selected_date_time": int(at.timestamp())})


def labels(blocks: Sequence[Block]) -> list[str]:
    """The labels of a form's fields."""
    return [block["label"]["text"] for block in blocks if block["type"] == "input"]


def _with(values: Values, block_id: str, state: dict[str, Any]) -> Values:
    action_id = next(iter(values.get(block_id, {"any": {}})))
    return {**values, block_id: {action_id: state}}


def _state(element: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": element["type"],
        "value": element.get("initial_value"),
        "selected_option": element.get("initial_option"),
        "selected_options": element.get("initial_options", []),
        "selected_date_time": element.get("initial_date_time"),
    }
