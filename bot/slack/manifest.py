"""The Slack app as Slack wants it described: what it may do, what it hears of, where it is reached.

Format: https://docs.slack.dev/reference/app-manifest
"""

from typing import Any

from bot.config import Mode

# Bot scopes, each with the methods or fields that need it.
SCOPES = {
    "commands": "slash commands and the global shortcut",
    "chat:write": "chat.postMessage, chat.update, chat.delete: cards and notices",
    "channels:read": "conversations.info: whether a stage can be asked in its channel (`keyturn check`)",
    "groups:read": "the same of private channels",
    "im:write": "conversations.open: the conversation that a card is posted in",
    "im:history": "event message.im: a reply in a card's thread is a comment",
    "users:read": "users.info, users.list: names, time zones, who is active, a guest, or of another company",
    "users:read.email": "users.lookupByEmail and profile.email: people named by address in the catalogue",
    "users.profile:read": "users.profile.get: the manager, where the workspace keeps one",
    "usergroups:read": "usergroups.list, usergroups.users.list: approvers by group, and who has the access",
    "usergroups:write": "usergroups.users.update, .enable, .disable: giving and taking membership",
}

# Events, each with what it is heard for.
EVENTS = {
    "app_home_opened": "draw App Home for whoever opened it",
    "message.im": "comments by reply in a card's thread",
    "user_change": "someone was deactivated, became a guest, or has another manager",
    "team_join": "someone new",
    "subteam_members_changed": "who is an approver, and drift in groups that Keyturn fills",
    "subteam_updated": "a group was renamed, disabled or enabled",
    "app_uninstalled": "stop, and tell the log",
    "tokens_revoked": "stop, and tell the log",
}

# Where Slack reaches Keyturn in mode http: events, commands and interactivity alike.
PATH = "/slack/events"

Json = dict[str, Any]


def manifest(mode: Mode, base_url: str | None = None) -> Json:
    """The manifest for a mode. `base_url`, without a slash at its end, is where Slack reaches mode http.

    Raises:
        ValueError: Mode http has no `base_url`.
    """
    if mode == "http" and base_url is None:
        raise ValueError("mode http needs the address that Slack reaches Keyturn at")
    url = f"{base_url}{PATH}" if mode == "http" else None
    return {
        "display_information": _display(),
        "features": _features(url),
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": {
            "event_subscriptions": _at(url, "request_url") | {"bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": True}
            | _at(url, "request_url")
            | _at(url, "message_menu_options_url"),
            "org_deploy_enabled": False,
            "socket_mode_enabled": mode == "socket",
            "token_rotation_enabled": False,
        },
    }


def as_yaml(document: Json) -> str:
    """The manifest as text to paste at api.slack.com/apps."""
    import yaml  # noqa: PLC0415 - the bot is ready 8 ms sooner without it

    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=100)


def _display() -> Json:
    return {
        "name": "Keyturn",
        "description": "Ask for access, decide on it, and have it end on time.",
        "background_color": "#1d3557",
    }


def _features(url: str | None) -> Json:
    return {
        "app_home": {
            "home_tab_enabled": True,
            "messages_tab_enabled": True,
            "messages_tab_read_only_enabled": False,
        },
        "bot_user": {"display_name": "Keyturn", "always_online": True},
        "shortcuts": [
            {
                "name": "Request access",
                "type": "global",
                "callback_id": "request_access",
                "description": "Ask for access to an application",
            }
        ],
        "slash_commands": [
            _command("/request-access", "Ask for access", "[app] [access] [8h] [because …]", url),
            _command("/access-admin", "Set up apps, approvals and access", "[app]", url),
        ],
    }


def _command(name: str, description: str, hint: str, url: str | None) -> Json:
    # Not escaped: the words after "because" arrive as they were typed.
    details = {"description": description, "usage_hint": hint, "should_escape": False}
    return {"command": name} | _at(url, "url") | details


def _at(url: str | None, key: str) -> Json:
    """The key with the address; in Socket Mode there is none to give."""
    return {key: url} if url else {}
