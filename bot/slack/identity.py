"""Our identity in Slack (auth.test): asked for at the start, and until Slack answers."""

import asyncio

import aiohttp
import structlog
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import Failure
from bot.slack.gateway import SERVER_ERRORS

log = structlog.stdlib.get_logger(__name__)

TOKEN_ERRORS = {"account_inactive", "invalid_auth", "not_authed", "token_expired", "token_revoked"}
BUSY = {*SERVER_ERRORS, "ratelimited"}
FIRST_WAIT, LONGEST_WAIT = 0.25, 30.0
"""Seconds between two calls, growing."""


class SlackUnavailable(Failure):
    """Slack does not answer; it may later."""


async def identify(client: AsyncWebClient) -> AuthorizeResult:
    """Our ids, as Bolt wants them with every delivery.

    Raises:
        Failure: Slack refuses; says what to mend.
        SlackUnavailable: Slack does not answer.
    """  # noqa: DOC501 - `_failure` makes one of these
    try:
        answer = await client.auth_test()
    except SlackApiError as error:
        raise _failure(error) from error
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        why = str(error) or "no answer in time"
        raise SlackUnavailable(f"Slack cannot be reached at {client.base_url}: {why}.") from error
    return AuthorizeResult(
        enterprise_id=answer.get("enterprise_id"),
        team_id=answer.get("team_id"),
        team=answer.get("team"),
        url=answer.get("url"),
        bot_user_id=answer.get("user_id"),
        bot_id=answer.get("bot_id"),
        bot_token=client.token,
    )


class Identity:
    """Our identity in Slack, of which only the token is known while Slack does not answer."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self.known = False
        self.authorization = AuthorizeResult(enterprise_id=None, team_id=None, bot_token=client.token)

    @property
    def user_id(self) -> str:
        """Our user id; empty while it is not known."""
        return str(self.authorization.bot_user_id or "")

    async def ask(self) -> bool:
        """Ask Slack once; returns whether it has answered.

        Raises:
            Failure: Slack refuses our token.
        """
        try:
            self.authorization = await identify(self._client)
        except SlackUnavailable as error:
            log.warning("Slack does not say who we are yet", why=str(error))
            return False
        self.known = True
        return True

    async def wait_until_known(self) -> None:
        """Ask until Slack has answered.

        Raises:
            Failure: Slack refuses our token.
        """
        wait = FIRST_WAIT
        while not (self.known or await self.ask()):
            await asyncio.sleep(wait)
            wait = min(2 * wait, LONGEST_WAIT)


def _failure(error: SlackApiError) -> Failure:
    data = error.response.data if isinstance(getattr(error.response, "data", None), dict) else {}
    word = str(data.get("error") or "no word of Slack's")
    if word in TOKEN_ERRORS:
        return Failure(
            f"Slack rejects the bot token ({word}). Copy it again from the Slack app's page, "
            "under OAuth & Permissions."
        )
    kind = SlackUnavailable if _is_transient(error, data) else Failure
    return kind(f"Slack does not say who we are: {word}.")


def _is_transient(error: SlackApiError, data: dict[str, object]) -> bool:
    """Whether it is Slack's own trouble: HTTP 429 or 5xx, or its word for it."""
    status = int(getattr(error.response, "status_code", 0) or getattr(error.response, "status", 0))
    return status >= 500 or status == 429 or data.get("error") in BUSY  # noqa: PLR2004 - HTTP's own numbers
