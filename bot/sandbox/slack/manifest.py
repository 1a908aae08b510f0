"""Reads a Slack app manifest (version 2) into what `Workspace.install_app` takes.

The shape is described at https://docs.slack.dev/reference/app-manifest
"""

from typing import Any

from bot.sandbox.slack.errors import Json
from bot.sandbox.slack.installed import Shortcut


def app_settings(manifest: Json) -> Json:
    """Keyword arguments for `App`, of those parts that the manifest speaks of."""
    features, settings = manifest.get("features", {}), manifest.get("settings", {})
    home = features.get("app_home", {})
    events, interactivity = settings.get("event_subscriptions", {}), settings.get("interactivity", {})
    return {
        "name": manifest.get("display_information", {}).get("name", "App"),
        "scopes": set(manifest.get("oauth_config", {}).get("scopes", {}).get("bot", [])),
        "events": set(events.get("bot_events", [])),
        "commands": {each["command"]: dict(each) for each in features.get("slash_commands", [])},
        "shortcuts": [shortcut(each) for each in features.get("shortcuts", [])],
        "request_url": events.get("request_url") or interactivity.get("request_url"),
        "options_url": interactivity.get("message_menu_options_url"),
        "socket_mode": bool(settings.get("socket_mode_enabled", False)),
        "interactive": bool(interactivity.get("is_enabled", False)),
        "home_tab": bool(home.get("home_tab_enabled", False)),
        "messages_tab": bool(home.get("messages_tab_enabled", True)),
        "messages_read_only": bool(home.get("messages_tab_read_only_enabled", False)),
    }


def shortcut(entry: Json) -> Shortcut:
    """One entry of `features.shortcuts`."""
    return Shortcut(
        name=str(entry.get("name") or entry["callback_id"]),
        callback_id=entry["callback_id"],
        type=entry.get("type", "global"),
        description=entry.get("description", ""),
    )


def commands(names: list[Any]) -> dict[str, Json]:
    """Slash commands given as plain names or as manifest entries."""
    entries = [{"command": each} if isinstance(each, str) else dict(each) for each in names]
    return {entry["command"]: entry for entry in entries}
