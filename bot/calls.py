"""Every call to Slack is timed, and every 429 counted, of handlers and jobs alike: all use one session."""

import time
from types import SimpleNamespace

import aiohttp

from bot.metrics import Metrics

TOO_MANY = 429


def traced(api_url: str, metrics: Metrics) -> aiohttp.TraceConfig:
    """What the session has to be made with; calls to elsewhere are left out."""

    async def began(_: object, call: SimpleNamespace, _started: aiohttp.TraceRequestStartParams) -> None:
        call.began = time.perf_counter()

    async def ended(_: object, call: SimpleNamespace, done: aiohttp.TraceRequestEndParams) -> None:
        url = str(done.url.with_query(None))
        if url.startswith(api_url):
            method = url.removeprefix(api_url).strip("/")
            metrics.slack_calls.labels(method).observe(time.perf_counter() - call.began)
            if done.response.status == TOO_MANY:
                _throttled(metrics, method, done.response.headers.get("Retry-After", ""))

    trace = aiohttp.TraceConfig()
    trace.on_request_start.append(began)
    trace.on_request_end.append(ended)
    return trace


def _throttled(metrics: Metrics, method: str, wait: str) -> None:
    metrics.throttled.labels(method).inc()
    metrics.throttled_for.labels(method).inc(int(wait) if wait.isascii() and wait.isdigit() else 0)
