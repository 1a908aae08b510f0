"""A form's state, read by block; each block has one element. A malformed state reads as empty."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from models.text import tidy

Errors = dict[str, str]
"""Error messages of a form, by block id."""

Values = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""A view's `state.values`: by block id, then by action id."""

_MAX_TIMESTAMP = 253_402_300_799
"""The last second of the year 9999, where `datetime` ends."""


def text_of(values: Values, block_id: str) -> str:
    """The typed text, without unseen characters and surrounding space."""
    return tidy(str(_element_state(values, block_id).get("value") or ""))


def choice_of(values: Values, block_id: str) -> str:
    """The value of the selected option; empty without one."""
    option = _element_state(values, block_id).get("selected_option")
    return str(option.get("value") or "") if isinstance(option, Mapping) else ""


def choices_of(values: Values, block_id: str) -> tuple[str, ...]:
    """The values of the selected options, each once."""
    options = _element_state(values, block_id).get("selected_options")
    selected = (
        [option for option in options if isinstance(option, Mapping)] if isinstance(options, list) else []
    )
    return tuple(dict.fromkeys(str(option["value"]) for option in selected if option.get("value")))


def datetime_of(values: Values, block_id: str) -> datetime | None:
    """The moment of a datetimepicker, in UTC; None without one."""
    seconds = _element_state(values, block_id).get("selected_date_time")
    if not isinstance(seconds, int) or not 0 <= seconds <= _MAX_TIMESTAMP:
        return None
    return datetime.fromtimestamp(seconds, UTC)


def date_of(values: Values, block_id: str) -> date | None:
    """The date of a datepicker; None without one."""
    try:
        return date.fromisoformat(str(_element_state(values, block_id).get("selected_date") or ""))
    except ValueError:
        return None


def people_of(values: Values, block_id: str) -> tuple[str, ...]:
    """The ids of the selected people, each once."""
    people = _element_state(values, block_id).get("selected_users")
    return tuple(dict.fromkeys(map(str, people))) if isinstance(people, list) else ()


def channel_of(values: Values, block_id: str) -> str:
    """The id of the selected channel; empty without one."""
    channels = _element_state(values, block_id).get("selected_conversations")
    return str(channels[0]) if isinstance(channels, list) and channels else ""


def person_of(values: Values, block_id: str) -> str:
    """The id of the selected person; empty without one."""
    return str(_element_state(values, block_id).get("selected_user") or "")


def _element_state(values: Values, block_id: str) -> Mapping[str, Any]:
    block = values.get(block_id)
    elements = list(block.values()) if isinstance(block, Mapping) else []
    return elements[0] if elements and isinstance(elements[0], Mapping) else {}
