"""Deliveries over HTTP: signed, timed, repeated; and what people see when an app does not answer well."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import pytest
from aiohttp import web
from slack_sdk.signature import SignatureVerifier

from bot.sandbox.slack import App, LocalSlack, Person
from bot.sandbox.slack.delivery.delivery import CONNECTING, NOT_CONFIGURED, TIMED_OUT
from tests.slack.conftest import HandClock, button, modal, section


@dataclass
class Endpoint:
    """An app's request URL that keeps what comes and answers as it is told."""

    status: int = 200
    body: str = ""
    delay: float = 0
    headers: dict[str, str] = field(default_factory=dict)
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    async def handle(self, request: web.Request) -> web.Response:
        self.got.append((dict(request.headers), await request.read()))
        await asyncio.sleep(self.delay)
        return web.Response(status=self.status, text=self.body, headers=self.headers)

    def events(self) -> list[dict[str, Any]]:
        return [json.loads(body) for headers, body in self.got if "json" in headers["Content-Type"]]


@pytest.fixture
async def endpoint(app: App) -> AsyncIterator[Endpoint]:
    made = Endpoint()
    application = web.Application()
    application.router.add_post("/", made.handle)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    app.socket_mode, app.request_url = False, f"http://127.0.0.1:{runner.addresses[0][1]}/"
    yield made
    await runner.cleanup()


async def test_requests_are_signed_as_slack_signs_them(endpoint: Endpoint, app: App, ada: Person) -> None:
    await ada.command("/ask", "a & b")
    headers, body = endpoint.got[-1]
    assert SignatureVerifier(app.signing_secret).is_valid_request(body, headers)
    fields = {name: values[0] for name, values in parse_qs(body.decode()).items()}
    assert (fields["command"], fields["text"], fields["user_id"]) == ("/ask", "a & b", ada.id)
    assert fields["response_url"].startswith("http://127.0.0.1:")


async def test_forged_and_repeated_requests_can_be_sent(
    endpoint: Endpoint, slack: LocalSlack, ada: Person
) -> None:
    await ada.command("/ask")
    sent = slack.log.deliveries("slash_command")[-1].request
    await slack.deliver_raw(sent["headers"], sent["body"])
    await slack.deliver_raw({**sent["headers"], "X-Slack-Signature": "v0=forged"}, sent["body"])
    assert endpoint.got[-2] == endpoint.got[-3]
    assert endpoint.got[-1][0]["X-Slack-Signature"] == "v0=forged"


@pytest.mark.parametrize(
    ("status", "error"), [(404, "http_client_error"), (500, "http_service_error"), (301, "http_client_error")]
)
async def test_an_http_error_is_shown_below_the_command(
    endpoint: Endpoint, ada: Person, status: int, error: str
) -> None:
    endpoint.status = status
    assert (await ada.command("/ask")).trouble == f'/ask failed with the error "{error}"'


async def test_an_app_that_is_not_there(app: App, ada: Person) -> None:
    app.socket_mode, app.request_url = False, "http://127.0.0.1:1/"
    assert (await ada.command("/ask")).trouble == '/ask failed with the error "dispatch_failed"'


async def test_an_app_has_three_seconds(endpoint: Endpoint, slack: LocalSlack, ada: Person) -> None:
    assert slack.deliveries.timeout == 3
    slack.deliveries.timeout = 0.05
    endpoint.delay = 0.2
    assert (await ada.command("/ask")).trouble == '/ask failed with the error "operation_timeout"'
    assert (await ada.shortcut("ask")).trouble == TIMED_OUT


async def test_a_form_that_is_not_acknowledged_stays(
    endpoint: Endpoint, slack: LocalSlack, app: App, ada: Person
) -> None:
    slack.views.open(ada.id, app, modal(section("hello")))
    endpoint.status = 500
    assert (await ada.submit()).trouble == CONNECTING
    endpoint.status, endpoint.body = 200, '{"response_action": '
    assert (await ada.submit()).trouble == CONNECTING
    endpoint.body = '{"ok": true}'
    assert (await ada.submit()).trouble == CONNECTING
    endpoint.body = ""
    assert (await ada.submit()).ok


async def test_a_button_says_what_went_wrong(
    endpoint: Endpoint, slack: LocalSlack, app: App, ada: Person
) -> None:
    view = modal(section("x", accessory=button("Go", "go")))
    slack.views.open(ada.id, app, view)
    endpoint.status = 404
    assert (await ada.press("Go")).trouble == "This app responded with Status Code 404."
    app.interactive = False
    assert (await ada.press("Go")).trouble == NOT_CONFIGURED


async def test_a_command_can_be_answered_with_blocks_for_all(
    endpoint: Endpoint, slack: LocalSlack, ada: Person
) -> None:
    room = slack.workspace.add_channel("room", members=[ada.id])
    endpoint.body = json.dumps({"response_type": "in_channel", "text": "x", "blocks": [section("for all")]})
    result = await ada.command("/ask", channel=room)
    assert (result.text, [message.text for message in room.messages]) == (None, ["for all"])
    endpoint.body = json.dumps({"blocks": [section("")]})
    assert (await ada.command("/ask")).trouble == '/ask failed with the error "invalid_command_response"'


async def test_events_carry_slacks_envelope(
    endpoint: Endpoint, slack: LocalSlack, app: App, ada: Person
) -> None:
    await slack.idle()
    message = await ada.say(None, "hello")
    envelope = endpoint.events()[-1]
    assert (envelope["type"], envelope["api_app_id"], envelope["team_id"]) == (
        "event_callback",
        app.id,
        slack.workspace.id,
    )
    assert envelope["event_id"].startswith("Ev")
    event = envelope["event"]
    assert (event["type"], event["channel_type"], event["text"]) == ("message", "im", "hello")
    assert (event["ts"], event["user"]) == (message.ts, ada.id)


async def test_an_event_is_sent_again_at_once_after_a_minute_and_after_five(
    endpoint: Endpoint, slack: LocalSlack, ada: Person, hands: HandClock
) -> None:
    await slack.idle()
    endpoint.got.clear()
    endpoint.status = 500
    await ada.say(None, "hello")
    await slack.idle()
    assert len(endpoint.got) == 2
    for minutes, attempts in ((1, 3), (4, 3), (1, 4), (60, 4)):
        hands.advance(minutes=minutes)
        slack.run_due()
        await slack.idle()
        assert len(endpoint.got) == attempts
    retries = [headers.get("X-Slack-Retry-Num") for headers, _ in endpoint.got]
    assert retries == [None, "1", "2", "3"]
    assert endpoint.got[-1][0]["X-Slack-Retry-Reason"] == "http_error"
    assert len({event["event_id"] for event in endpoint.events()}) == 1


async def test_an_app_can_ask_for_no_retry(endpoint: Endpoint, slack: LocalSlack, ada: Person) -> None:
    await slack.idle()
    endpoint.got.clear()
    endpoint.status, endpoint.headers = 500, {"X-Slack-No-Retry": "1"}
    await ada.say(None, "hello")
    await slack.idle()
    assert len(endpoint.got) == 1


async def test_only_what_was_subscribed_to_is_sent(
    endpoint: Endpoint, slack: LocalSlack, app: App, ada: Person
) -> None:
    room = slack.workspace.add_channel("room", members=[ada.id])
    await ada.say(room, "not for you")
    room.members.append(app.bot_user_id)
    await ada.say(room, "for you")
    app.events -= {"message.im"}
    await ada.say(None, "no longer")
    await slack.idle()
    texts = [event["event"].get("text") for event in endpoint.events()]
    assert [text for text in texts if text] == ["for you"]


async def test_what_happens_to_people_and_groups_is_told(
    endpoint: Endpoint, slack: LocalSlack, app: App, ada: Person, ben: Person
) -> None:
    await slack.idle()
    endpoint.got.clear()
    group = slack.workspace.add_usergroup("Crew", handle="crew", members=[ada.id])
    slack.workspace.set_members(group, [ben.id])
    slack.workspace.update_person(ada.id, title="Lead")
    slack.workspace.deactivate(ben.id)
    slack.workspace.uninstall(app)
    await slack.idle()
    events = {event["event"]["type"]: event["event"] for event in reversed(endpoint.events())}
    assert events["subteam_members_changed"]["added_users"] == [ben.id]
    assert events["subteam_members_changed"]["removed_users"] == [ada.id]
    assert events["user_change"]["user"]["profile"]["title"] == "Lead"
    assert {"subteam_created", "subteam_updated", "tokens_revoked", "app_uninstalled"} <= set(events)


async def test_edits_and_deletions_are_told(
    endpoint: Endpoint, slack: LocalSlack, client: Any, ada: Person
) -> None:
    sent = await client.chat_postMessage(channel=ada.id, text="one")
    await client.chat_update(channel=sent["channel"], ts=sent["ts"], text="two")
    await client.chat_delete(channel=sent["channel"], ts=sent["ts"])
    await slack.idle()
    messages = [event["event"] for event in endpoint.events() if event["event"]["type"] == "message"]
    by_kind = {event.get("subtype"): event for event in messages}
    assert by_kind["message_changed"]["message"]["text"] == "two"
    assert by_kind["message_changed"]["previous_message"]["text"] == "one"
    assert by_kind["message_deleted"]["deleted_ts"] == sent["ts"]
    assert by_kind[None]["bot_id"]
