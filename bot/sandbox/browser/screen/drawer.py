"""The contents of the drawer: traffic, Block Kit, user groups and channels, and the setup's panels."""

import json
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from bot.sandbox.browser.actions.page_actions import find_message
from bot.sandbox.browser.draw import dates
from bot.sandbox.browser.extension_points import Panel, Table
from bot.sandbox.browser.membership_history import MembershipHistory
from bot.sandbox.browser.screen.screen import Screen
from bot.sandbox.slack.core.traffic_log import LogEntry
from bot.sandbox.slack.state.conversations import Message
from bot.sandbox.slack.state.views import View
from bot.sandbox.slack.validate import Problem, validate_message, validate_view

MAX_TRAFFIC = 250  # entries


@dataclass(frozen=True)
class TrafficRow:
    """An entry of the log in the list of traffic."""

    number: int
    time: str
    arrow: str
    name: str
    about: str
    state: str
    failed: bool
    current: bool
    url: str


@dataclass(frozen=True)
class BlockKitSource:
    """The Block Kit of a surface as JSON, and the problems that the validator finds in it."""

    title: str
    source: str
    problems: list[Problem]


def traffic(screen: Screen) -> list[TrafficRow]:
    """The last entries of the log, newest first."""
    entries = list(screen.slack.log)[-MAX_TRAFFIC:]
    return [_traffic_row(screen, entry) for entry in reversed(entries)]


def _traffic_row(screen: Screen, entry: LogEntry) -> TrafficRow:
    at = entry.at.astimezone(screen.reader.zone)
    number = str(entry.number)
    return TrafficRow(
        entry.number,
        f"{dates.clock(at)}:{at:%S}",
        {"api": "→ Slack", "delivery": "→ app"}.get(entry.kind, "note"),
        entry.name,
        _about(screen, entry),
        "…" if entry.duration is None else entry.error or f"{entry.duration * 1000:.0f} ms",
        entry.error is not None,
        number == screen.place.item,
        screen.place.url(item="" if number == screen.place.item else number),
    )


def _about(screen: Screen, entry: LogEntry) -> str:
    """The person, conversation and command, view or actions that an exchange concerns."""
    request = entry.request if isinstance(entry.request, dict) else {}
    body = request.get("payload") if entry.kind == "delivery" else request
    body = body if isinstance(body, dict) else {}
    user = body.get("user") or body.get("user_id") or (body.get("event") or {}).get("user")
    user_id = user.get("id") if isinstance(user, dict) else user
    where = body.get("channel") if isinstance(body.get("channel"), str) else None
    subjects = [screen.names.get(str(slack_id), str(slack_id)) for slack_id in (user_id, where) if slack_id]
    actions = [str(action.get("action_id")) for action in body.get("actions") or []]
    view = body.get("view") if isinstance(body.get("view"), dict) else {}
    more = [body.get("command"), (view or {}).get("callback_id") if not actions else None, *actions]
    return " · ".join([*subjects, *(str(part) for part in more if part)])


def entry(screen: Screen) -> tuple[LogEntry, str, str] | None:
    """The chosen entry of the log, with the request and the answer as JSON."""
    for entry in screen.slack.log:
        if str(entry.number) == screen.place.item:
            return entry, pretty(entry.request), pretty(entry.response)
    return None


def pretty(value: Any) -> str:
    """A value as indented JSON."""
    return json.dumps(value, indent=2, ensure_ascii=False, default=_json_default)


def _json_default(value: Any) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


def block_kit(screen: Screen) -> BlockKitSource | None:
    """The Block Kit of the chosen message, else of the open modal or Home tab."""
    if screen.place.item.startswith(("m/", "e/")):
        message = find_message(screen.slack, screen.user.id, screen.place.item)
        return _message_source(message) if message else None
    home = screen.slack.views.home(screen.user.id, screen.app) if screen.app else None
    view = screen.modal or home
    return _view_source(view) if view else None


def _message_source(message: Message) -> BlockKitSource:
    source = {"text": message.fallback, "blocks": message.blocks, "metadata": message.metadata}
    return BlockKitSource(f"Message {message.ts}", pretty(source), validate_message(message.blocks))


def _view_source(view: View) -> BlockKitSource:
    name = "Modal" if view.definition["type"] == "modal" else "Home tab"
    return BlockKitSource(f"{name} {view.id}", pretty(view.as_json()), validate_view(view.definition))


def members(screen: Screen) -> list[tuple[str, str, list[str]]]:
    """Every user group and channel: its name, its kind and the names of its members."""
    workspace = screen.slack.workspace
    groups = [
        (f"@{group.handle}", "user group, disabled" if group.disabled_at else "user group", group.members)
        for group in workspace.usergroups.values()
    ]
    channels = [
        (f"#{channel.name}", f"{channel.kind} channel", channel.members)
        for channel in workspace.channels.values()
        if channel.name
    ]
    return [
        (name, kind, [screen.names.get(user_id, user_id) for user_id in member_ids])
        for name, kind, member_ids in groups + channels
    ]


def changes(screen: Screen, memberships: MembershipHistory) -> list[dict[str, Any]]:
    """The changes of groups and channels, newest first."""
    reader, names = screen.reader, screen.names

    def display_names(people: list[str]) -> list[str]:
        return [names.get(user_id, user_id) for user_id in people]

    return [
        {
            "at": dates.format_date(
                change.at.astimezone(reader.zone), "{date_short_pretty} {time}", reader.now
            ),
            "name": change.name,
            "joiners": display_names(change.joiners),
            "leavers": display_names(change.leavers),
            "before": len(change.before),
            "after": len(change.after),
        }
        for change in memberships.changes
    ]


async def panel(panels: list[Panel], key: str) -> Table | Markup | None:
    """The content of one of the setup's panels, None if there is none with this key."""
    for panel in panels:
        if panel.key == key:
            return await panel.draw()
    return None
