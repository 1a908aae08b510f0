"""Who we are in Slack: asked once at start, by auth.test."""

import aiohttp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.failure import Failure

WRONG_TOKEN = {"account_inactive", "invalid_auth", "not_authed", "token_expired", "token_revoked"}


async def identify(client: AsyncWebClient) -> AuthorizeResult:
    """Our ids, as Bolt wants them with every delivery. Raises Failure that says what to mend."""
    try:
        answer = await client.auth_test()
    except SlackApiError as error:
        raise Failure(_words(error)) from error
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        why = str(error) or "no answer in time"
        raise Failure(f"Slack cannot be reached at {client.base_url}: {why}.") from error
    return AuthorizeResult(
        enterprise_id=answer.get("enterprise_id"),
        team_id=answer.get("team_id"),
        team=answer.get("team"),
        url=answer.get("url"),
        bot_user_id=answer.get("user_id"),
        bot_id=answer.get("bot_id"),
        bot_token=client.token,
    )


def _words(error: SlackApiError) -> str:
    data = error.response.data if isinstance(getattr(error.response, "data", None), dict) else {}
    word = str(data.get("error") or "no word of Slack's")
    if word in WRONG_TOKEN:
        return (
            f"Slack does not take the bot token ({word}). Copy it again from the Slack app's page, "
            "under OAuth & Permissions."
        )
    return f"Slack does not say who we are: {word}."
