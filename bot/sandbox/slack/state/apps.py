"""Installed apps, and what an app manifest (version 2) says of them.

Manifests: https://docs.slack.dev/reference/app-manifest
"""

from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.slack.core.errors import Json

# The scope that Slack requires to send an event. https://docs.slack.dev/reference/events
EVENT_SCOPES = {
    "message.im": "im:history",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.mpim": "mpim:history",
    "user_change": "users:read",
    "team_join": "users:read",
    "subteam_members_changed": "usergroups:read",
    "subteam_updated": "usergroups:read",
    "subteam_created": "usergroups:read",
    "member_joined_channel": "channels:read",
    "member_left_channel": "channels:read",
    "reaction_added": "reactions:read",
    "app_mention": "app_mentions:read",
}


class ManifestError(ValueError):
    """The app is configured as Slack would not allow, such as for an event without its scope."""


@dataclass
class Shortcut:
    """A global or message shortcut; `type` is "global" or "message"."""

    name: str
    callback_id: str
    type: str = "global"
    description: str = ""


@dataclass
class App:
    """An app as installed in the workspace; without a `request_url` it is reached by Socket Mode.

    Raises:
        ManifestError: an event or a command lacks its scope.
    """

    id: str
    name: str
    team_id: str
    bot_user_id: str
    bot_id: str
    bot_token: str = field(repr=False)
    app_token: str = field(repr=False)
    signing_secret: str = field(repr=False)
    verification_token: str = field(repr=False)
    scopes: set[str]
    events: set[str]
    commands: dict[str, Json]
    shortcuts: list[Shortcut]
    request_url: str | None = None
    options_url: str | None = None
    socket_mode: bool = True
    interactive: bool = True
    home_tab: bool = True
    messages_tab: bool = True
    messages_read_only: bool = False
    installed: bool = True

    def __post_init__(self) -> None:
        for event in sorted(self.events):
            scope = EVENT_SCOPES.get(event)
            if scope and scope not in self.scopes:
                raise ManifestError(f"the event {event} needs the scope {scope}")
        if (self.commands or self.shortcuts) and "commands" not in self.scopes:
            raise ManifestError("slash commands and shortcuts need the scope commands")

    def scope_list(self) -> str:
        """The scopes, with commas between, as in the header `x-oauth-scopes`."""
        return ",".join(sorted(self.scopes))

    def shortcut(self, callback_id: str) -> Shortcut | None:
        return next((shortcut for shortcut in self.shortcuts if shortcut.callback_id == callback_id), None)


def app_settings(manifest: Json) -> Json:
    """Keyword arguments for `App` from a manifest."""
    features, settings = manifest.get("features", {}), manifest.get("settings", {})
    home = features.get("app_home", {})
    events, interactivity = settings.get("event_subscriptions", {}), settings.get("interactivity", {})
    return {
        "name": manifest.get("display_information", {}).get("name", "App"),
        "scopes": set(manifest.get("oauth_config", {}).get("scopes", {}).get("bot", [])),
        "events": set(events.get("bot_events", [])),
        "commands": {command["command"]: dict(command) for command in features.get("slash_commands", [])},
        "shortcuts": [read_shortcut(entry) for entry in features.get("shortcuts", [])],
        "request_url": events.get("request_url") or interactivity.get("request_url"),
        "options_url": interactivity.get("message_menu_options_url"),
        "socket_mode": bool(settings.get("socket_mode_enabled", False)),
        "interactive": bool(interactivity.get("is_enabled", False)),
        "home_tab": bool(home.get("home_tab_enabled", False)),
        "messages_tab": bool(home.get("messages_tab_enabled", True)),
        "messages_read_only": bool(home.get("messages_tab_read_only_enabled", False)),
    }


def read_shortcut(entry: Json) -> Shortcut:
    """A shortcut from an entry of `features.shortcuts`."""
    return Shortcut(
        name=str(entry.get("name") or entry["callback_id"]),
        callback_id=entry["callback_id"],
        type=entry.get("type", "global"),
        description=entry.get("description", ""),
    )


def read_commands(names: list[Any]) -> dict[str, Json]:
    """Slash commands by name, from plain names or from manifest entries."""
    entries = [{"command": name} if isinstance(name, str) else dict(name) for name in names]
    return {entry["command"]: entry for entry in entries}
