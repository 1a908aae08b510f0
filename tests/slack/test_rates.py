"""Rate limits by tier, by the clock that was handed in."""

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import LocalSlack, Person
from bot.sandbox.slack.web_api.rates import BURST
from tests.slack.conftest import HandClock


@pytest.fixture(autouse=True)
def strict(slack: LocalSlack) -> None:
    slack.rates.enabled = True


def test_limits_hold_unless_they_are_switched_off() -> None:
    assert LocalSlack().rates.enabled
    assert not LocalSlack(rates=False).rates.enabled


async def test_twenty_calls_a_minute_for_user_groups(client: AsyncWebClient, hands: HandClock) -> None:
    for _ in range(20):
        await client.usergroups_list()
    hands.advance(seconds=45)
    with pytest.raises(SlackApiError) as refused:
        await client.usergroups_list()
    answer = refused.value.response
    assert (answer.status_code, answer["error"], answer.headers["Retry-After"]) == (429, "ratelimited", "15")
    await client.auth_test()
    hands.advance(seconds=15)
    await client.usergroups_list()


async def test_each_app_and_each_method_has_its_own_count(client: AsyncWebClient, slack: LocalSlack) -> None:
    for _ in range(20):
        await client.usergroups_list()
    other = slack.workspace.install_app(name="Other", scopes=["usergroups:read"])
    assert (await AsyncWebClient(other.bot_token, base_url=slack.api_url).usergroups_list())["ok"]
    assert (await client.users_list())["ok"]


async def test_a_message_a_second_and_channel_with_short_bursts(
    client: AsyncWebClient, ada: Person, ben: Person, hands: HandClock
) -> None:
    for _ in range(BURST):
        await client.chat_postMessage(channel=ada.id, text="x")
    with pytest.raises(SlackApiError) as refused:
        await client.chat_postMessage(channel=ada.id, text="x")
    assert refused.value.response.headers["Retry-After"] == "1"
    await client.chat_postMessage(channel=ben.id, text="x")
    hands.advance(seconds=1)
    await client.chat_postMessage(channel=ada.id, text="x")
    with pytest.raises(SlackApiError):
        await client.chat_postMessage(channel=ada.id, text="x")
    assert len(ada.messages()) == BURST + 1
