"""The state of a form as a client keeps it: what is typed or chosen, by (block_id, action_id)."""

from collections.abc import Mapping
from copy import deepcopy
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from bot.sandbox.slack.blocks import visible
from bot.sandbox.slack.client.results import NotVisible
from bot.sandbox.slack.core.errors import Json

if TYPE_CHECKING:
    from bot.sandbox.slack.state.workspace import Workspace


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


def option(offered: list[Json], text: str) -> Json:
    """The option with this text; else the only one that begins with it."""
    exact = [each for each in offered if visible.label(each) == text]
    found = exact or [each for each in offered if visible.label(each).startswith(text)]
    if not exact and len(found) != 1:
        raise NotVisible(f"no option {text!r}; there are {[visible.label(each) for each in offered]}")
    return found[0]


def account(workspace: "Workspace", name: str) -> str:
    """A person by id, full name or handle; the deactivated are not offered."""
    for user in workspace.users.values():
        if name in (user.id, user.real_name, user.name, "@" + user.name) and not user.deleted:
            return user.id
    raise NotVisible(f"nobody is called {name!r}")


def conversation(workspace: "Workspace", name: str) -> str:
    """A channel by id or name, or the direct message with a person."""
    for channel in workspace.channels.values():
        if channel.id == name or (channel.name and channel.name == name.removeprefix("#")):
            return channel.id
    raise NotVisible(f"no conversation {name!r}")


def typed(element: Json, value: Any) -> Any:
    """What is typed, as the element keeps it: dates as `YYYY-MM-DD`, moments as Unix seconds."""
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


def shown(value: Any, names: Mapping[str, str]) -> Any:
    """A value as the person reads it: texts of options, `names` of people and channels, text as it is."""
    if isinstance(value, list):
        return [shown(each, names) for each in value]
    if isinstance(value, dict):
        return visible.label(value)
    return names.get(value, value) if isinstance(value, str) else value


def names(workspace: "Workspace") -> dict[str, str]:
    """What ids of people and channels read as."""
    people = {user.id: user.real_name for user in workspace.users.values()}
    return people | {channel.id: channel.name for channel in workspace.channels.values() if channel.name}
