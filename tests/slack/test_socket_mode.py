"""Socket Mode by hand: hello, envelopes, several connections, goodbyes, silence."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from bot.sandbox.slack import App, LocalSlack, Person
from tests.slack.conftest import Raw

Socket = aiohttp.ClientWebSocketResponse


async def connect(raw: Raw, app: App) -> Socket:
    opened = await raw.post("apps.connections.open", app.app_token)
    return await raw.session.ws_connect(opened["url"])


@pytest.fixture
async def socket(raw: Raw, app: App) -> AsyncIterator[Socket]:
    """One connection that has been greeted."""
    made = await connect(raw, app)
    assert (await made.receive_json(timeout=5))["type"] == "hello"
    yield made
    await made.close()


async def next_envelope(socket: Socket, kind: str) -> dict[str, Any]:
    """The next envelope of this type; others are left unanswered."""
    while True:
        envelope: dict[str, Any] = await socket.receive_json(timeout=5)
        if envelope["type"] == kind:
            return envelope


async def test_a_connection_is_greeted(raw: Raw, app: App) -> None:
    async with await connect(raw, app) as socket:
        hello = await socket.receive_json(timeout=5)
        assert (hello["type"], hello["num_connections"]) == ("hello", 1)
        assert hello["connection_info"]["app_id"] == app.id


async def test_a_ticket_is_good_once_and_only_a_ticket(raw: Raw, app: App) -> None:
    url = (await raw.post("apps.connections.open", app.app_token))["url"]
    async with await raw.session.ws_connect(url) as socket:
        await socket.receive_json(timeout=5)
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await raw.session.ws_connect(url)
    assert (await raw.post("apps.connections.open", app.bot_token))["error"] == "not_allowed_token_type"


async def test_an_envelope_is_acknowledged_with_a_payload(socket: Socket, ada: Person) -> None:
    asked = asyncio.create_task(ada.command("/ask", "now"))
    envelope = await next_envelope(socket, "slash_commands")
    assert envelope["accepts_response_payload"]
    assert envelope["payload"]["text"] == "now"
    await socket.send_json({"envelope_id": envelope["envelope_id"], "payload": {"text": "done"}})
    assert (await asked).text == "done"


async def test_nonsense_over_the_socket_is_passed_over(socket: Socket, ada: Person) -> None:
    asked = asyncio.create_task(ada.command("/ask"))
    envelope = await next_envelope(socket, "slash_commands")
    for nonsense in ("{", "[]", "3", json.dumps({"envelope_id": "other"})):
        await socket.send_str(nonsense)
    await socket.send_json({"envelope_id": envelope["envelope_id"]})
    assert (await asked).ok


async def test_without_a_connection_nothing_is_delivered(ada: Person) -> None:
    assert (await ada.command("/ask")).trouble == '/ask failed with the error "dispatch_failed"'


async def test_connections_share_the_traffic(raw: Raw, slack: LocalSlack, app: App, ada: Person) -> None:
    counts = [0, 0]

    async def answer(number: int, socket: Socket) -> None:
        async for message in socket:
            envelope = json.loads(message.data)
            if "envelope_id" in envelope:
                counts[number] += 1
                await socket.send_json({"envelope_id": envelope["envelope_id"]})

    sockets = [await connect(raw, app), await connect(raw, app)]
    answering = [asyncio.create_task(answer(number, socket)) for number, socket in enumerate(sockets)]
    await slack.until(lambda: len(slack.sockets.connections(app)) == 2)
    for _ in range(6):
        assert (await ada.command("/ask")).ok
    assert counts == [3, 3]
    for socket in sockets:
        await socket.close()
    await asyncio.gather(*answering)


async def test_an_app_has_ten_connections(raw: Raw, slack: LocalSlack, app: App) -> None:
    sockets = [await connect(raw, app) for _ in range(11)]
    for socket in sockets[:10]:
        assert (await socket.receive_json(timeout=5))["type"] == "hello"
    refused = await sockets[10].receive_json(timeout=5)
    assert (refused["type"], refused["reason"]) == ("disconnect", "too_many_websockets")
    assert len(slack.sockets.connections(app)) == 10
    for socket in sockets:
        await socket.close()


async def test_slack_says_goodbye(socket: Socket, slack: LocalSlack, app: App) -> None:
    await slack.sockets.disconnect(app, "warning")
    assert (await socket.receive_json(timeout=5))["reason"] == "warning"
    assert len(slack.sockets.connections(app)) == 1
    closing = asyncio.create_task(slack.sockets.disconnect(app, "refresh_requested"))
    assert (await socket.receive_json(timeout=5))["reason"] == "refresh_requested"
    assert (await socket.receive(timeout=5)).type == aiohttp.WSMsgType.CLOSE
    await closing
    await slack.until(lambda: not slack.sockets.connections(app))


async def test_pings_are_answered_until_the_connection_goes_quiet(
    raw: Raw, slack: LocalSlack, app: App
) -> None:
    opened = await raw.post("apps.connections.open", app.app_token)
    async with await raw.session.ws_connect(opened["url"], autoping=False) as socket:
        await socket.receive_json(timeout=5)
        await socket.ping(b"sdk-ping-pong:1")
        assert (await socket.receive(timeout=5)).data == b"sdk-ping-pong:1"
        slack.sockets.silence(app)
        await socket.ping(b"sdk-ping-pong:2")
        with pytest.raises(TimeoutError):
            await socket.receive(timeout=0.05)


async def test_a_connection_cut_off_while_it_is_waited_for(
    socket: Socket, slack: LocalSlack, app: App, ada: Person
) -> None:
    asked = asyncio.create_task(ada.command("/ask"))
    await next_envelope(socket, "slash_commands")
    slack.sockets.abort(app)
    assert (await asked).trouble == '/ask failed with the error "operation_timeout"'
    await slack.until(lambda: not slack.sockets.connections(app))


async def test_events_are_enveloped_with_their_attempt(
    socket: Socket, slack: LocalSlack, ada: Person
) -> None:
    slack.deliveries.timeout = 0.05
    said = asyncio.create_task(ada.say(None, "hello"))
    attempts: list[dict[str, Any]] = []
    while len(attempts) < 2:
        envelope = await next_envelope(socket, "events_api")
        if envelope["payload"]["event"]["type"] == "message":
            attempts.append(envelope)
    await said
    assert [envelope["retry_attempt"] for envelope in attempts] == [0, 1]
    assert attempts[1]["retry_reason"] == "http_timeout"
    assert attempts[0]["payload"]["event_id"] == attempts[1]["payload"]["event_id"]
