"""The values of a form as a client keeps them, and what is typed or chosen to reach them."""

from collections.abc import Mapping
from copy import deepcopy
from datetime import date, datetime, time
from typing import Any

from bot.sandbox.slack.blocks import visible
from bot.sandbox.slack.core.errors import Json, NotVisible

# For each element: the key of its value in `state.values`, and the property it starts from.
# https://docs.slack.dev/reference/views#view-state and the pages of the elements
VALUE_KEYS = {
    "plain_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "users_select": ("selected_user", "initial_user"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "channels_select": ("selected_channel", "initial_channel"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "checkboxes": ("selected_options", "initial_options"),
    "multi_users_select": ("selected_users", "initial_users"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "file_input": ("files", "initial_files"),
}
_LISTS = ("selected_options", "selected_users", "selected_conversations", "selected_channels", "files")


class Form:
    """The values of a surface's elements, by (block_id, action_id).

    A surface is a view, one person's Home tab, or a message as one person sees it.
    """

    def __init__(self, blocks: list[Json]) -> None:
        self._values: dict[tuple[str, str], Json] = {}
        self._elements: dict[tuple[str, str], Json] = {}
        self.sync(blocks)

    def sync(self, blocks: list[Json]) -> None:
        """Take over new blocks; a value is kept where block_id, action_id and type of element are."""
        self._elements = {
            target.key: target.element
            for target in visible.block_elements(blocks)
            if target.element["type"] in VALUE_KEYS
        }
        self._values = {key: self._value(key, element) for key, element in self._elements.items()}

    def _value(self, key: tuple[str, str], element: Json) -> Json:
        old = self._values.get(key)
        if old is not None and old["type"] == element["type"] and _offers_value(element, old):
            return old
        return _initial(element)

    def get(self, key: tuple[str, str]) -> Any:
        """The bare value: text, option, id, list of these, or None."""
        state = self._values[key]
        return state[VALUE_KEYS[state["type"]][0]]

    def set(self, key: tuple[str, str], value: Any) -> None:
        """Set the bare value; None or "" clears it."""
        state = self._values[key]
        name = VALUE_KEYS[state["type"]][0]
        self._values[key] = state | {name: ([] if name in _LISTS else None) if value in (None, "") else value}

    def state(self, key: tuple[str, str]) -> Json:
        """One element's entry in `state.values`; empty for an element without a value, such as a button."""
        return deepcopy(self._values.get(key, {}))

    def as_json(self) -> Json:
        """`state` of a payload: all values by block_id and action_id."""
        values: dict[str, Json] = {}
        for (block_id, action_id), value in self._values.items():
            values.setdefault(block_id, {})[action_id] = deepcopy(value)
        return {"values": values}


def _initial(element: Json) -> Json:
    name, start = VALUE_KEYS[element["type"]]
    empty: Any = [] if name in _LISTS else None
    return {"type": element["type"], name: deepcopy(element.get(start, empty))}


def _offers_value(element: Json, state: Json) -> bool:
    """Whether the element still has the options chosen before; an external menu may have any."""
    values = [option["value"] for option in visible.options(element)]
    choice = state.get("selected_option") or state.get("selected_options") or []
    choices = choice if isinstance(choice, list) else [choice]
    return element["type"].endswith("external_select") or all(option["value"] in values for option in choices)


def find_option(options: list[Json], text: str) -> Json:
    """The option with this text; else the only one that begins with it.

    Raises:
        NotVisible: there is none, or more than one begins with the text.
    """
    exact = [option for option in options if visible.label(option) == text]
    matches = exact or [option for option in options if visible.label(option).startswith(text)]
    if not exact and len(matches) != 1:
        raise NotVisible(f"no option {text!r}; there are {[visible.label(option) for option in options]}")
    return matches[0]


def parse_input(element: Json, value: Any) -> Any:
    """A person's input as the element stores it; None for no input.

    Dates as `YYYY-MM-DD`, times as `HH:MM`, dates with a time as Unix seconds, everything else as text.

    Raises:
        ValueError: The input is no date or time.
    """
    if value is None or value == "":
        return None
    kind = element["type"]
    if kind == "datetimepicker":
        return int(value.timestamp()) if isinstance(value, datetime) else int(value)
    if kind == "datepicker":
        return date.fromisoformat(str(value)).isoformat()
    if kind == "timepicker":
        return time.fromisoformat(str(value)).strftime("%H:%M")
    if kind == "rich_text_input":
        section = {"type": "rich_text_section", "elements": [{"type": "text", "text": str(value)}]}
        return {"type": "rich_text", "elements": [section]}
    return str(value)


def display_value(value: Any, names: Mapping[str, str]) -> Any:
    """A value as a person reads it: options by their text, ids by `names`, text as it is."""
    if isinstance(value, list):
        return [display_value(item, names) for item in value]
    if isinstance(value, dict):
        return visible.label(value)
    return names.get(value, value) if isinstance(value, str) else value
