"""Slack's clock: every answer over HTTP is dated."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

CLOCK_SKEW = timedelta(minutes=5)
"""By so much Slack's clock may differ from the one that a row was written by."""


async def slack_time(client: AsyncWebClient) -> datetime | None:
    """The time at Slack, to the second. None where Slack does not answer, or without a date."""
    try:
        answer = await client.auth_test()
    except SlackApiError as error:  # a refusal is dated as well
        answer = error.response
    except (aiohttp.ClientError, OSError, TimeoutError):
        return None
    return _parse_date(str(answer.headers.get("Date", "")))


def _parse_date(header: str) -> datetime | None:
    try:
        return parsedate_to_datetime(header).astimezone(UTC)
    except ValueError:
        return None
