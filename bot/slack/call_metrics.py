"""Every call to Slack is timed, its failure counted, and each 429: of handlers and jobs alike.

All use one session, so that this is the one place that sees whether Slack answers.
"""

import asyncio
import json
import time
from dataclasses import dataclass
from types import SimpleNamespace

import aiohttp

from bot.metrics import Metrics
from bot.slack.health import Reach

TOO_MANY, SERVER_ERROR = 429, 500
REFUSED = b'"ok":false'


def traced(api_url: str, metrics: Metrics, reach: Reach) -> aiohttp.TraceConfig:
    """What the session has to be made with; calls to elsewhere are left out."""
    calls, trace = _Calls(api_url, metrics, reach), aiohttp.TraceConfig()
    trace.on_request_start.append(calls.began)
    trace.on_request_end.append(calls.ended)
    trace.on_response_chunk_received.append(calls.read)
    trace.on_request_exception.append(calls.broke)
    return trace


@dataclass(frozen=True)
class _Calls:
    api_url: str
    metrics: Metrics
    reach: Reach

    async def began(self, _: object, call: SimpleNamespace, sent: aiohttp.TraceRequestStartParams) -> None:
        url = str(sent.url.with_query(None))
        call.began = time.perf_counter()
        call.method = url.removeprefix(self.api_url).strip("/") if url.startswith(self.api_url) else None

    async def ended(self, _: object, call: SimpleNamespace, done: aiohttp.TraceRequestEndParams) -> None:
        if call.method is None:
            return
        self.metrics.slack_calls.labels(call.method).observe(time.perf_counter() - call.began)
        status = done.response.status
        if status >= SERVER_ERROR:
            self.metrics.slack_errors.labels(call.method, f"http_{status}").inc()
            self.reach.failed()
            call.method = None  # what it says besides is not Slack's word
            return
        self.reach.heard()
        if status == TOO_MANY:
            self._throttled(call.method, done.response.headers.get("Retry-After", ""))

    async def read(
        self, _: object, call: SimpleNamespace, got: aiohttp.TraceResponseChunkReceivedParams
    ) -> None:
        if call.method is not None and (word := _refusal(got.chunk)):
            self.metrics.slack_errors.labels(call.method, word).inc()

    async def broke(
        self, _: object, call: SimpleNamespace, lost: aiohttp.TraceRequestExceptionParams
    ) -> None:
        if call.method is None:
            return
        self.metrics.slack_errors.labels(call.method, "unreachable").inc()
        # Whoever gives up waiting says more of their patience than of Slack.
        if not isinstance(lost.exception, asyncio.CancelledError):
            self.reach.failed()

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
