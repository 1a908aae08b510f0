"""From what a person picks or types to the value that Slack keeps for an element."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from bot.sandbox.slack import visible
from bot.sandbox.slack.errors import Json
from bot.sandbox.slack.results import NotVisible

if TYPE_CHECKING:
    from bot.sandbox.slack.workspace import Workspace


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
