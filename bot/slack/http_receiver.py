"""Receive Slack's deliveries over HTTP: check each, and hand it to Bolt.

Headers are checked first, so that the body of what is unsigned or stale keeps nobody waiting. The answer to
anything that is refused is a status.
"""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

import structlog
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.metrics import Metrics
from bot.slack.signature import ClockOffset, is_fresh, is_signature, signed_at
from bot.slack.surrogates import has_lone_surrogate

log = structlog.stdlib.get_logger(__name__)

MAX_BODY = 1024 * 1024
"""Bytes of a delivery. Slack's largest, a view with its state, is a quarter of that."""
TYPES = ("application/json", "application/x-www-form-urlencoded")
BODY_TIMEOUT = 5.0
"""Seconds that a delivery's body may take; Slack itself waits three for the answer."""
STALE_TIMEOUT = 2.0
"""Seconds that the body of a stale delivery may take; it is read only to see whether our clock is wrong."""


class _Refused(Exception):
    """A delivery is not taken."""

    def __init__(self, response: web.StreamResponse) -> None:
        super().__init__()
        self.response = response


@dataclass(frozen=True)
class HttpReceiver:
    """Receives Slack's deliveries over HTTP and hands them to Bolt."""

    bolt: AsyncApp
    secret: str
    metrics: Metrics
    clock: ClockOffset = field(default_factory=ClockOffset)
    on_gap: Callable[[], object] = lambda: None
    """Called where an event may have been lost: one that Slack sends again did not get through before."""

    async def take(self, request: web.Request) -> web.StreamResponse:
        """Answer a delivery of Slack's; refuse anything else with 401, 408, 413, 415 or 400."""
        started = time.perf_counter()
        try:
            response = await self._dispatch(request, await self._signed_body(request))
        except _Refused as refused:
            return refused.response
        self.metrics.acknowledged.labels("http").observe(time.perf_counter() - started)
        return response

    async def _signed_body(self, request: web.Request) -> bytes:
        """The body.

        Raises:
            _Refused: Slack has not signed it just now, or it is too large or too slow.
        """
        stamp = request.headers.get("X-Slack-Request-Timestamp", "")
        signature = request.headers.get("X-Slack-Signature", "")
        if not is_signature(stamp, signature):
            raise self._refused("signature", 401)
        if not is_fresh(int(stamp), time.time()):
            raise await self._refuse_stale(request, stamp, signature)
        if (request.content_length or 0) > MAX_BODY:
            raise self._refused("size", 413)
        try:
            async with asyncio.timeout(BODY_TIMEOUT):
                body = await request.read()  # aiohttp refuses what is larger than MAX_BODY with 413
        except TimeoutError:
            raise self._refused("slow", 408) from None
        if signed_at(self.secret, stamp, signature, body) is None:
            raise self._refused("signature", 401)
        self.clock.forget()
        return body

    async def _dispatch(self, request: web.Request, body: bytes) -> web.Response:
        """Let Bolt answer.

        Raises:
            _Refused: It has a shape that Slack does not send.
        """
        if request.content_type not in TYPES:
            raise self._refused("type", 415)
        if request.headers.get("X-Slack-Retry-Num"):
            self.on_gap()
        delivery = _parse(request, body)
        if delivery is None:
            raise self._refused("body", 400)
        try:
            answer = await self.bolt.async_dispatch(delivery)
        except (AttributeError, LookupError, TypeError) as error:
            # Our listeners raise nothing: Bolt looked into a part that has another shape than Slack's.
            log.info("not to be read", error=repr(error))
            raise self._refused("body", 400) from None
        return await to_aiohttp_response(answer)

    async def _refuse_stale(self, request: web.Request, stamp: str, signature: str) -> _Refused:
        """Refuse at once. By a body that comes all the same Slack is told from others: our clock is wrong."""
        answered: web.StreamResponse | None = None
        if not request.content.is_eof():
            answered = web.Response(status=401)
            answered.force_close()
            await answered.prepare(request)
            await answered.write_eof()
        signed = None
        with suppress(TimeoutError, web.HTTPRequestEntityTooLarge, ConnectionError):
            async with asyncio.timeout(STALE_TIMEOUT):
                signed = signed_at(self.secret, stamp, signature, await request.read())
        if signed is None:
            refused = self._refused("signature", 401)
        else:
            ahead = self.clock.minutes_ahead(signed, time.time())
            refused = self._refused("stale", 401, **_clock_problem(ahead))
        return _Refused(answered) if answered else refused

    def _refused(self, why: str, status: int, **more: str) -> _Refused:
        self.metrics.refused_deliveries.labels(why).inc()
        log.warning("refused a delivery", why=why, status=status, **more)
        return _Refused(web.Response(status=status))


def _clock_problem(ahead: int | None) -> dict[str, str]:
    """For the log: how wrong this machine's clock is, where that is known."""
    if ahead is None:
        return {}
    off = f"{abs(ahead)} minutes {'ahead of' if ahead > 0 else 'behind'}"
    return {"because": f"This machine's clock is {off} Slack's. Set it right."}


def _parse(request: web.Request, body: bytes) -> AsyncBoltRequest | None:
    """The delivery as Bolt takes it; None where the body is not what Slack sends."""
    try:
        text = body.decode()
        delivery = AsyncBoltRequest(body=text, query=request.query_string, headers=dict(request.headers))
        has_half_character = has_lone_surrogate(text, delivery.body)
    except Exception as error:  # noqa: BLE001 - Bolt trips over JSON of other shapes than Slack's, in many ways
        log.info("not to be read", error=str(error))
        return None
    if has_half_character:
        log.info("not to be read", error="there is half a character in it")
        return None
    # Bolt says that it is a dict, and takes whatever JSON there was.
    read: object = delivery.body
    return delivery if isinstance(read, dict) else None
