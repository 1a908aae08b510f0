"""The manifest asks Slack for what is in use, and Slack takes it as it is."""

from typing import Any

import pytest
import yaml

from bot.slack.manifest import EVENTS, SCOPES, as_yaml, manifest

URL = "https://keyturn.example.com/slack/events"


def addresses(node: Any) -> set[str]:
    """Every value of a key that ends in `url`."""
    if isinstance(node, list):
        return {found for each in node for found in addresses(each)}
    if not isinstance(node, dict):
        return set()
    here = {value for key, value in node.items() if key.endswith("url")}
    return here | {found for value in node.values() for found in addresses(value)}


def test_socket_mode_has_no_address() -> None:
    document = manifest("socket")
    assert document["settings"]["socket_mode_enabled"] is True
    assert addresses(document) == set()


def test_http_mode_sends_everything_to_one_address() -> None:
    document = manifest("http", "https://keyturn.example.com")
    settings = document["settings"]
    assert settings["socket_mode_enabled"] is False
    assert settings["event_subscriptions"]["request_url"] == URL
    assert settings["interactivity"]["request_url"] == URL
    assert settings["interactivity"]["message_menu_options_url"] == URL
    assert [command["url"] for command in document["features"]["slash_commands"]] == [URL, URL]
    assert addresses(document) == {URL}


def test_http_mode_needs_an_address() -> None:
    with pytest.raises(ValueError, match="needs the address"):
        manifest("http")


def test_it_asks_for_the_scopes_and_events_in_use_and_no_others() -> None:
    document = manifest("socket")
    assert document["oauth_config"]["scopes"] == {"bot": list(SCOPES)}
    assert document["settings"]["event_subscriptions"]["bot_events"] == list(EVENTS)
    assert all([*SCOPES.values(), *EVENTS.values()])


def test_what_people_start_from_is_there() -> None:
    features = manifest("socket")["features"]
    assert [each["command"] for each in features["slash_commands"]] == ["/request-access", "/access-admin"]
    assert all(each["usage_hint"] for each in features["slash_commands"])
    assert [(each["callback_id"], each["type"]) for each in features["shortcuts"]] == [
        ("request_access", "global")
    ]
    assert features["app_home"] == {
        "home_tab_enabled": True,
        "messages_tab_enabled": True,
        "messages_tab_read_only_enabled": False,
    }


def test_its_texts_keep_slacks_limits() -> None:
    document = manifest("socket")
    assert len(document["display_information"]["name"]) <= 35
    assert len(document["display_information"]["description"]) <= 140
    assert all(len(each["command"]) <= 32 for each in document["features"]["slash_commands"])
    assert all(len(each["name"]) <= 24 for each in document["features"]["shortcuts"])
    assert all(len(each["description"]) <= 150 for each in document["features"]["shortcuts"])


@pytest.mark.parametrize("document", [manifest("socket"), manifest("http", "https://keyturn.example.com")])
def test_the_yaml_says_the_same(document: dict[str, Any]) -> None:
    assert yaml.safe_load(as_yaml(document)) == document
