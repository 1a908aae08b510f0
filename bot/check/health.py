"""Check the port for metrics and reasons, in mode http: free, or served by a Keyturn that runs."""

import os
import socket
from collections.abc import AsyncIterator

import aiohttp

from bot.check.context import CheckContext
from bot.check.result import CheckResult, note, ok

ABOUT = "Health"


async def port(context: CheckContext) -> AsyncIterator[CheckResult]:
    """Whether [health] can be used. In Socket Mode everything is on [http], and nothing is looked at."""
    health = context.config.health
    if context.config.slack.mode != "http":
        return
    where = f"{health.host}:{health.port}"
    try:
        with socket.create_server((health.host, health.port), family=_family(health.host)):
            pass
    except OSError as error:
        if await _is_keyturn(context.http, f"http://{where}/metrics"):
            yield ok(ABOUT, f"Keyturn runs and serves metrics at {where}")
        else:
            why = os.strerror(error.errno or 0)
            problem = f"{where} can't be used ({why}), so nothing will serve metrics and reasons"
            yield note(ABOUT, f"{problem}. Change [health] port")
        return
    yield ok(ABOUT, f"{where} is free for metrics and reasons")


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


async def _is_keyturn(http: aiohttp.ClientSession, url: str) -> bool:
    try:
        async with http.get(url) as answer:
            return "keyturn_" in await answer.text()
    except (aiohttp.ClientError, TimeoutError, ValueError):
        return False
