"""Whether Slack answers, by the last calls of anybody; where nobody calls, or none succeeds, it is asked."""

import time
from contextlib import suppress

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

QUIET = 60.0
"""After so many seconds without an answer, it is."""
IN_A_ROW = 2
"""One call that is lost is no outage."""


class Reach:
    """What one process knows of Slack."""

    def __init__(self) -> None:
        self._failures, self._heard = 0, time.monotonic()

    @property
    def answering(self) -> bool:
        """Whether Slack answered one of the last calls."""
        return self._failures < IN_A_ROW

    def heard(self) -> None:
        """Slack has answered, whatever it said."""
        self._failures, self._heard = 0, time.monotonic()

    def failed(self) -> None:
        """A call got no answer, or one that Slack's own trouble speaks out of."""
        self._failures += 1

    async def probe(self, client: AsyncWebClient) -> None:
        """Ask Slack, if there is a doubt. `client` is of the traced session (`bot.slack.call_metrics`)."""
        if self._failures or time.monotonic() - self._heard > QUIET:
            with suppress(SlackApiError, aiohttp.ClientError, OSError, TimeoutError):
                await client.api_test()
