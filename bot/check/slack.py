"""Check Slack: the token, its scopes, and how Slack's deliveries reach us."""

import re
from collections.abc import AsyncIterator

from bot.check.context import CheckContext
from bot.check.result import CheckResult, bad, note, ok
from bot.slack.gateway import Refused
from bot.slack.identity import TOKEN_ERRORS, identify
from bot.slack.manifest import PATH, SCOPES

REINSTALL = "Update the Slack app with `keyturn manifest`, then reinstall it to the workspace"
APP_TOKEN = "Create one on the Slack app's page: Basic Information, App-Level Tokens, scope connections:write"  # noqa: S105 - words
SOCKET_MODE = "Turn on Socket Mode on the Slack app's page"


async def token(context: CheckContext) -> AsyncIterator[CheckResult]:
    """Whether the bot token works, and where.

    Raises:
        Failure: Slack refuses the token, or does not answer.
    """
    identity = await identify(context.client)
    context.me = identity.bot_user_id
    yield ok("Slack token", f"user {identity.bot_user_id} in workspace {identity.team}")


async def scopes(context: CheckContext) -> AsyncIterator[CheckResult]:
    """What the token may do, against what the manifest asks for. Slack tells it with every answer."""
    answer = await context.client.auth_test()
    scope_header = {name.lower(): value for name, value in answer.headers.items()}.get("x-oauth-scopes")
    if scope_header is None:
        yield note("Scopes", "Slack doesn't say which ones the token has")
        return
    granted = {scope.strip() for scope in scope_header.split(",")} - {""}
    missing = [f"{scope} ({why})" for scope, why in SCOPES.items() if scope not in granted]
    if missing:
        yield bad("Scopes", f"missing {'; '.join(missing)}. {REINSTALL}")
    else:
        yield ok("Scopes", f"all {len(SCOPES)} that Keyturn needs")
    if unneeded := sorted(granted - SCOPES.keys()):
        yield note("Scopes", f"Keyturn doesn't need {', '.join(unneeded)}. Remove what isn't needed")


async def deliveries(context: CheckContext) -> AsyncIterator[CheckResult]:
    """Whether Slack's deliveries can reach us, as far as that can be seen from here."""
    slack = context.config.slack
    if slack.mode == "socket" and slack.app_token:
        yield await _socket(context, slack.app_token.get_secret_value())
    elif slack.signing_secret:
        yield _http(slack.signing_secret.get_secret_value())


async def _socket(context: CheckContext, app_token: str) -> CheckResult:
    try:
        await context.slack.call("apps.connections.open", app_token=app_token)
    except Refused as refusal:
        wrong_token = refusal.error in TOKEN_ERRORS | {
            "missing_scope",
            "no_permission",
            "not_allowed_token_type",
        }
        mend = APP_TOKEN if wrong_token else SOCKET_MODE
        return bad("Socket Mode", f"Slack refuses the app token ({refusal.error}). {mend}")
    return ok("Socket Mode", "connected")


def _http(signing_secret: str) -> CheckResult:
    if not re.fullmatch(r"[0-9a-f]{32}", signing_secret):
        unlike = (
            "doesn't look like one: expected 32 digits and letters a to f. Copy it from Basic Information"
        )
        return note("Signing secret", unlike)
    return ok(
        "Signing secret", f"set. Slack must be able to reach {PATH}; only a real delivery can show that"
    )
