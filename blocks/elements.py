"""Elements for people, numbers and ticks, and what their state holds; misshapen reads as empty."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from blocks import kit
from blocks.answers import Values
from blocks.kit import Element, Option


def number_input(action_id: str, *, initial: str = "", least: int, most: int) -> Element:
    """A field for a whole number."""
    element: Element = {
        "type": "number_input",
        "action_id": action_id,
        "is_decimal_allowed": False,
        "min_value": str(least),
        "max_value": str(most),
    }
    return element | ({"initial_value": initial} if initial else {})


def people_select(action_id: str, *, initial: Sequence[str] = ()) -> Element:
    """A menu of everybody in Slack. Slack refuses the modal for an `initial` that it does not know."""
    element: Element = {"type": "multi_users_select", "action_id": action_id}
    return element | ({"initial_users": list(initial)} if initial else {})


def person_select(action_id: str, *, initial: str = "", placeholder: str = "") -> Element:
    """A menu of everybody in Slack, for one of them."""
    element: Element = {"type": "users_select", "action_id": action_id}
    said = {"placeholder": kit.plain(placeholder, 150)} if placeholder else {}
    return element | said | ({"initial_user": initial} if initial else {})


def channel_select(action_id: str, *, initial: str = "") -> Element:
    """A menu of the channels that whoever looks can see, public and private, for one of them.

    Of several, so that it can be emptied again: Slack has no way to empty a menu for one.
    """
    element: Element = {
        "type": "multi_conversations_select",
        "action_id": action_id,
        "max_selected_items": 1,
        "filter": {"include": ["public", "private"]},
    }
    return element | ({"initial_conversations": [initial]} if initial else {})


def checkboxes(action_id: str, options: Sequence[Option], *, initial: Iterable[str] = ()) -> Element:
    """At most ten boxes to tick; `initial` are the values of those that are."""
    ticked = set(initial)
    chosen = [one for one in options if one["value"] in ticked]
    element: Element = {"type": "checkboxes", "action_id": action_id, "options": list(options)}
    return element | ({"initial_options": chosen} if chosen else {})


def date_picker(action_id: str, *, initial: date | None = None) -> Element:
    """A day of the calendar."""
    element: Element = {"type": "datepicker", "action_id": action_id}
    return element | ({"initial_date": initial.isoformat()} if initial else {})


def date_chosen(values: Values, block_id: str) -> date | None:
    """The day that is chosen; None where none is."""
    try:
        return date.fromisoformat(str(_state(values, block_id).get("selected_date") or ""))
    except ValueError:
        return None


def people_chosen(values: Values, block_id: str) -> tuple[str, ...]:
    """The ids of the people that are chosen."""
    people = _state(values, block_id).get("selected_users")
    return tuple(dict.fromkeys(map(str, people))) if isinstance(people, list) else ()


def channel_chosen(values: Values, block_id: str) -> str:
    """The id of the channel that is chosen; empty where none is."""
    found = _state(values, block_id).get("selected_conversations")
    return str(found[0]) if isinstance(found, list) and found else ""


def person_chosen(values: Values, block_id: str) -> str:
    """The id of the one person that is chosen; empty where none is."""
    return str(_state(values, block_id).get("selected_user") or "")


def _state(values: Values, block_id: str) -> Mapping[str, Any]:
    block = values.get(block_id)
    states = list(block.values()) if isinstance(block, Mapping) else []
    return states[0] if states and isinstance(states[0], Mapping) else {}
