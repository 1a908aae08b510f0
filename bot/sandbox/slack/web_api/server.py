"""The local Slack's HTTP side: `/api/<method>`, Socket Mode, response_url and files."""

import asyncio
import time
from collections.abc import Callable
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.sandbox.slack.core.errors import Json, SlackError
from bot.sandbox.slack.delivery.faults import CUT, CUT_AFTER, DOWN, HANG, SLOW, STATUS, Fault
from bot.sandbox.slack.state.apps import App
from bot.sandbox.slack.web_api import arguments
from bot.sandbox.slack.web_api.arguments import Incoming
from bot.sandbox.slack.web_api.dispatch import dispatch
from bot.sandbox.slack.web_api.rates import RateLimited
from bot.sandbox.slack.web_api.table import TABLE

if TYPE_CHECKING:
    from bot.sandbox.slack.local_slack import LocalSlack

Reply = tuple[int, Json, dict[str, str]]  # status, body, headers

_LARGEST = 32 * 1024 * 1024
CUT_OFF: Json = {"ok": False, "error": "connection_cut"}  # stands for no answer at all


class Server:
    """The aiohttp application; `application` can be given further routes before it starts."""

    def __init__(self, slack: "LocalSlack") -> None:
        self._slack = slack
        self.application = web.Application(client_max_size=_LARGEST)
        self.application.router.add_route("*", "/api/{method}", self._api)
        self.application.router.add_get("/link/", slack.sockets.serve)
        self.application.router.add_post("/respond/{key}", self._respond)
        self.application.router.add_post("/upload/{key}", self._upload)
        self.application.router.add_get("/files/{key}/{name}", self._file)
        self.application.on_response_prepare.append(self._date)

    async def _date(self, _request: web.Request, response: web.StreamResponse) -> None:
        """Slack's answers are dated by its own clock."""
        response.headers["Date"] = format_datetime(self._slack.clock.now(), usegmt=True)

    async def _api(self, request: web.Request) -> web.StreamResponse:
        name, incoming = request.match_info["method"], await arguments.read(request)
        caller = _caller(self._slack, incoming)
        return await self._exchange(
            request, name, _shown(incoming), caller, lambda: self._call(name, incoming)
        )

    async def _respond(self, request: web.Request) -> web.StreamResponse:
        """An app's use of a response_url."""
        key, incoming = request.match_info["key"], await arguments.read(request)
        body = incoming.plain if incoming.body is None else incoming.body
        return await self._exchange(request, "response_url", body, None, lambda: self._answer(key, body))

    async def _exchange(
        self, request: web.Request, name: str, shown: Json, caller: str | None, work: Callable[[], Reply]
    ) -> web.StreamResponse:
        """Carries out one call, or the fault that stands in its way, and logs it."""
        slack, started = self._slack, time.monotonic()
        entry = slack.log.start("api", name, shown, caller)
        if slowed := slack.faults.take(name, SLOW):
            await asyncio.sleep(slowed.delay)
        fault = slack.faults.take(name, DOWN, STATUS, HANG, CUT)
        status, body, headers = await _injected(fault) if fault else work()
        lost = body is CUT_OFF or slack.faults.take(name, CUT_AFTER) is not None
        error = "connection_cut" if lost else body.get("error")
        slack.log.finish(entry, time.monotonic() - started, body, error)
        return _cut(request) if lost else web.json_response(body, status=status, headers=headers)

    def _call(self, name: str, incoming: Incoming) -> Reply:
        try:
            return 200, dispatch(self._slack, name, incoming), _scope_headers(self._slack, name, incoming)
        except RateLimited as refusal:
            return 429, refusal.as_json(), {"Retry-After": str(refusal.retry_after)}
        except SlackError as refusal:
            return 200, refusal.as_json(), {}

    def _answer(self, key: str, body: Json) -> Reply:
        try:
            self._slack.responses.answer(key, body)
        except SlackError as refusal:
            return 404 if refusal.code in ("used_url", "expired_url") else 200, refusal.as_json(), {}
        return 200, {"ok": True}, {}

    async def _upload(self, request: web.Request) -> web.Response:
        upload = self._slack.files.by_key(request.match_info["key"])
        if upload is None:
            return web.Response(status=404)
        upload.content = await _upload_bytes(request)
        return web.Response(text=f"OK - {len(upload.content)}")

    async def _file(self, request: web.Request) -> web.Response:
        upload = self._slack.files.by_key(request.match_info["key"])
        if upload is None or upload.content is None:
            return web.Response(status=404)
        return web.Response(body=upload.content)


async def _injected(fault: Fault) -> Reply:
    """What a fault answers instead of the method."""
    if fault.action == HANG:
        await fault.removed.wait()
    if fault.action != STATUS:
        return 0, CUT_OFF, {}
    headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
    return fault.status, {"ok": False, "error": fault.error}, headers


def _cut(request: web.Request) -> web.Response:
    """Breaks the connection off: the caller gets no answer."""
    if request.transport:
        request.transport.abort()
    return web.Response()


async def _upload_bytes(request: web.Request) -> bytes:
    if not request.content_type.startswith("multipart/"):
        return await request.read()
    form = await request.post()
    for part in form.values():
        if isinstance(part, web.FileField):
            return part.file.read()
    return b""


def _shown(incoming: Incoming) -> Json:
    """Arguments for the log, without the token."""
    given: dict[str, Any] = {**incoming.plain, **(incoming.body or {})}
    given.pop("token", None)
    return given


def _app(slack: "LocalSlack", incoming: Incoming) -> App | None:
    apps = slack.workspace.apps.values()
    return next((app for app in apps if incoming.token in (app.bot_token, app.app_token)), None)


def _caller(slack: "LocalSlack", incoming: Incoming) -> str | None:
    app = _app(slack, incoming)
    return app.name if app else None


def _scope_headers(slack: "LocalSlack", name: str, incoming: Incoming) -> dict[str, str]:
    """What the token may do and what the method asks for; clients check their scopes by these."""
    app = _app(slack, incoming)
    if app is None or incoming.token != app.bot_token:
        return {}
    return {"X-OAuth-Scopes": app.scope_list(), "X-Accepted-OAuth-Scopes": ",".join(TABLE[name].scopes)}
