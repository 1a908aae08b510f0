"""The connections with Slack: the HTTP session and clients for our calls, and what takes deliveries."""

from collections.abc import Callable

import aiohttp
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.config import Config
from bot.metrics import Metrics
from bot.slack import gateway
from bot.slack.gateway import SlackHealth
from bot.slack.http_receiver import HttpReceiver
from bot.slack.identity import Identity
from bot.slack.socket_mode import SocketMode


def http_session(
    config: Config, timeout: float, metrics: Metrics, health: SlackHealth
) -> aiohttp.ClientSession:
    """The HTTP session that all calls share; each may take `timeout` seconds."""
    return aiohttp.ClientSession(
        timeout=aiohttp.ClientTimeout(total=timeout),
        trace_configs=[gateway.trace_config(config.slack.api_url, metrics, health)],
    )


def web_client(config: Config, http: aiohttp.ClientSession, *, retries: bool = True) -> AsyncWebClient:
    """A client over the shared session; without `retries` it raises for a broken connection."""
    return AsyncWebClient(
        token=config.slack.bot_token.get_secret_value(),
        base_url=config.slack.api_url,
        session=http,
        retry_handlers=None if retries else [],
    )


def bolt_app(config: Config, http: aiohttp.ClientSession, identity: Identity) -> AsyncApp:
    """The Bolt app: a listener has committed when Slack gets its answer (signatures: `http_receiver`)."""

    async def authorize() -> AuthorizeResult:
        return identity.authorization  # Bolt would ask auth.test, at the first delivery or at each

    return AsyncApp(
        name="keyturn",
        # Without a token, since Bolt then asks `authorize`, which gives it to each delivery's client.
        client=AsyncWebClient(base_url=config.slack.api_url, session=http),
        authorize=authorize,
        process_before_response=True,
        request_verification_enabled=False,
        raise_error_for_unhandled_request=True,
    )


def socket_mode(
    config: Config, bolt: AsyncApp, client: AsyncWebClient, http: aiohttp.ClientSession, metrics: Metrics,
    on_gap: Callable[[], object],
) -> SocketMode | None:  # fmt: skip
    """The connections of mode socket, else None; `on_gap` is called where events may have been lost."""
    token = config.slack.app_token
    if config.slack.mode != "socket" or token is None:
        return None
    return SocketMode(bolt, client, http, token.get_secret_value(), metrics, on_gap=on_gap)


def http_receiver(
    config: Config, bolt: AsyncApp, metrics: Metrics, on_gap: Callable[[], object]
) -> HttpReceiver | None:
    """The endpoint for deliveries in mode http, else None; `on_gap` as in `socket_mode`."""
    secret = config.slack.signing_secret
    if config.slack.mode != "http" or secret is None:
        return None
    return HttpReceiver(bolt, secret.get_secret_value(), metrics, on_gap=on_gap)
