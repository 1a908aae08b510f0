"""A small Slack app that shows and opens everything, connected to a local Slack over Socket Mode."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.browser import Browser, Setup
from bot.sandbox.slack import App, LocalSlack
from tests.sandbox.every_block import FIELDS, HOME, MESSAGE, modal, mrkdwn, option

MANIFEST: dict[str, Any] = {
    "display_information": {"name": "Demo"},
    "features": {
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
        "slash_commands": [
            {"command": "/everything", "description": "Post every block"},
            {"command": "/form", "description": "Open every field", "usage_hint": "[title]"},
            {"command": "/slow_form", "description": "Takes its time to be sent"},
            {"command": "/silent", "description": "Never answered"},
            {"command": "/secret", "description": "Answered to you only"},
        ],
        "shortcuts": [
            {
                "name": "Open a form",
                "type": "global",
                "callback_id": "open_form",
                "description": "From anywhere",
            },
            {"name": "Quote this", "type": "message", "callback_id": "quote", "description": "Quotes it"},
        ],
    },
    "oauth_config": {
        "scopes": {"bot": ["commands", "chat:write", "im:history", "im:write", "usergroups:write"]}
    },
    "settings": {
        "event_subscriptions": {"bot_events": ["message.im", "app_home_opened"]},
        "interactivity": {"is_enabled": True},
        "socket_mode_enabled": True,
    },
}
APPLICATIONS = ["GitHub", "GitLab", "Salesforce", "prod-db"]


@dataclass
class Demo:
    """A local Slack with a few people, and the app that talks to them. `heard` is what it was told."""

    slack: LocalSlack
    app: App
    heard: list[dict[str, Any]]


def company(slack: LocalSlack) -> None:
    """Ada, Mia and Gus, a user group and two channels."""
    workspace = slack.workspace
    workspace.add_person("Mia Chen", id="UMIA", title="Engineering manager", tz="Europe/Berlin")
    workspace.add_person("Ada Lovelace", id="UADA", title="Engineer", manager="UMIA", tz="Europe/London")
    workspace.add_person("Gus Guest", id="UGUS", title="Contractor", guest=True)
    workspace.add_usergroup("On call", handle="oncall", id="SONCALL", members=["UMIA"])
    workspace.add_channel("general", id="CGENERAL", members=["UMIA", "UADA", "UGUS"])
    workspace.add_channel("incidents", id="CINCIDENTS", members=["UMIA", "UADA"], private=True)


@asynccontextmanager
async def running(slack: LocalSlack | None = None) -> AsyncIterator[Demo]:
    """The demo company and its app, connected."""
    slack = slack or LocalSlack(rates=False)
    company(slack)
    installed = slack.workspace.install_app(manifest=MANIFEST)
    await slack.start()
    client = AsyncWebClient(token=installed.bot_token, base_url=slack.api_url)
    bolt = AsyncApp(client=client, process_before_response=True)
    heard: list[dict[str, Any]] = []
    _listen(bolt, heard)
    handler = AsyncSocketModeHandler(bolt, installed.app_token, web_client=client)
    await handler.connect_async()  # type: ignore[no-untyped-call]  # Bolt's own
    await slack.until(lambda: slack.sockets.connections(installed))
    try:
        yield Demo(slack, installed, heard)
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]
        await slack.stop()


def _listen(bolt: AsyncApp, heard: list[dict[str, Any]]) -> None:
    _talking(bolt)
    _forms(bolt, heard)

    @bolt.event("app_home_opened")
    async def opened(event: Any, client: AsyncWebClient) -> None:
        await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": HOME})

    @bolt.event("message")
    async def said(event: Any, client: AsyncWebClient) -> None:
        if not event.get("bot_id") and event.get("text", "").startswith("echo"):
            await client.chat_postMessage(
                channel=event["channel"], text=event["text"], thread_ts=event.get("thread_ts")
            )


def _talking(bolt: AsyncApp) -> None:
    @bolt.command("/everything")
    async def everything(ack: Any, body: Any, client: AsyncWebClient) -> None:
        await client.chat_postMessage(channel=body["user_id"], text="Every block", blocks=MESSAGE)
        await ack()

    @bolt.command("/secret")
    async def secret(ack: Any) -> None:
        await ack(text="Only *you* read this.")

    @bolt.command("/silent")
    async def silent() -> None:
        await asyncio.sleep(3600)

    @bolt.action("approve")
    async def approve(ack: Any, body: Any, client: AsyncWebClient) -> None:
        blocks = [
            {"type": "section", "text": mrkdwn(f"Approved by <@{body['user']['id']}> :white_check_mark:")}
        ]
        await client.chat_update(
            channel=body["channel"]["id"], ts=body["message"]["ts"], text="Approved", blocks=blocks
        )
        await ack()


def _forms(bolt: AsyncApp, heard: list[dict[str, Any]]) -> None:
    async def open_form(ack: Any, body: Any, client: AsyncWebClient) -> None:
        view = modal("Every field", FIELDS, callback_id="form")
        await client.views_open(trigger_id=body["trigger_id"], view=view)
        await ack()

    for listen in (bolt.command("/form"), bolt.action("open_form"), bolt.shortcut("open_form")):
        listen(open_form)

    @bolt.view("form")
    async def sent(ack: Any, view: Any) -> None:
        heard.append(view["state"]["values"])
        name = view["state"]["values"]["name"]["name"]["value"]
        await ack(
            response_action="errors", errors={"name": "That is no name."}
        ) if name == "x" else await ack()

    _slow_form(bolt)
    _inside_forms(bolt)
    _rest(bolt, heard)


def _slow_form(bolt: AsyncApp) -> None:
    @bolt.command("/slow_form")
    async def open_form(ack: Any, body: Any, client: AsyncWebClient) -> None:
        view = modal("Slow form", FIELDS[:1], callback_id="slow_form")
        await client.views_open(trigger_id=body["trigger_id"], view=view)
        await ack()

    @bolt.view("slow_form")
    async def sent(ack: Any) -> None:
        await asyncio.sleep(0.5)  # longer than the window in the test stays open
        await ack()


def _inside_forms(bolt: AsyncApp) -> None:
    @bolt.action("push")
    async def push(ack: Any, body: Any, client: AsyncWebClient) -> None:
        view = modal("One further", FIELDS[2:3] + FIELDS[-1:], callback_id="form")
        await client.views_push(trigger_id=body["trigger_id"], view=view)
        await ack()

    @bolt.options("application")
    async def applications(ack: Any, body: Any) -> None:
        found = [each for each in APPLICATIONS if body["value"].lower() in each.lower()]
        await ack(options=[option(each) for each in found])

    @bolt.action("application")
    async def chosen(ack: Any, body: Any, client: AsyncWebClient) -> None:
        text = body["actions"][0]["selected_option"]["text"]["text"]
        shown = {"type": "section", "block_id": "picked", "text": mrkdwn(f"You chose *{text}*.")}
        view = modal("Every field", [shown, *FIELDS], callback_id="form")
        await client.views_update(view_id=body["view"]["id"], view=view)
        await ack()


def _rest(bolt: AsyncApp, heard: list[dict[str, Any]]) -> None:
    @bolt.action("slow")
    async def slow() -> None:
        await asyncio.sleep(3600)

    @bolt.shortcut("quote")
    async def quote(ack: Any) -> None:
        await ack()

    @bolt.action(re.compile(".*"))
    async def other(ack: Any, body: Any) -> None:
        heard.append(body["actions"][0])
        await ack()


async def _serve() -> None:
    """The demo in a browser, until the process ends: `python -m tests.sandbox.demo`."""
    async with running() as demo:
        browser = Browser(demo.slack, Setup(title="Demo", order=("UADA", "UMIA", "UGUS")))
        await browser.start()
        print(browser.url, flush=True)  # noqa: T201  whoever starts it reads the address here
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve())
