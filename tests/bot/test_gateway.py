"""Every call that a job makes ends in one of four ways, and what Slack asks for is kept."""

from datetime import timedelta

import pytest

from bot.sandbox.slack import App, LocalSlack
from bot.slack.gateway import Gateway, Gone, Refused, SlackRateLimit, Unreachable
from models.clock import ManualClock


def said(slack: LocalSlack, method: str = "chat.postMessage") -> int:
    return len(slack.log.calls(method))


async def test_a_call_returns_what_slack_answers(gateway: Gateway, slack: LocalSlack) -> None:
    ada = slack.workspace.add_person("Ada")
    answer = await gateway.call("chat.postMessage", channel=ada.id, text="Hello")
    assert answer["message"]["text"] == "Hello"


async def test_retry_after_is_kept_to_the_second(
    gateway: Gateway, slack: LocalSlack, clock: ManualClock
) -> None:
    slack.faults.ratelimit("users.list", retry_after=3600, times=1)
    with pytest.raises(SlackRateLimit) as told:
        await gateway.call("users.list")
    assert told.value.wait == timedelta(hours=1)
    clock.advance(timedelta(minutes=59, seconds=59))
    with pytest.raises(SlackRateLimit) as again:
        await gateway.call("users.list")
    assert again.value.wait == timedelta(seconds=1)
    assert said(slack, "users.list") == 1  # the second was not even sent
    clock.advance(timedelta(seconds=1))
    assert (await gateway.call("users.list"))["ok"]


async def test_one_slow_conversation_holds_up_no_other(gateway: Gateway, slack: LocalSlack) -> None:
    ada, ben = slack.workspace.add_person("Ada"), slack.workspace.add_person("Ben")
    slack.faults.ratelimit("chat.postMessage", retry_after=60, times=1)
    with pytest.raises(SlackRateLimit):
        await gateway.call("chat.postMessage", channel=ada.id, text="Hello")
    await gateway.call("chat.postMessage", channel=ben.id, text="Hello")
    with pytest.raises(SlackRateLimit):
        await gateway.call("chat.postMessage", channel=ada.id, text="Hello")


async def test_a_clock_that_is_set_back_makes_no_wait_longer(
    gateway: Gateway, slack: LocalSlack, clock: ManualClock
) -> None:
    slack.faults.ratelimit("users.list", retry_after=5, times=1)
    with pytest.raises(SlackRateLimit):
        await gateway.call("users.list")
    clock.advance(-timedelta(days=1))
    assert (await gateway.call("users.list"))["ok"]


async def test_a_limit_that_does_not_say_how_long_means_half_a_minute(
    gateway: Gateway, slack: LocalSlack
) -> None:
    slack.faults.fail("users.list", status=429, error="ratelimited", times=1)
    with pytest.raises(SlackRateLimit) as told:
        await gateway.call("users.list")
    assert told.value.wait == timedelta(seconds=30)


@pytest.mark.parametrize("trouble", ["fail", "hang", "cut", "lose_answer"])
async def test_no_answer_is_told_from_a_refusal_and_never_sent_twice(
    gateway: Gateway, slack: LocalSlack, trouble: str
) -> None:
    ada = slack.workspace.add_person("Ada")
    with getattr(slack.faults, trouble)("chat.postMessage"), pytest.raises(Unreachable):
        await gateway.call("chat.postMessage", channel=ada.id, text="Hello")
    assert said(slack) == 1


async def test_slacks_own_trouble_counts_as_no_answer(gateway: Gateway, slack: LocalSlack) -> None:
    slack.faults.fail("users.list", status=200, error="internal_error")
    with pytest.raises(Unreachable):
        await gateway.call("users.list")


async def test_who_has_left_is_gone(gateway: Gateway, slack: LocalSlack) -> None:
    ada = slack.workspace.add_person("Ada")
    slack.workspace.deactivate(ada.id)
    with pytest.raises(Gone, match="user_disabled"):
        await gateway.call("conversations.open", users=ada.id)


async def test_a_refusal_says_what_slack_minded(gateway: Gateway, slack: LocalSlack) -> None:
    ada = slack.workspace.add_person("Ada")
    wrong = [{"type": "section", "text": {"type": "mrkdwn", "text": ""}}]
    with pytest.raises(Refused) as refusal:
        await gateway.call("chat.postMessage", channel=ada.id, text="Hello", blocks=wrong)
    assert refusal.value.error == "invalid_blocks"
    assert "blocks/0" in str(refusal.value)


async def test_a_revoked_token_is_no_reason_to_give_cards_up(
    gateway: Gateway, slack: LocalSlack, app: App
) -> None:
    ada = slack.workspace.add_person("Ada")
    slack.workspace.uninstall(app)
    with pytest.raises(Refused) as refusal:
        await gateway.call("chat.postMessage", channel=ada.id, text="Hello")
    assert not isinstance(refusal.value, Gone)
