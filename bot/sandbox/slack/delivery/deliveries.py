"""Sends to apps: signed HTTP requests or Socket Mode envelopes, with Slack's timeout, each one logged."""

import asyncio
import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import aiohttp

from bot.sandbox.slack.core.errors import Json
from bot.sandbox.slack.core.traffic_log import Entry
from bot.sandbox.slack.delivery import delivery as acks
from bot.sandbox.slack.delivery.delivery import TIMEOUT, Ack
from bot.sandbox.slack.delivery.faults import DOWN, DROP, DUPLICATE
from bot.sandbox.slack.delivery.signing import Seconds, signed_headers
from bot.sandbox.slack.state.apps import App

if TYPE_CHECKING:
    from bot.sandbox.slack.local_slack import LocalSlack

_FORM, _JSON = "application/x-www-form-urlencoded", "application/json"


@dataclass(frozen=True)
class Delivery:
    """One thing to tell an app. `envelope` is its type in Socket Mode, `name` its name in log and faults."""

    name: str
    envelope: str
    payload: Json
    accepts_response: bool = False
    retry_num: int = 0
    retry_reason: str = ""

    def body(self) -> tuple[bytes, str]:
        """The HTTP body and its content type."""
        if self.envelope == "events_api":
            return json.dumps(self.payload).encode(), _JSON
        if self.envelope == "slash_commands":
            return urlencode(self.payload).encode(), _FORM
        return urlencode({"payload": json.dumps(self.payload)}).encode(), _FORM


class Deliveries:
    """The way from Slack to the apps."""

    def __init__(self, slack: "LocalSlack") -> None:
        self._slack = slack
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
        """Delivers once and gives the app's answer; never raises for what the app does."""
        faults = self._slack.faults
        if faults.take(delivery.name, DROP, DOWN):
            return Ack(error="operation_timeout")
        if faults.take(delivery.name, DUPLICATE):
            first, _ = await asyncio.gather(self._once(app, delivery), self._once(app, delivery))
            return first
        return await self._once(app, delivery)

    async def _once(self, app: App, delivery: Delivery) -> Ack:
        via = "socket" if app.socket_mode else "http"
        request = {"payload": delivery.payload, "delivery": delivery}
        entry = self._slack.log.start("delivery", delivery.name, request, app.name, via)
        started = time.monotonic()
        if app.socket_mode:
            answer = await self._slack.sockets.send(app, delivery)
        else:
            answer = await self._post(app, delivery, entry)
        self._slack.log.finish(entry, time.monotonic() - started, answer.body, answer.error)
        return answer

    async def _post(self, app: App, delivery: Delivery, entry: Entry) -> Ack:
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
        """Sends exactly these bytes; for forged and repeated deliveries too."""
        if not url or self._session is None:
            return Ack(error="dispatch_failed")
        limit = aiohttp.ClientTimeout(total=self.timeout)
        try:
            async with self._session.post(
                url, data=body, headers=headers, timeout=limit, allow_redirects=False
            ) as answer:
                text = (await answer.read()).decode(errors="replace")
                return acks.from_http(answer.status, text, answer.headers.get("X-Slack-No-Retry") == "1")
        except TimeoutError:
            return Ack(error="operation_timeout")
        except aiohttp.ClientError:
            return Ack(error="dispatch_failed")
