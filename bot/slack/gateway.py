"""The gateway to Slack: makes the calls of jobs, sorts their failures, times and counts all calls."""

import asyncio
import json
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import RetryAfter, UpstreamUnavailable
from bot.metrics import Metrics
from models.clock import Clock

PROBE_AFTER = 60.0
"""After so many seconds without an answer Slack is probed."""
OUTAGE_FAILURES = 2
"""So many failures in a row are an outage; one call that is lost is none."""


class SlackHealth:
    """Whether Slack answers this process."""

    def __init__(self) -> None:
        self._failures, self._answered_at = 0, time.monotonic()

    @property
    def answering(self) -> bool:
        """Whether Slack answered one of the last calls."""
        return self._failures < OUTAGE_FAILURES

    def on_answer(self) -> None:
        """Note that Slack has answered, even with an error."""
        self._failures, self._answered_at = 0, time.monotonic()

    def on_failure(self) -> None:
        """Note that a call got no answer, or HTTP 5xx."""
        self._failures += 1

    async def probe(self, client: AsyncWebClient) -> None:
        """Call Slack, if there is a doubt, by a client of the traced session (`bot.slack.gateway`)."""
        if self._failures or time.monotonic() - self._answered_at > PROBE_AFTER:
            with suppress(SlackApiError, aiohttp.ClientError, OSError, TimeoutError):
                await client.api_test()


TOO_MANY, SERVER_ERROR = 429, 500
REFUSED = b'"ok":false'


def trace_config(api_url: str, metrics: Metrics, health: SlackHealth) -> aiohttp.TraceConfig:
    """The trace configuration for the HTTP session; calls to elsewhere are left out."""
    tracer, trace = _CallTracer(api_url, metrics, health), aiohttp.TraceConfig()
    trace.on_request_start.append(tracer.on_start)
    trace.on_request_end.append(tracer.on_end)
    trace.on_response_chunk_received.append(tracer.on_chunk)
    trace.on_request_exception.append(tracer.on_exception)
    return trace


@dataclass(frozen=True)
class _CallTracer:
    api_url: str
    metrics: Metrics
    health: SlackHealth

    async def on_start(self, _: object, call: SimpleNamespace, sent: aiohttp.TraceRequestStartParams) -> None:
        url = str(sent.url.with_query(None))
        call.started = time.perf_counter()
        call.method = url.removeprefix(self.api_url).strip("/") if url.startswith(self.api_url) else None

    async def on_end(self, _: object, call: SimpleNamespace, done: aiohttp.TraceRequestEndParams) -> None:
        if call.method is None:
            return
        self.metrics.slack_calls.labels(call.method).observe(time.perf_counter() - call.started)
        status = done.response.status
        if status >= SERVER_ERROR:
            self.metrics.slack_errors.labels(call.method, f"http_{status}").inc()
            self.health.on_failure()
            call.method = None  # what it says besides is not Slack's word
            return
        self.health.on_answer()
        if status == TOO_MANY:
            self._throttled(call.method, done.response.headers.get("Retry-After", ""))

    async def on_chunk(
        self, _: object, call: SimpleNamespace, got: aiohttp.TraceResponseChunkReceivedParams
    ) -> None:
        if call.method is not None and (word := _refusal(got.chunk)):
            self.metrics.slack_errors.labels(call.method, word).inc()

    async def on_exception(
        self, _: object, call: SimpleNamespace, lost: aiohttp.TraceRequestExceptionParams
    ) -> None:
        if call.method is None:
            return
        self.metrics.slack_errors.labels(call.method, "unreachable").inc()
        # Whoever gives up waiting says more of their patience than of Slack.
        if not isinstance(lost.exception, asyncio.CancelledError):
            self.health.on_failure()

    def _throttled(self, method: str, wait: str) -> None:
        self.metrics.throttled.labels(method).inc()
        seconds = int(wait) if wait.isascii() and wait.isdigit() else 0
        self.metrics.throttled_for.labels(method).inc(seconds)


def _refusal(body: bytes) -> str:
    """Slack's word for why not; empty where it said yes, or nothing that it says."""
    if REFUSED not in body[:200].replace(b" ", b""):
        return ""
    try:
        answer = json.loads(body)
    except ValueError:
        return ""
    return str(answer.get("error") or "") if isinstance(answer, dict) else ""


GONE = {
    "cannot_reply_to_message",
    "channel_not_found",
    "is_archived",
    "message_not_found",
    "not_in_channel",
    "thread_not_found",
    "user_disabled",
    "user_not_found",
    "user_not_visible",
    "users_not_found",
}
"""Whom or what the call is about is not there any more."""
SERVER_ERRORS = {"fatal_error", "internal_error", "request_timeout", "service_unavailable"}
"""Slack's error codes, with HTTP 200, for trouble on its own side."""
DEFAULT_RETRY_AFTER = 30
"""Seconds to wait where a 429 does not say how long."""

Answer = dict[str, Any]


class SlackRateLimit(RetryAfter):
    """Slack asks to wait; `wait` is how long from now."""


class Unreachable(UpstreamUnavailable):
    """No answer, or an HTTP 5xx. What was called for may have happened all the same."""


class Refused(Exception):
    """Slack's answer is no; `error` is its code for it."""

    def __init__(self, method: str, error: str, details: str = "") -> None:
        super().__init__(f"{method}: {error}" + (f" ({details})" if details else ""))
        self.error = error


class Gone(Refused):
    """The person, conversation or message is not there any more: no use in trying again."""


class Gateway:
    """Calls Slack for jobs. Its client must not retry: a post whose answer was lost may have arrived."""

    def __init__(self, client: AsyncWebClient, clock: Clock, *, timeout: float = 10) -> None:
        """`timeout` is how many seconds one call may take."""
        self._client, self._clock, self._timeout = client, clock, timeout
        self._pauses: dict[tuple[str, str], tuple[datetime, datetime]] = {}

    async def call(self, method: str, **arguments: Any) -> Answer:
        """Call a Web API method, by Slack's name for it ("chat.postMessage"), and return its answer.

        Raises:
            SlackRateLimit: Slack asks to wait.
            Unreachable: Slack does not answer, or not in time.
            Gone: What the call is about is not there any more.
            Refused: Slack refuses the call.
        """
        lane = (method, str(arguments.get("channel", "")) if method == "chat.postMessage" else "")
        self._check_pause(lane)
        try:
            async with asyncio.timeout(self._timeout):
                # The client's own methods know which arguments go where (query, form, JSON).
                answer = await getattr(self._client, method.replace(".", "_"))(**arguments)
        except SlackApiError as error:
            raise self._refusal(method, lane, error) from error
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            raise Unreachable(f"{method}: {str(error) or 'no answer in time'}") from error
        return dict(answer.data)

    def _check_pause(self, lane: tuple[str, str]) -> None:
        since, until = self._pauses.get(lane, (None, None))
        now = self._clock.now()
        if since is None or until is None:
            return
        # A clock that was set back must not make a pause of seconds one of hours.
        if since <= now < until:
            raise SlackRateLimit(f"{lane[0]}: Slack asked to wait", until - now)
        del self._pauses[lane]

    def _refusal(self, method: str, lane: tuple[str, str], error: SlackApiError) -> Exception:
        status = int(getattr(error.response, "status_code", 0) or getattr(error.response, "status", 0))
        code, details = _reason(error)
        if status == 429 or code == "ratelimited":  # noqa: PLR2004 - HTTP's own number
            return self._pause(lane, error)
        if status >= 500 or code in SERVER_ERRORS or not code:  # noqa: PLR2004 - HTTP's own number
            return Unreachable(f"{method}: HTTP {status} {code}".rstrip())
        return (Gone if code in GONE else Refused)(method, code, details)

    def _pause(self, lane: tuple[str, str], error: SlackApiError) -> SlackRateLimit:
        header = str(error.response.headers.get("Retry-After", ""))
        seconds = int(header) if header.isascii() and header.isdigit() else DEFAULT_RETRY_AFTER
        now, wait = self._clock.now(), timedelta(seconds=seconds)
        self._pauses[lane] = (now, now + wait)
        return SlackRateLimit(f"{lane[0]}: Slack asks to wait {seconds} s", wait)


def _reason(error: SlackApiError) -> tuple[str, str]:
    """Slack's error code, and its further messages; empty where the answer was not Slack's."""
    data = getattr(error.response, "data", None)
    if not isinstance(data, dict):
        return "", ""
    metadata = data.get("response_metadata")
    messages = metadata.get("messages") if isinstance(metadata, dict) else None
    return str(data.get("error", "")), "; ".join(map(str, messages or []))
