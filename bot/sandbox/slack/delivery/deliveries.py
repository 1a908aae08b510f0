"""Sending to apps by signed HTTP requests or Socket Mode, with Slack's timeout, and logged."""

import asyncio
import time

import aiohttp

from bot.sandbox.slack.core.traffic_log import Log, LogEntry
from bot.sandbox.slack.delivery.delivery import TIMEOUT, Ack, Delivery, from_http
from bot.sandbox.slack.delivery.faults import DOWN, DROP, DUPLICATE, Faults
from bot.sandbox.slack.delivery.signing import Seconds, signed_headers
from bot.sandbox.slack.delivery.socket_mode import Sockets
from bot.sandbox.slack.state.apps import App


class Deliveries:
    """Sends deliveries over each app's transport. `timeout` is in real seconds."""

    def __init__(self, log: Log, faults: Faults, sockets: Sockets) -> None:
        self._log, self._faults, self._sockets = log, faults, sockets
        self._session: aiohttp.ClientSession | None = None
        self.signing_time: Seconds = time.time
        self.timeout = TIMEOUT

    async def start(self) -> None:
        # A new connection each time: an app that restarts must not be met by a dead kept-alive one.
        self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True))

    async def stop(self) -> None:
        if self._session:
            await self._session.close()
        self._session = None

    async def send(self, app: App, delivery: Delivery) -> Ack:
        """Deliver, subject to faults, and return the acknowledgement. Never raises for what the app does."""
        if self._faults.take(delivery.name, DROP, DOWN):
            return Ack(error="operation_timeout")
        if self._faults.take(delivery.name, DUPLICATE):
            first, _ = await asyncio.gather(self._send_once(app, delivery), self._send_once(app, delivery))
            return first
        return await self._send_once(app, delivery)

    async def _send_once(self, app: App, delivery: Delivery) -> Ack:
        via = "socket" if app.socket_mode else "http"
        request = {"payload": delivery.payload, "delivery": delivery}
        entry = self._log.start("delivery", delivery.name, request, app.name, via)
        start = time.monotonic()
        if app.socket_mode:
            answer = await self._sockets.send(app, delivery, self.timeout)
        else:
            answer = await self._post(app, delivery, entry)
        self._log.finish(entry, time.monotonic() - start, answer.body, answer.error)
        return answer

    async def _post(self, app: App, delivery: Delivery, entry: LogEntry) -> Ack:
        body, content_type = delivery.body()
        headers = signed_headers(app.signing_secret, body, content_type, self.signing_time)
        if delivery.retry_num:
            headers |= {
                "X-Slack-Retry-Num": str(delivery.retry_num),
                "X-Slack-Retry-Reason": delivery.retry_reason,
            }
        entry.request |= {"headers": headers, "body": body}
        url = app.options_url if delivery.name == "block_suggestion" and app.options_url else app.request_url
        return await self.post_raw(url, headers, body)

    async def post_raw(self, url: str | None, headers: dict[str, str], body: bytes) -> Ack:
        """POST exactly these bytes; also used for forged and repeated deliveries."""
        if not url or self._session is None:
            return Ack(error="dispatch_failed")
        limit = aiohttp.ClientTimeout(total=self.timeout)
        try:
            async with self._session.post(
                url, data=body, headers=headers, timeout=limit, allow_redirects=False
            ) as response:
                text = (await response.read()).decode(errors="replace")
                return from_http(response.status, text, response.headers.get("X-Slack-No-Retry") == "1")
        except TimeoutError:
            return Ack(error="operation_timeout")
        except aiohttp.ClientError:
            return Ack(error="dispatch_failed")
