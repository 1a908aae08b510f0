"""Asking Slack for something while somebody waits: it answers in time, or what is known already counts."""

import asyncio
from collections.abc import Awaitable
from http import HTTPStatus
from typing import Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError

log = structlog.get_logger("keyturn.whois")

PATIENCE = 1.5
"""Seconds to wait for Slack within an answer that has to be given in three."""
PASSING = ("fatal_error", "internal_error", "ratelimited", "request_timeout", "service_unavailable")
"""Slack's words for what is over soon."""


class InTime:
    """Asks, and remembers of what Slack told nothing."""

    def __init__(self) -> None:
        self.nobodies: set[str] = set()
        """Addresses and user groups of which Slack said that there is no such."""
        self.silent: set[str] = set()
        """Those of which it said nothing when it was asked last."""

    async def answer(self, call: Awaitable[Any], about: str = "") -> Any:
        """The answer, or None where Slack has none for us now.

        `about` is the address or the user group that it is about.
        """
        silent = {about} - {""}
        try:
            answer = await asyncio.wait_for(_awaited(call), PATIENCE)
        except SlackApiError as error:
            log.warning("lookup refused", why=str(error))
            (self.silent if _passing(error) else self.nobodies).update(silent)
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            log.warning("lookup got no answer", why=str(error) or type(error).__name__)
            self.silent |= silent
        else:
            self.silent -= silent
            return answer
        return None


async def _awaited(call: Awaitable[Any]) -> Any:
    return await call


def _passing(error: SlackApiError) -> bool:
    """Whether Slack has trouble of its own, or is asked too much, rather than an answer."""
    word = error.response.get("error")
    return (
        word in PASSING
        or int(getattr(error.response, "status_code", 200)) >= HTTPStatus.INTERNAL_SERVER_ERROR
    )
