"""What a form's state holds, by block, of which each has one element. Anything misshapen reads as empty."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from blocks.text import clean

Values = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""A view's `state.values`: by block_id, then by action_id."""

_LATEST = 253_402_300_799
"""The last second of the year 9999, where `datetime` ends."""


def typed(values: Values, block_id: str) -> str:
    """What somebody typed, without invisible characters and the space around it."""
    return clean(str(_element(values, block_id).get("value") or "")).strip()


def picked(values: Values, block_id: str) -> str:
    """The value of the option that is chosen; empty where none is."""
    option = _element(values, block_id).get("selected_option")
    return str(option.get("value") or "") if isinstance(option, Mapping) else ""


def all_picked(values: Values, block_id: str) -> tuple[str, ...]:
    """The values of the options that are chosen in a menu for several, each once."""
    options = _element(values, block_id).get("selected_options")
    chosen = [one for one in options if isinstance(one, Mapping)] if isinstance(options, list) else []
    return tuple(dict.fromkeys(str(one["value"]) for one in chosen if one.get("value")))


def moment_of(values: Values, block_id: str) -> datetime | None:
    """The moment that a datetimepicker shows, in UTC."""
    seconds = _element(values, block_id).get("selected_date_time")
    if not isinstance(seconds, int) or not 0 <= seconds <= _LATEST:
        return None
    return datetime.fromtimestamp(seconds, UTC)


def _element(values: Values, block_id: str) -> Mapping[str, Any]:
    block = values.get(block_id)
    elements = list(block.values()) if isinstance(block, Mapping) else []
    return elements[0] if elements and isinstance(elements[0], Mapping) else {}
