"""The state of a form as a client keeps it: what is typed or chosen, by (block_id, action_id)."""

from copy import deepcopy
from typing import Any

from bot.sandbox.slack import visible
from bot.sandbox.slack.errors import Json

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
    """The values of one view, of one person's Home, or of one message as one person sees it."""

    def __init__(self, blocks: list[Json]) -> None:
        self._values: dict[tuple[str, str], Json] = {}
        self._elements: dict[tuple[str, str], Json] = {}
        self.sync(blocks)

    def sync(self, blocks: list[Json]) -> None:
        """Takes over new blocks: a value stays where block, action and kind of element stay the same."""
        self._elements = {
            each.key: each.element for each in visible.placed(blocks) if each.element["type"] in VALUE_KEYS
        }
        self._values = {key: self._kept(key, element) for key, element in self._elements.items()}

    def _kept(self, key: tuple[str, str], element: Json) -> Json:
        old = self._values.get(key)
        if old is not None and old["type"] == element["type"] and _still_offered(element, old):
            return old
        return _initial(element)

    def get(self, key: tuple[str, str]) -> Any:
        """The bare value: text, option, id, list of these, or None."""
        held = self._values[key]
        return held[VALUE_KEYS[held["type"]][0]]

    def set(self, key: tuple[str, str], value: Any) -> None:
        held = self._values[key]
        name = VALUE_KEYS[held["type"]][0]
        self._values[key] = held | {name: ([] if name in _LISTS else None) if value in (None, "") else value}

    def state(self, key: tuple[str, str]) -> Json:
        """One element's entry in `state.values`; empty for an element without a value, such as a button."""
        return deepcopy(self._values.get(key, {}))

    def as_json(self) -> Json:
        """`state`, as payloads carry it."""
        values: dict[str, Json] = {}
        for (block_id, action_id), held in self._values.items():
            values.setdefault(block_id, {})[action_id] = deepcopy(held)
        return {"values": values}


def _initial(element: Json) -> Json:
    name, start = VALUE_KEYS[element["type"]]
    empty: Any = [] if name in _LISTS else None
    return {"type": element["type"], name: deepcopy(element.get(start, empty))}


def _still_offered(element: Json, held: Json) -> bool:
    """What the new element does not offer cannot stay chosen; external menus may offer anything."""
    offered = [each["value"] for each in visible.options(element)]
    chosen = held.get("selected_option") or held.get("selected_options") or []
    chosen = chosen if isinstance(chosen, list) else [chosen]
    return element["type"].endswith("external_select") or all(each["value"] in offered for each in chosen)
