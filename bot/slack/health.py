"""Whether Slack answers: by the last calls, and where none was made or none succeeded by a probe."""

import time
from contextlib import suppress

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

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
        """Call Slack, if there is a doubt, by a client of the traced session (`bot.slack.call_metrics`)."""
        if self._failures or time.monotonic() - self._answered_at > PROBE_AFTER:
            with suppress(SlackApiError, aiohttp.ClientError, OSError, TimeoutError):
                await client.api_test()
