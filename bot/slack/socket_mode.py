"""Socket Mode: deliveries over WebSockets that we open, so that Slack needs no way in.

Slack closes each connection every few hours and says so before; connections also go quiet without closing. So
there are two, each acknowledges what came over it, and one that does not answer pings is answer anew.
https://docs.slack.dev/apis/events-api/using-socket-mode
"""

import asyncio
import json
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import aiohttp
import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.metrics import Metrics
from bot.slack.surrogates import has_lone_surrogate

log = structlog.stdlib.get_logger(__name__)

CONNECTIONS = 2
HEARTBEAT = 10.0
"""Seconds between pings; an answer that takes longer than half of that means the connection is dead."""
MAX_WAIT = 30.0
SHORT_LIVED = 5.0
"""Seconds; a connection that is cut off sooner, while another is open, may be one too many."""
STANDBY = 600.0
"""Seconds after which one that stands by tries again, though it is not needed."""
RECONNECT_DELAY = 0.1
"""Seconds that another connection has to open, before one that was cut off soon is answer anew."""
CLOSE_TIMEOUT = 2.0
"""Seconds that Slack has to say goodbye."""
GRACE = 5.0
"""Seconds that deliveries in hand may still take at the end; Slack waits three."""

Envelope = dict[str, Any]


class SocketMode:
    """Keeps connections to Slack open and hands the deliveries that come over them to Bolt."""

    def __init__(
        self, bolt: AsyncApp, client: AsyncWebClient, http: aiohttp.ClientSession, app_token: str,
        metrics: Metrics, *, heartbeat: float = HEARTBEAT, on_gap: Callable[[], object] = lambda: None,
    ) -> None:  # fmt: skip
        """`on_gap` is called where an event may have been lost.

        That is when a connection ended, another is open, or Slack sends one again.
        """
        self._bolt, self._client, self._http, self._app_token = bolt, client, http, app_token
        self._metrics, self._heartbeat, self._on_gap = metrics, heartbeat, on_gap
        self._open: set[aiohttp.ClientWebSocketResponse] = set()
        self._connection_tasks: list[asyncio.Task[None]] = []
        self._deliveries: set[asyncio.Task[None]] = set()
        self._first_attempt, self._disconnected = asyncio.Event(), asyncio.Event()

    @property
    def connected(self) -> bool:
        """Whether Slack can reach us."""
        return bool(self._open)

    async def start(self) -> None:
        """Begin to connect; returns with the first connection, or when Slack has not let us in at first."""
        self._connection_tasks = [asyncio.create_task(self._keep_connected()) for _ in range(CONNECTIONS)]
        try:
            async with asyncio.timeout(GRACE):
                await self._first_attempt.wait()
        except TimeoutError:
            log.warning("Slack does not let us connect yet")

    async def stop(self) -> None:
        """Take no more, answer what is in hand, and close."""
        for task in self._connection_tasks:
            task.cancel()
        if self._deliveries:
            await asyncio.wait(self._deliveries, timeout=GRACE)
        await asyncio.gather(
            *self._connection_tasks, *map(self._close, list(self._open)), return_exceptions=True
        )

    async def _keep_connected(self) -> None:
        """One connection after the other, at once where the last one worked."""
        failures = 0
        while True:
            try:
                if await self._run_connection():
                    failures = 0
                else:
                    failures += 1
                    await self._stand_by(min(SHORT_LIVED * 2**failures, STANDBY))
            except (SlackApiError, aiohttp.ClientError, OSError, TimeoutError) as error:
                failures += 1
                self._first_attempt.set()
                log.warning("no connection to Slack", error=str(error) or type(error).__name__)
                await asyncio.sleep(min(0.1 * 2**failures, MAX_WAIT))

    async def _stand_by(self, longest: float) -> None:
        """Wait, but no longer than so many seconds, until no connection is left."""
        await asyncio.sleep(RECONNECT_DELAY)
        if self._open:
            self._disconnected.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(longest):
                    await self._disconnected.wait()

    async def _run_connection(self) -> bool:
        """One connection from its beginning to its end; returns whether it ended as it should.

        A Slack that lets only one in cuts one off soon after another is open: then one of them stands by.

        Raises:
            CancelledError: The bot stops; the connection stays open until what is in hand is answered.
        """
        answer = await self._client.apps_connections_open(app_token=self._app_token)
        socket = await self._http.ws_connect(
            str(answer["url"]),
            heartbeat=self._heartbeat,
            timeout=aiohttp.ClientWSTimeout(ws_close=CLOSE_TIMEOUT),
        )
        self._open.add(socket)
        began = time.monotonic()
        try:
            replaced = await self._listen(socket)
        except asyncio.CancelledError:
            raise  # we stop: `stop` closes it, after what is in hand is answered
        except BaseException:
            await self._close(socket)
            raise
        await self._close(socket)
        return replaced or time.monotonic() - began > SHORT_LIVED

    async def _close(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._open.discard(socket)
        self._on_gap()
        if not self._open:
            self._disconnected.set()
        await socket.close()

    async def _listen(self, socket: aiohttp.ClientWebSocketResponse) -> bool:
        """Take what comes; returns whether Slack said before that it would close, and not for too many."""
        async for message in socket:
            envelope = _parse(message)
            if envelope.get("type") == "hello":
                self._on_gap()
                self._first_attempt.set()
            elif envelope.get("type") == "disconnect":
                log.info("Slack asks for a new connection", reason=envelope.get("reason"))
                return envelope.get("reason") != "too_many_websockets"
            elif isinstance(envelope.get("envelope_id"), str) and self._is_valid(message.data, envelope):
                if envelope.get("retry_attempt"):
                    self._on_gap()
                task = asyncio.create_task(self._deliver(socket, envelope))
                self._deliveries.add(task)
                task.add_done_callback(self._deliveries.discard)
        return False

    def _is_valid(self, text: str, envelope: Envelope) -> bool:
        """Whether it can be stored. If not it is not acknowledged: whoever waits hears from Slack."""
        if not has_lone_surrogate(text, envelope):
            return True
        self._metrics.refused_deliveries.labels("body").inc()
        log.warning("refused a delivery", why="half a character")
        return False

    async def _deliver(self, socket: aiohttp.ClientWebSocketResponse, envelope: Envelope) -> None:
        started = time.perf_counter()
        try:
            response = await self._bolt.async_dispatch(_request(envelope))
            if response.status == 200:  # noqa: PLR2004 - whatever else: no answer, and Slack sends it again
                await socket.send_str(json.dumps(_acknowledgement(envelope, response)))
                self._metrics.acknowledged.labels("socket").observe(time.perf_counter() - started)
        except ConnectionError:
            log.info("the connection went before the acknowledgement; Slack sends it again")
        except Exception:  # one delivery's failure is never another's
            log.exception("a delivery failed")


def _parse(message: aiohttp.WSMessage) -> Envelope:
    if message.type is not aiohttp.WSMsgType.TEXT:
        return {}
    try:
        envelope = json.loads(message.data)
    except (ValueError, RecursionError):
        return {}
    return envelope if isinstance(envelope, dict) else {}


def _request(envelope: Envelope) -> AsyncBoltRequest:
    payload = envelope.get("payload")
    headers = {
        "x-slack-retry-num": str(envelope.get("retry_attempt") or ""),
        "x-slack-retry-reason": str(envelope.get("retry_reason") or ""),
    }
    return AsyncBoltRequest(
        mode="socket_mode",
        body=payload if isinstance(payload, dict) else {},
        headers={name: [value] for name, value in headers.items() if value},
    )


def _acknowledgement(envelope: Envelope, response: BoltResponse) -> Envelope:
    answer: Envelope = {"envelope_id": envelope["envelope_id"]}
    if not response.body:
        return answer
    is_json = response.headers.get("content-type", [""])[0].startswith("application/json")
    return answer | {"payload": json.loads(response.body) if is_json else {"text": response.body}}
