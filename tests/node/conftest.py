"""A local Slack and the lending app of this directory, connected to it by each transport."""

import os
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.sandbox.slack import App, LocalSlack
from tests.node.programs import Unavailable, install, running

SCOPES = {
    *("commands", "chat:write", "reactions:write", "files:write"),
    *("users:read", "users:read.email", "users.profile:read", "usergroups:read", "usergroups:write"),
    *("im:read", "im:write", "im:history", "channels:read", "channels:manage", "channels:history"),
}


@pytest.fixture(scope="session")
def node() -> str:
    """The path of Node, with the clients installed. Where that cannot be: skipped, but failed if CI=true."""
    try:
        return install()
    except Unavailable as error:
        give_up = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        give_up(f"no Node clients: {error}")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def slack() -> AsyncIterator[LocalSlack]:
    local = LocalSlack(rates=False)
    await local.start()
    yield local
    await local.stop()


@pytest.fixture(scope="module")
def app(slack: LocalSlack) -> App:
    """The lending app, installed."""
    return slack.workspace.install_app(
        name="Lending",
        scopes=SCOPES,
        events=["app_home_opened", "message.im"],
        commands=["/borrow", "/things"],
        shortcuts=[
            {"name": "Borrow", "callback_id": "borrow"},
            {"name": "Praise", "callback_id": "praise", "type": "message"},
        ],
    )


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["socket", "http"])
async def lending(
    request: pytest.FixtureRequest, node: str, slack: LocalSlack, app: App
) -> AsyncIterator[None]:
    """The lending app runs: connected by Socket Mode, and in a second round reached by HTTP."""
    addresses = {
        "SLACK_API_URL": slack.api_url,
        "SLACK_BOT_TOKEN": app.bot_token,
        "SLACK_APP_TOKEN": app.app_token,
        "SLACK_SIGNING_SECRET": app.signing_secret,
    }
    app.socket_mode = request.param == "socket"
    async with running(node, f"{request.param}_app.js", **addresses) as said:
        app.request_url = said.get("url")
        yield
