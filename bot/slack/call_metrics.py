"""Time every call to Slack, and count its failures and 429s, of handlers and jobs alike.

All use one session, so that this is the one place that sees whether Slack answers.
"""

import asyncio
import json
import time
from dataclasses import dataclass
from types import SimpleNamespace

import aiohttp

from bot.metrics import Metrics
from bot.slack.health import SlackHealth

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
