"""Installing an app: from a manifest, from keywords, and what Slack would not accept."""

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import LocalSlack, ManifestError, NotVisible

MANIFEST = {
    "display_information": {"name": "Helper"},
    "features": {
        "app_home": {
            "home_tab_enabled": False,
            "messages_tab_enabled": True,
            "messages_tab_read_only_enabled": True,
        },
        "slash_commands": [{"command": "/ask", "description": "Ask", "should_escape": True}],
        "shortcuts": [{"name": "Ask", "type": "global", "callback_id": "ask", "description": "Ask"}],
    },
    "oauth_config": {"scopes": {"bot": ["commands", "chat:write", "im:history"]}},
    "settings": {
        "event_subscriptions": {"bot_events": ["message.im"]},
        "interactivity": {"is_enabled": True},
        "socket_mode_enabled": True,
    },
}


def test_a_manifest_says_what_an_app_may_do() -> None:
    app = LocalSlack().workspace.install_app(manifest=MANIFEST)
    assert (app.name, app.scopes, app.events) == (
        "Helper",
        {"commands", "chat:write", "im:history"},
        {"message.im"},
    )
    assert (set(app.commands), app.shortcuts[0].callback_id) == ({"/ask"}, "ask")
    assert (app.socket_mode, app.interactive, app.home_tab, app.messages_read_only) == (
        True,
        True,
        False,
        True,
    )


def test_keywords_win_over_the_manifest() -> None:
    app = LocalSlack().workspace.install_app(
        manifest=MANIFEST, request_url="http://127.0.0.1:1/", bot_token="xoxb-1"
    )
    assert (app.socket_mode, app.request_url, app.bot_token) == (False, "http://127.0.0.1:1/", "xoxb-1")


def test_tokens_do_not_stand_in_what_is_printed() -> None:
    app = LocalSlack().workspace.install_app(name="Helper", scopes=[])
    assert not any(secret in repr(app) for secret in (app.bot_token, app.app_token, app.signing_secret))


@pytest.mark.parametrize(
    ("asked", "missing"),
    [({"events": ["message.im"]}, "im:history"), ({"commands": ["/ask"]}, "commands")],
)
def test_what_needs_a_scope_is_refused_without_it(asked: dict[str, Any], missing: str) -> None:
    with pytest.raises(ManifestError, match=missing):
        LocalSlack().workspace.install_app(name="Helper", scopes=["chat:write"], **asked)


async def test_people_cannot_write_where_the_manifest_lets_them_not(slack: LocalSlack) -> None:
    app = slack.workspace.install_app(manifest=MANIFEST)
    ada = slack.person(slack.workspace.add_person("Ada").id, app)
    with pytest.raises(NotVisible, match="turned off"):
        await ada.say(None, "hello")
    app.messages_tab = False
    with pytest.raises(SlackApiError, match="messages_tab_disabled"):
        await AsyncWebClient(app.bot_token, base_url=slack.api_url).chat_postMessage(channel=ada.id, text="x")
