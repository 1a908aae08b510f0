"""The local Slack's HTTP server: `/api/<method>`, Socket Mode, response URLs and files."""

import asyncio
import time
from collections.abc import Callable
from email.utils import format_datetime
from typing import Any, Protocol

from aiohttp import web

from bot.sandbox.slack.core.clock import Clock
from bot.sandbox.slack.core.errors import Json, SlackError
from bot.sandbox.slack.core.traffic_log import Log
from bot.sandbox.slack.delivery.faults import CUT, CUT_AFTER, DOWN, HANG, SLOW, STATUS, Fault, Faults
from bot.sandbox.slack.delivery.response_urls import ResponseUrls
from bot.sandbox.slack.state.apps import App
from bot.sandbox.slack.web_api.arguments import CallArguments, read_arguments
from bot.sandbox.slack.web_api.dispatch import MethodServices, dispatch
from bot.sandbox.slack.web_api.rates import RateLimited
from bot.sandbox.slack.web_api.table import TABLE

Reply = tuple[int, Json, dict[str, str]]  # status, body, headers

MAX_BODY = 32 * 1024 * 1024  # bytes
CUT_OFF: Json = {"ok": False, "error": "connection_cut"}  # in place of an answer: there is none


class ServerServices(MethodServices, Protocol):
    """What the server needs of the local Slack; `LocalSlack` has it."""

    clock: Clock
    log: Log
    faults: Faults
    response_urls: ResponseUrls


class Server:
    """The aiohttp `application`; further routes can be added to it before it starts."""

    def __init__(self, slack: ServerServices) -> None:
        self._slack = slack
        self.application = web.Application(client_max_size=MAX_BODY)
        self.application.router.add_route("*", "/api/{method}", self._api)
        self.application.router.add_get("/link/", slack.sockets.serve)
        self.application.router.add_post("/respond/{key}", self._respond)
        self.application.router.add_post("/upload/{key}", self._upload)
        self.application.router.add_get("/files/{key}/{name}", self._file)
        self.application.on_response_prepare.append(self._date)

    async def _date(self, _request: web.Request, response: web.StreamResponse) -> None:
        """Date answers by the local Slack's clock."""
        response.headers["Date"] = format_datetime(self._slack.clock.now(), usegmt=True)

    async def _api(self, request: web.Request) -> web.StreamResponse:
        name, arguments = request.match_info["method"], await read_arguments(request)
        caller = _caller(self._slack, arguments)
        return await self._exchange(
            request, name, _log_data(arguments), caller, lambda: self._call(name, arguments)
        )

    async def _respond(self, request: web.Request) -> web.StreamResponse:
        """Take what an app sends to a response_url."""
        key, arguments = request.match_info["key"], await read_arguments(request)
        body = arguments.plain if arguments.body is None else arguments.body
        return await self._exchange(
            request, "response_url", body, None, lambda: self._respond_once(key, body)
        )

    async def _exchange(
        self,
        request: web.Request,
        name: str,
        request_data: Json,
        caller: str | None,
        work: Callable[[], Reply],
    ) -> web.StreamResponse:
        """Carry out and log a call, or apply the fault that is set on it."""
        slack, start = self._slack, time.monotonic()
        entry = slack.log.start("api", name, request_data, caller)
        if slow := slack.faults.take(name, SLOW):
            await asyncio.sleep(slow.delay)
        fault = slack.faults.take(name, DOWN, STATUS, HANG, CUT)
        status, body, headers = await _fault_reply(fault) if fault else work()
        is_cut = body is CUT_OFF or slack.faults.take(name, CUT_AFTER) is not None
        error = "connection_cut" if is_cut else body.get("error")
        slack.log.finish(entry, time.monotonic() - start, body, error)
        return _cut_connection(request) if is_cut else web.json_response(body, status=status, headers=headers)

    def _call(self, name: str, arguments: CallArguments) -> Reply:
        try:
            return 200, dispatch(self._slack, name, arguments), _scope_headers(self._slack, name, arguments)
        except RateLimited as refusal:
            return 429, refusal.as_json(), {"Retry-After": str(refusal.retry_after)}
        except SlackError as refusal:
            return 200, refusal.as_json(), {}

    def _respond_once(self, key: str, body: Json) -> Reply:
        try:
            self._slack.response_urls.respond(key, body)
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


async def _fault_reply(fault: Fault) -> Reply:
    """The reply that a fault gives in place of the method."""
    if fault.action == HANG:
        await fault.removed.wait()
    if fault.action != STATUS:
        return 0, CUT_OFF, {}
    headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
    return fault.status, {"ok": False, "error": fault.error}, headers


def _cut_connection(request: web.Request) -> web.Response:
    """Abort the connection: the caller gets no answer."""
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


def _log_data(arguments: CallArguments) -> Json:
    """The arguments for the log, without the token."""
    data: dict[str, Any] = {**arguments.plain, **(arguments.body or {})}
    data.pop("token", None)
    return data


def _app(slack: ServerServices, arguments: CallArguments) -> App | None:
    apps = slack.workspace.apps.values()
    return next((app for app in apps if arguments.token in (app.bot_token, app.app_token)), None)


def _caller(slack: ServerServices, arguments: CallArguments) -> str | None:
    app = _app(slack, arguments)
    return app.name if app else None


def _scope_headers(slack: ServerServices, name: str, arguments: CallArguments) -> dict[str, str]:
    """The headers with the token's scopes and the method's scopes."""
    app = _app(slack, arguments)
    if app is None or arguments.token != app.bot_token:
        return {}
    return {"X-OAuth-Scopes": app.scope_list(), "X-Accepted-OAuth-Scopes": ",".join(TABLE[name].scopes)}
