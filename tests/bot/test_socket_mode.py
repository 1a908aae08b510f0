"""Over WebSockets nothing is lost while a connection is replaced, cut off, silent or closed by us."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import aiohttp
import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.metrics import Metrics
from bot.sandbox.slack import App, LocalSlack, Person
from bot.slack import socket_mode
from bot.slack.socket_mode import CONNECTIONS, SocketMode

Listen = Callable[..., Awaitable[None]]


@pytest.fixture
def bolt(slack: LocalSlack, app: App) -> AsyncApp:
    client = AsyncWebClient(app.bot_token, base_url=slack.api_url)
    return AsyncApp(client=client, signing_secret="unused", process_before_response=True)


@pytest.fixture
async def socket(
    slack: LocalSlack, app: App, bolt: AsyncApp, http: aiohttp.ClientSession, metrics: Metrics
) -> AsyncIterator[SocketMode]:
    """Not started yet; its heart beats fast."""
    client = AsyncWebClient(app.bot_token, base_url=slack.api_url, session=http)
    made = SocketMode(bolt, client, http, app.app_token, metrics, heartbeat=0.2)
    yield made
    await made.stop()


@pytest.fixture
def ada(slack: LocalSlack, app: App) -> Person:
    return slack.person(slack.workspace.add_person("Ada").id, app)


def answering(bolt: AsyncApp, text: str = "Here I am") -> None:
    @bolt.command("/request-access")
    async def answer(ack: Listen) -> None:
        await ack(text)


async def all_open(slack: LocalSlack, app: App) -> None:
    await slack.until(lambda: len(slack.sockets.connections(app)) == CONNECTIONS)


async def test_a_delivery_is_answered(
    socket: SocketMode, bolt: AsyncApp, ada: Person, metrics: Metrics
) -> None:
    answering(bolt)
    await socket.start()
    assert (await ada.command("/request-access")).text == "Here I am"
    assert b'keyturn_acknowledgement_seconds_count{mode="socket"} 1.0' in metrics.render()


@pytest.mark.parametrize(("text", "taken"), [("\ud83d", False), ("x\udd11\ud83d", False), ("🔑", True)])
async def test_half_a_character_is_refused_and_the_connection_goes_on(
    socket: SocketMode,
    bolt: AsyncApp,
    ada: Person,
    metrics: Metrics,
    slack: LocalSlack,
    text: str,
    taken: bool,
) -> None:
    slack.deliveries.timeout = 0.2
    answering(bolt)
    await socket.start()
    before = slack.sockets.connections(ada.app)
    assert (await ada.command("/request-access", text)).ok == taken
    slack.deliveries.timeout = 3
    assert (b'keyturn_refused_deliveries_total{why="body"} 1.0' in metrics.render()) != taken
    assert (await ada.command("/request-access")).text == "Here I am"
    assert set(before) <= set(slack.sockets.connections(ada.app))


async def test_it_is_connected_when_it_has_started_and_not_after(socket: SocketMode) -> None:
    seen = [socket.connected]
    await socket.start()
    seen.append(socket.connected)
    await socket.stop()
    seen.append(socket.connected)
    assert seen == [False, True, False]


async def test_a_form_answers_with_json(socket: SocketMode, bolt: AsyncApp, ada: Person) -> None:
    @bolt.shortcut("request_access")
    async def opened(ack: Listen, body: dict[str, str], client: AsyncWebClient) -> None:
        text = {"type": "plain_text", "text": "Why"}
        field = {"type": "plain_text_input", "action_id": "why"}
        block = {"type": "input", "block_id": "why", "label": text, "element": field}
        view = {"type": "modal", "callback_id": "form", "title": text, "submit": text, "blocks": [block]}
        await client.views_open(trigger_id=body["trigger_id"], view=view)
        await ack()

    @bolt.view("form")
    async def sent(ack: Listen) -> None:
        await ack(response_action="errors", errors={"why": "Say more"})

    await socket.start()
    assert (await ada.shortcut("request_access")).ok
    await ada.fill("Why", "Because")
    assert (await ada.submit()).errors == {"Why": "Say more"}


async def test_a_replaced_connection_leaves_no_gap(
    socket: SocketMode, bolt: AsyncApp, slack: LocalSlack, app: App, ada: Person
) -> None:
    answering(bolt)
    await socket.start()
    await all_open(slack, app)
    for _ in range(3):
        first, _second = slack.sockets.connections(app)
        await first.disconnect("refresh_requested")
        assert (await ada.command("/request-access")).ok
        await all_open(slack, app)


async def test_a_warning_is_as_good_as_the_end(
    socket: SocketMode, bolt: AsyncApp, slack: LocalSlack, app: App, ada: Person
) -> None:
    answering(bolt)
    await socket.start()
    await all_open(slack, app)
    before = slack.sockets.connections(app)
    await slack.sockets.disconnect(app, "warning")
    await slack.until(
        lambda: (
            len(slack.sockets.connections(app)) == CONNECTIONS
            and before[0] not in slack.sockets.connections(app)
        )
    )
    assert (await ada.command("/request-access")).ok


async def test_connections_that_are_cut_off_are_opened_again(
    socket: SocketMode, bolt: AsyncApp, slack: LocalSlack, app: App, ada: Person
) -> None:
    answering(bolt)
    await socket.start()
    await all_open(slack, app)
    slack.sockets.abort(app)
    await slack.until(lambda: not slack.sockets.connections(app))
    await all_open(slack, app)
    assert (await ada.command("/request-access")).ok


async def test_connections_that_have_gone_silent_are_found_out(
    socket: SocketMode, bolt: AsyncApp, slack: LocalSlack, app: App, ada: Person
) -> None:
    answering(bolt)
    await socket.start()
    await all_open(slack, app)
    silent = slack.sockets.connections(app)
    slack.sockets.silence(app)
    await slack.until(
        lambda: (
            len(slack.sockets.connections(app)) == CONNECTIONS
            and not set(silent) & set(slack.sockets.connections(app))
        )
    )
    assert (await ada.command("/request-access")).ok


async def test_a_slack_that_lets_nobody_in_is_asked_again(
    socket: SocketMode,
    bolt: AsyncApp,
    slack: LocalSlack,
    app: App,
    ada: Person,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(socket_mode, "GRACE", 0.1)
    answering(bolt)
    with slack.faults.down():
        await socket.start()
        assert not socket.connected
    await all_open(slack, app)
    assert (await ada.command("/request-access")).ok


async def test_what_is_in_hand_when_it_stops_is_still_answered(
    socket: SocketMode, bolt: AsyncApp, ada: Person
) -> None:
    begun, may_answer = asyncio.Event(), asyncio.Event()

    @bolt.command("/request-access")
    async def slow(ack: Listen) -> None:
        begun.set()
        await may_answer.wait()
        await ack("Late, but here")

    await socket.start()
    asked = asyncio.create_task(ada.command("/request-access"))
    await begun.wait()
    stopping = asyncio.create_task(socket.stop())
    await asyncio.sleep(0)
    may_answer.set()
    await stopping
    assert (await asked).text == "Late, but here"


async def test_a_listener_that_fails_says_no_yes(
    socket: SocketMode, bolt: AsyncApp, slack: LocalSlack, ada: Person
) -> None:
    """Slack tells the person, and sends an event again that was not acknowledged."""
    slack.deliveries.timeout = 0.3

    @bolt.command("/request-access")
    async def fails() -> None:
        raise ValueError("on purpose")

    await socket.start()
    assert "operation_timeout" in str((await ada.command("/request-access")).trouble)


async def test_messages_that_are_no_envelopes_are_passed_over(
    socket: SocketMode, bolt: AsyncApp, slack: LocalSlack, app: App, ada: Person
) -> None:
    answering(bolt)
    await socket.start()
    await all_open(slack, app)
    for connection in slack.sockets.connections(app):
        for text in (
            "",
            "{",
            "[]",
            "null",
            '{"type": 7}',
            '{"envelope_id": 7}',
            '{"envelope_id": "x"}',
            "[" * 50_000,
        ):
            await connection.socket.send_str(text)
        await connection.socket.send_bytes(b"\xff")
    assert (await ada.command("/request-access")).ok
