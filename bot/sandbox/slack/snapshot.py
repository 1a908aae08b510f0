"""Snapshots of a local Slack as JSON, so that it can be restored in another process.

Included: people, groups, conversations with their messages, apps with their tokens, Home tabs, what was read.
Left out, as when a client is reloaded: modals, ephemeral messages, values in forms, the log, scheduled posts.
"""

import asyncio
import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bot.sandbox.slack.core.errors import Json
from bot.sandbox.slack.local_slack import LocalSlack
from bot.sandbox.slack.state.apps import App, Shortcut
from bot.sandbox.slack.state.conversations import Channel, Message
from bot.sandbox.slack.state.people import User, UserGroup
from bot.sandbox.slack.state.views import View

FORMAT = 1
PAUSE = 1.0  # real seconds between two saves


class UnreadableSnapshot(ValueError):
    """The data is no snapshot, or one of another format."""


def take(slack: LocalSlack) -> Json:
    """A snapshot as plain JSON."""
    workspace = slack.workspace
    return {
        "format": FORMAT,
        "last_id": workspace.ids.last,
        "last_ts": workspace.timestamps.last,
        "team": [workspace.id, workspace.name, workspace.domain],
        "users": [asdict(user) for user in workspace.users.values()],
        "usergroups": [asdict(group) for group in workspace.usergroups.values()],
        "channels": [asdict(channel) for channel in workspace.channels.values()],
        "apps": [_app(app) for app in workspace.apps.values()],
        "homes": [
            [view.user_id, view.app.id, view.id, view.definition] for view in slack.views.homes.values()
        ],
        "read": [[*key, ts] for key, ts in slack.inbox.read_until.items()],
    }


def _app(app: App) -> Json:
    return asdict(app) | {"scopes": sorted(app.scopes), "events": sorted(app.events)}


def restore(slack: LocalSlack, data: Json) -> None:
    """Fill an empty local Slack from a snapshot.

    Raises:
        UnreadableSnapshot: it has another format, or lacks something.
    """
    if data.get("format") != FORMAT:
        raise UnreadableSnapshot(f"the snapshot has the format {data.get('format')}, not {FORMAT}")
    try:
        _restore(slack, data)
    except (KeyError, TypeError, ValueError) as error:
        raise UnreadableSnapshot(f"the snapshot cannot be read: {error!r}") from error


def _restore(slack: LocalSlack, data: Json) -> None:
    workspace = slack.workspace
    workspace.ids.last, workspace.timestamps.last = int(data["last_id"]), int(data["last_ts"])
    workspace.id, workspace.name, workspace.domain = data["team"]
    workspace.users = {user["id"]: User(**user) for user in data["users"]}
    workspace.usergroups = {group["id"]: UserGroup(**group) for group in data["usergroups"]}
    workspace.channels = {channel["id"]: _channel(channel) for channel in data["channels"]}
    workspace.apps = {app["id"]: _installed(app) for app in data["apps"]}
    for user_id, app_id, view_id, definition in data["homes"]:
        app = workspace.apps[app_id]
        slack.views.homes[user_id, app_id] = View(view_id, app, user_id, workspace.id, definition)
    slack.inbox.read_until.update({(user, channel): ts for user, channel, ts in data["read"]})


def _channel(data: Json) -> Channel:
    channel = Channel(**data | {"messages": _messages(data["messages"])})
    replies = {reply.ts: reply for message in channel.messages for reply in message.replies}
    # A reply that was also sent to the channel is one message in two places.
    channel.messages = [replies.get(message.ts, message) for message in channel.messages]
    return channel


def _messages(data: Iterable[Json]) -> list[Message]:
    return [Message(**message | {"replies": _messages(message["replies"])}) for message in data]


def _installed(data: Json) -> App:
    sets: dict[str, Any] = {"scopes": set(data["scopes"]), "events": set(data["events"])}
    return App(**data | sets | {"shortcuts": [Shortcut(**shortcut) for shortcut in data["shortcuts"]]})


def load(slack: LocalSlack, path: Path) -> None:
    """Restore a snapshot from a file.

    Raises:
        UnreadableSnapshot: the file is no snapshot of this format.
        OSError: it cannot be opened.
    """
    try:
        data = json.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise UnreadableSnapshot(f"{path} is no snapshot: {error}") from error
    restore(slack, data)


def save(slack: LocalSlack, path: Path) -> None:
    """Save a snapshot atomically: whatever happens, the file is the old one or the new one."""
    temporary = path.with_name(path.name + ".new")
    temporary.write_text(json.dumps(take(slack), ensure_ascii=False), "utf-8")
    temporary.replace(path)


async def save_continuously(slack: LocalSlack, path: Path) -> None:
    """Save after changes until cancelled; the caller saves once more at the end."""
    async for _ in slack.changes():
        save(slack, path)
        await asyncio.sleep(PAUSE)
