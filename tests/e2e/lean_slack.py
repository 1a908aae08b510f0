"""A Slack that tells and does only what it must: in front of the local one, for tests of what the bot needs.

Its answers hold the fields that nobody can do without, its deliveries those that Slack documents as always
there, and whatever is not strictly needed is refused.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import aiohttp
from aiohttp import web

from bot.config import Config, Mode
from bot.sandbox.slack.delivery.deliveries import Deliveries
from bot.sandbox.slack.delivery.delivery import Ack, Delivery
from bot.sandbox.slack.delivery.events_api import EventsApi
from bot.sandbox.slack.state.apps import App
from models.clock import ManualClock
from tests.world import World

Json = dict[str, Any]

DISPENSABLE = {
    "chat.postEphemeral": "method_not_supported",
    "conversations.history": "missing_scope",
    "conversations.open": "unknown_method",
    "conversations.replies": "missing_scope",
    "team.info": "unknown_method",
    "usergroups.list": "unknown_method",
    "users.lookupByEmail": "missing_scope",
    "users.profile.get": "missing_scope",
}
"""What the main loop has to do without, with the word by which it is refused."""

TOLD: dict[str, tuple[str, ...]] = {
    "auth.test": ("ok", "user_id"),
    "chat.update": ("ok",),
    "chat.postMessage": ("ok", "channel", "ts"),
    "usergroups.users.update": ("ok",),
    "users.info": ("ok", "user"),
    "views.open": ("ok",),
    "views.publish": ("ok",),
}
"""The fields of an answer that are left."""

KEPT: dict[str, tuple[str, ...]] = {
    "slash_commands": ("command", "text", "user_id", "channel_id", "trigger_id"),
    "block_actions": ("type", "user", "trigger_id", "actions", "channel", "message", "view", "container"),
    "view_submission": ("type", "user", "view"),
    "block_suggestion": ("type", "user", "action_id", "block_id", "value"),
    "event_callback": ("type", "event"),
}
"""The fields of a delivery that are left, by its type."""


class LeanDeliveries(Deliveries):
    """Tells the bot as little as Slack ever does."""

    async def send(self, app: App, delivery: Delivery) -> Ack:
        return await super().send(app, replace(delivery, payload=bare(delivery.envelope, delivery.payload)))


def bare(envelope: str, payload: Json) -> Json:
    """A delivery's payload with what is always there."""
    kept = KEPT.get(str(payload.get("type", envelope)), tuple(payload))
    left = {name: value for name, value in payload.items() if name in kept}
    thinner: dict[str, Callable[[Json], Json]] = {
        "user": lambda user: _only(user, "id"),
        "container": lambda container: _only(container, "type"),
        "message": lambda message: _only(message, "type", "ts", "text"),
        "view": _view,
        "event": _event,
    }
    return {
        name: thinner[name](value) if name in thinner and isinstance(value, dict) else value
        for name, value in left.items()
    }


def _view(view: Json) -> Json:
    left = {name: value for name, value in view.items() if name != "hash"}
    if "state" in view:
        left["state"] = {"values": {**view["state"]["values"], "untouched": {"nothing": None}, "empty": None}}
    return left


def _event(event: Json) -> Json:
    unsaid = {"channel_type", "view", "team", "client_msg_id", "event_ts"}
    return {name: value for name, value in event.items() if name not in unsaid}


def _only(part: Json, *names: str) -> Json:
    return {name: value for name, value in part.items() if name in names}


class LeanWorld(World):
    """The world of the other tests, seen through such a Slack."""

    def __init__(self, clock: ManualClock, mode: Mode) -> None:
        super().__init__(clock, mode)
        slack = self.slack
        slack.deliveries = LeanDeliveries(slack.log, slack.faults, slack.sockets)
        slack.events_api = EventsApi(slack.workspace, slack.deliveries, slack.schedule, slack.changes.notify)
        self.refused = dict(DISPENSABLE)
        self.open_first = False
        """Whether a person's id is no conversation until it was opened."""
        self.api_url = ""

    def config(self, url: str) -> Config:
        config = super().config(url)
        return config.model_copy(update={"slack": config.slack.model_copy(update={"api_url": self.api_url})})

    async def answer(self, request: web.Request, http: aiohttp.ClientSession) -> web.Response:
        """Pass a call on, and what is left of the answer back."""
        method, body = request.match_info["method"], await request.read()
        word = self.refused.get(method) or self._not_opened(method, body)
        if word:
            return web.json_response({"ok": False, "error": word})
        address = f"{self.slack.api_url}{method}"
        headers = {name: request.headers[name] for name in ("Authorization", "Content-Type")
                   if name in request.headers}  # fmt: skip
        async with http.request(
            request.method, address, params=request.query, data=body, headers=headers
        ) as answer:
            told = await answer.json()
        fields = TOLD.get(method, tuple(told)) if told["ok"] else tuple(told)
        return web.json_response({name: told[name] for name in fields} | _user(told), status=answer.status)

    def _not_opened(self, method: str, body: bytes) -> str | None:
        to_person = method == "chat.postMessage" and b'"channel": "U' in body
        return "channel_not_found" if self.open_first and to_person else None


def _user(told: Json) -> Json:
    return (
        {"user": _only(told["user"], "id", "name", "deleted")} if isinstance(told.get("user"), dict) else {}
    )


@asynccontextmanager
async def lean(url: str, clock: ManualClock, mode: Mode) -> AsyncIterator[LeanWorld]:
    """Such a world, running, with GitHub in the catalogue."""
    world = LeanWorld(clock, mode)
    await world.slack.start()
    async with aiohttp.ClientSession() as http:

        async def answer(request: web.Request) -> web.Response:
            return await world.answer(request, http)

        application = web.Application()
        application.router.add_route("*", "/api/{method}", answer)
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.2)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        world.api_url = f"http://127.0.0.1:{runner.addresses[0][1]}/api/"
        try:
            await world.start_bot(url)
            await world.offer()
            yield world
        finally:
            await world.stop_bot()
            await world.slack.stop()
            await runner.cleanup()
