"""Inputs of a form, and reading its state by block; a malformed state reads as empty."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from blocks.kit.build import Block, Element, Option, drop_none, input_block, plain
from blocks.kit.text import OPTION
from models.text import tidy


def text_input(
    action_id: str,
    *,
    initial: str = "",
    multiline: bool = False,
    limit: int = 2000,
    placeholder: str = "",
    shortest: int = 0,
    live: bool = False,
) -> Element:
    """A field to type in. `limit` and `shortest` are characters; Slack allows at most 3,000.

    In a block with `dispatch`, Slack reports the text on Enter, or with `live` at each character.
    """
    return {
        "type": "plain_text_input",
        "action_id": action_id,
        "multiline": multiline,
        "max_length": limit,
    } | drop_none(
        initial_value=initial or None,
        min_length=shortest or None,
        placeholder=plain(placeholder, 150) if placeholder else None,
        dispatch_action_config={"trigger_actions_on": ["on_character_entered"]} if live else None,
    )


def text_block(
    label: str,
    *,
    block_id: str,
    limit: int,
    action_id: str = "text",
    initial: str = "",
    hint: str = "",
    optional: bool = False,
) -> Block:
    """A form's field for several lines of text, of at most `limit` characters."""
    element = text_input(action_id, initial=initial, multiline=True, limit=limit)
    return input_block(label, element, block_id=block_id, hint=hint, optional=optional)


def select(
    action_id: str, options: Sequence[Option], *, initial: str | None = None, placeholder: str = ""
) -> Element:
    """A menu of at most 100 options. `initial` is the value of the selected one."""
    selected = next((option for option in options if option["value"] == initial), None)
    return {"type": "static_select", "action_id": action_id, "options": list(options)[:100]} | drop_none(
        initial_option=selected, placeholder=plain(placeholder, 150) if placeholder else None
    )


def multi_select(
    action_id: str,
    groups: Mapping[str, Sequence[Option]],
    *,
    initial: Collection[str] = (),
    placeholder: str = "",
) -> Element:
    """A menu that takes several options, which stand in groups by label.

    `initial` are the values of the selected ones. Slack takes it in a section or an input.
    """
    selected = [option for options in groups.values() for option in options if option["value"] in initial]
    return {
        "type": "multi_static_select",
        "action_id": action_id,
        "option_groups": [
            {"label": plain(label, OPTION), "options": list(options)} for label, options in groups.items()
        ],
    } | drop_none(
        initial_options=selected or None, placeholder=plain(placeholder, 150) if placeholder else None
    )


def external_select(
    action_id: str, *, initial: Option | None = None, placeholder: str = "", shortest: int = 0
) -> Element:
    """A menu whose options are requested while somebody types, from `shortest` characters on."""
    return {"type": "external_select", "action_id": action_id, "min_query_length": shortest} | drop_none(
        initial_option=initial, placeholder=plain(placeholder, 150) if placeholder else None
    )


def multi_external_select(
    action_id: str, *, initial: Sequence[Option] = (), placeholder: str = "", max_selected: int | None = None
) -> Element:
    """An `external_select` that takes several options."""
    return {"type": "multi_external_select", "action_id": action_id, "min_query_length": 0} | drop_none(
        initial_options=list(initial) or None,
        max_selected_items=max_selected,
        placeholder=plain(placeholder, 150) if placeholder else None,
    )


def datetime_picker(action_id: str, initial: datetime | None = None) -> Element:
    """A date and time in the reader's own time zone. Slack does not take it on App Home."""
    element: Element = {"type": "datetimepicker", "action_id": action_id}
    return element | drop_none(initial_date_time=int(initial.timestamp()) if initial else None)


def number_input(action_id: str, *, initial: str = "", minimum: int, maximum: int) -> Element:
    """A field for an integer."""
    element: Element = {
        "type": "number_input",
        "action_id": action_id,
        "is_decimal_allowed": False,
        "min_value": str(minimum),
        "max_value": str(maximum),
    }
    return element | ({"initial_value": initial} if initial else {})


def people_select(action_id: str, *, initial: Sequence[str] = ()) -> Element:
    """A menu of people, for several. Slack rejects the modal for an `initial` id that it does not know."""
    element: Element = {"type": "multi_users_select", "action_id": action_id}
    return element | ({"initial_users": list(initial)} if initial else {})


def person_select(action_id: str, *, initial: str = "", placeholder: str = "") -> Element:
    """A menu of people, for one."""
    element: Element = {"type": "users_select", "action_id": action_id}
    hint = {"placeholder": plain(placeholder, 150)} if placeholder else {}
    return element | hint | ({"initial_user": initial} if initial else {})


def channel_select(action_id: str, *, initial: str = "") -> Element:
    """A menu of the channels that the viewer can see, public and private, for one.

    It is a menu for several with a limit of 1: Slack has no way to empty a menu for one.
    """
    element: Element = {
        "type": "multi_conversations_select",
        "action_id": action_id,
        "max_selected_items": 1,
        "filter": {"include": ["public", "private"]},
    }
    return element | ({"initial_conversations": [initial]} if initial else {})


def checkboxes(action_id: str, options: Sequence[Option], *, initial: Iterable[str] = ()) -> Element:
    """At most ten checkboxes. `initial` are the values of the checked ones."""
    checked = set(initial)
    selected = [option for option in options if option["value"] in checked]
    element: Element = {"type": "checkboxes", "action_id": action_id, "options": list(options)}
    return element | ({"initial_options": selected} if selected else {})


def date_picker(action_id: str, *, initial: date | None = None) -> Element:
    """A calendar date."""
    element: Element = {"type": "datepicker", "action_id": action_id}
    return element | ({"initial_date": initial.isoformat()} if initial else {})


def overflow(action_id: str, options: Sequence[Option]) -> Element:
    """The menu behind ⋯, with at most five entries; an entry that is chosen acts at once."""
    return {"type": "overflow", "action_id": action_id, "options": list(options)}


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
