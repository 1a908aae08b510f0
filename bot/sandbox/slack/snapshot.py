"""The workspace as JSON and back, so that a local Slack goes on where it was left.

Kept: people, groups, conversations with their messages, apps with their tokens, Home tabs, what was read.
Gone, as when a client is reloaded: modals, ephemeral messages, what was typed, the log, scheduled messages.
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
PAUSE = 1.0  # seconds between two writings while things change


class UnreadableSnapshot(ValueError):
    """The file is no snapshot, or one of another version."""


def take(slack: LocalSlack) -> Json:
    """Everything that is kept, as plain JSON."""
    workspace = slack.workspace
    return {
        "format": FORMAT,
        "last_id": workspace.ids.last,
        "last_ts": workspace.stamps.last,
        "team": [workspace.id, workspace.name, workspace.domain],
        "users": [asdict(each) for each in workspace.users.values()],
        "usergroups": [asdict(each) for each in workspace.usergroups.values()],
        "channels": [asdict(each) for each in workspace.channels.values()],
        "apps": [_app(each) for each in workspace.apps.values()],
        "homes": [
            [each.user_id, each.app.id, each.id, each.definition] for each in slack.views.homes.values()
        ],
        "read": [[*key, ts] for key, ts in slack.inbox.read_until.items()],
    }


def _app(app: App) -> Json:
    return asdict(app) | {"scopes": sorted(app.scopes), "events": sorted(app.events)}


def restore(slack: LocalSlack, kept: Json) -> None:
    """Puts a snapshot into a local Slack that has nobody yet. Raises `UnreadableSnapshot`."""
    if kept.get("format") != FORMAT:
        raise UnreadableSnapshot(f"the snapshot has the format {kept.get('format')}, not {FORMAT}")
    try:
        _restore(slack, kept)
    except (KeyError, TypeError, ValueError) as error:
        raise UnreadableSnapshot(f"the snapshot cannot be read: {error!r}") from error


def _restore(slack: LocalSlack, kept: Json) -> None:
    workspace = slack.workspace
    workspace.ids.last, workspace.stamps.last = int(kept["last_id"]), int(kept["last_ts"])
    workspace.id, workspace.name, workspace.domain = kept["team"]
    workspace.users = {each["id"]: User(**each) for each in kept["users"]}
    workspace.usergroups = {each["id"]: UserGroup(**each) for each in kept["usergroups"]}
    workspace.channels = {each["id"]: _channel(each) for each in kept["channels"]}
    workspace.apps = {each["id"]: _installed(each) for each in kept["apps"]}
    for user_id, app_id, view_id, definition in kept["homes"]:
        app = workspace.apps[app_id]
        slack.views.homes[user_id, app_id] = View(view_id, app, user_id, workspace.id, definition)
    slack.inbox.read_until.update({(user, channel): ts for user, channel, ts in kept["read"]})


def _channel(kept: Json) -> Channel:
    channel = Channel(**kept | {"messages": _messages(kept["messages"])})
    replies = {reply.ts: reply for each in channel.messages for reply in each.replies}
    # A reply that was also sent to the channel is one message in two places.
    channel.messages = [replies.get(each.ts, each) for each in channel.messages]
    return channel


def _messages(kept: Iterable[Json]) -> list[Message]:
    return [Message(**each | {"replies": _messages(each["replies"])}) for each in kept]


def _installed(kept: Json) -> App:
    sets: dict[str, Any] = {"scopes": set(kept["scopes"]), "events": set(kept["events"])}
    return App(**kept | sets | {"shortcuts": [Shortcut(**each) for each in kept["shortcuts"]]})


def load(slack: LocalSlack, path: Path) -> None:
    """Reads a snapshot from a file. Raises `UnreadableSnapshot`, and OSError where it cannot be opened."""
    try:
        kept = json.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise UnreadableSnapshot(f"{path} is no snapshot: {error}") from error
    restore(slack, kept)


def save(slack: LocalSlack, path: Path) -> None:
    """Writes a snapshot in one step: whatever happens, the file is the old or the new one, and whole."""
    beside = path.with_name(path.name + ".new")
    beside.write_text(json.dumps(take(slack), ensure_ascii=False), "utf-8")
    beside.replace(path)


async def keep(slack: LocalSlack, path: Path) -> None:
    """Saves after changes, for as long as it runs; `save` once more when it is over."""
    async for _ in slack.changes():
        save(slack, path)
        await asyncio.sleep(PAUSE)
