"""Call Slack while somebody waits: without an answer in time, what the tables know counts."""

import asyncio
from collections.abc import Awaitable
from http import HTTPStatus
from typing import Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError

log = structlog.get_logger("keyturn.people")

LOOKUP_TIMEOUT = 1.5
"""Seconds to wait for Slack within an answer that has to be given in three."""
TRANSIENT_ERRORS = ("fatal_error", "internal_error", "ratelimited", "request_timeout", "service_unavailable")
"""Slack's error codes for trouble of its own."""


class TimedCalls:
    """Calls Slack with a timeout, and remembers which addresses and user groups it does not resolve."""

    def __init__(self) -> None:
        self.unknown_refs: set[str] = set()
        """Addresses and user groups that do not exist, by Slack's answer."""
        self.unanswered_refs: set[str] = set()
        """Addresses and user groups without an answer to the last call."""

    async def call(self, call: Awaitable[Any], about: str = "") -> Any:
        """Return the answer; None after an error or the timeout, which is only logged.

        `about` is the address or the user group that the call is about.
        """
        refs = {about} - {""}
        try:
            answer = await asyncio.wait_for(_awaited(call), LOOKUP_TIMEOUT)
        except SlackApiError as error:
            log.warning("lookup refused", why=str(error))
            (self.unanswered_refs if _is_transient(error) else self.unknown_refs).update(refs)
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            log.warning("lookup got no answer", why=str(error) or type(error).__name__)
            self.unanswered_refs |= refs
        else:
            self.unanswered_refs -= refs
            return answer
        return None


async def _awaited(call: Awaitable[Any]) -> Any:
    return await call


def _is_transient(error: SlackApiError) -> bool:
    """Whether Slack has trouble of its own or limits the rate, so that the same call may succeed later."""
    code = error.response.get("error")
    return (
        code in TRANSIENT_ERRORS
        or int(getattr(error.response, "status_code", 200)) >= HTTPStatus.INTERNAL_SERVER_ERROR
    )
