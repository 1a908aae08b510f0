"""A local Slack with a small team, and Bolt apps connected to it in both modes."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import App, LocalSlack, Person

SCOPES = {
    *("commands", "chat:write", "reactions:write", "files:write", "team:read"),
    *("users:read", "users:read.email", "users.profile:read", "usergroups:read", "usergroups:write"),
    *("im:read", "im:write", "im:history", "mpim:read", "mpim:write"),
    *("channels:read", "channels:manage", "channels:join", "channels:history"),
    *("groups:read", "groups:write", "groups:history"),
}
EVENTS = {
    *("app_home_opened", "app_uninstalled", "tokens_revoked", "message.im", "message.channels"),
    *("user_change", "team_join", "member_joined_channel"),
    *("subteam_created", "subteam_updated", "subteam_members_changed"),
}


class HandClock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.time = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time

    def advance(self, **units: float) -> None:
        self.time += timedelta(**units)


@pytest.fixture
def hands() -> HandClock:
    return HandClock()


@pytest.fixture
async def slack(hands: HandClock) -> AsyncIterator[LocalSlack]:
    local = LocalSlack(hands, rates=False)
    await local.start()
    yield local
    await local.stop()


@pytest.fixture
def app(slack: LocalSlack) -> App:
    """An app that may do everything; reached by Socket Mode."""
    return slack.workspace.install_app(
        name="Helper",
        scopes=SCOPES,
        events=EVENTS,
        commands=["/ask"],
        shortcuts=[
            {"name": "Ask", "callback_id": "ask"},
            {"name": "About this", "callback_id": "about", "type": "message"},
        ],
    )


@pytest.fixture
def client(slack: LocalSlack, app: App) -> AsyncWebClient:
    return AsyncWebClient(app.bot_token, base_url=slack.api_url)


@pytest.fixture
def ada(slack: LocalSlack, app: App) -> Person:
    user = slack.workspace.add_person("Ada Lovelace", handle="ada", email="ada@example.com", title="Engineer")
    return slack.person(user.id, app)


@pytest.fixture
def ben(slack: LocalSlack, app: App) -> Person:
    user = slack.workspace.add_person("Ben Okri", handle="ben", email="ben@example.com")
    return slack.person(user.id, app)


@dataclass
class Raw:
    """Calls the Web API without any client library."""

    slack: LocalSlack
    session: aiohttp.ClientSession

    async def post(self, method: str, token: str | None = None, **kwargs: Any) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        async with self.session.post(self.slack.api_url + method, headers=headers, **kwargs) as answer:
            body: dict[str, Any] = await answer.json()
            return body


@pytest.fixture
async def raw(slack: LocalSlack) -> AsyncIterator[Raw]:
    async with aiohttp.ClientSession() as session:
        yield Raw(slack, session)


@pytest.fixture(params=["socket", "http"])
async def bolt(request: pytest.FixtureRequest, slack: LocalSlack, app: App) -> AsyncIterator[AsyncApp]:
    """A Bolt app, connected; a test adds its listeners."""
    made = AsyncApp(
        client=AsyncWebClient(app.bot_token, base_url=slack.api_url),
        signing_secret=app.signing_secret,
        process_before_response=True,
    )
    if request.param == "socket":
        handler = AsyncSocketModeHandler(made, app.app_token)
        await handler.connect_async()  # type: ignore[no-untyped-call]  # Bolt has none here
        await slack.until(lambda: slack.sockets.connections(app))
        yield made
        await handler.close_async()  # type: ignore[no-untyped-call]
    else:
        runner = web.AppRunner(made.web_app(path="/slack/events"), shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        app.socket_mode, app.request_url = False, f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
        yield made
        await runner.cleanup()


async def refused(call: Any) -> str:
    """The error by which a call is refused."""
    with pytest.raises(SlackApiError) as caught:
        await call
    return str(caught.value.response["error"])


def plain(text: str) -> dict[str, Any]:
    """A plain_text object."""
    return {"type": "plain_text", "text": text}


def option(text: str) -> dict[str, Any]:
    """An option whose value is its text in small letters."""
    return {"text": plain(text), "value": text.lower()}


def button(text: str, action_id: str, **more: Any) -> dict[str, Any]:
    return {"type": "button", "action_id": action_id, "text": plain(text), **more}


def section(text: str, **more: Any) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def field(label: str, block_id: str, element: dict[str, Any], **more: Any) -> dict[str, Any]:
    """An input block whose element has the same id as the block."""
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain(label),
        "element": {"action_id": block_id, **element},
        **more,
    }


def modal(*blocks: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "type": "modal",
        "callback_id": "form",
        "title": plain("Form"),
        "submit": plain("Send"),
        "blocks": list(blocks),
        **more,
    }
