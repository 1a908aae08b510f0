"""The local Slack's HTTP side: `/api/<method>`, Socket Mode, response_url and files."""

import time
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.sandbox.slack import arguments
from bot.sandbox.slack.arguments import Incoming
from bot.sandbox.slack.dispatch import dispatch
from bot.sandbox.slack.errors import Json, SlackError
from bot.sandbox.slack.faults import CUT, CUT_AFTER, HANG, STATUS, Fault
from bot.sandbox.slack.installed import App
from bot.sandbox.slack.log import Entry
from bot.sandbox.slack.rates import RateLimited

if TYPE_CHECKING:
    from bot.sandbox.slack.local import LocalSlack

_LARGEST = 32 * 1024 * 1024


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

    async def _api(self, request: web.Request) -> web.StreamResponse:
        name, slack = request.match_info["method"], self._slack
        incoming = await arguments.read(request)
        entry = slack.log.start("api", name, _shown(incoming), _caller(slack, incoming))
        started = time.monotonic()
        fault = slack.faults.take(name, STATUS, HANG, CUT)
        status, body, headers = await self._injected(fault) if fault else self._call(name, incoming)
        slack.log.finish(entry, time.monotonic() - started, body, body.get("error"))
        if body is CUT_OFF or slack.faults.take(name, CUT_AFTER):
            return _cut(request, entry)
        return web.json_response(body, status=status, headers=headers)

    def _call(self, name: str, incoming: Incoming) -> tuple[int, Json, dict[str, str]]:
        try:
            return 200, dispatch(self._slack, name, incoming), {}
        except RateLimited as refusal:
            return 429, refusal.as_json(), {"Retry-After": str(refusal.retry_after)}
        except SlackError as refusal:
            return 200, refusal.as_json(), {}

    async def _injected(self, fault: Fault) -> tuple[int, Json, dict[str, str]]:
        if fault.action == HANG:
            await fault.removed.wait()
        if fault.action in (HANG, CUT):
            return 0, CUT_OFF, {}
        headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
        return fault.status, {"ok": False, "error": fault.error}, headers

    async def _respond(self, request: web.Request) -> web.Response:
        """An app's use of a response_url."""
        incoming = await arguments.read(request)
        body = incoming.body if incoming.body is not None else incoming.plain
        entry = self._slack.log.start("api", "response_url", body)
        error: str | None = None
        try:
            self._slack.responses.answer(request.match_info["key"], body)
        except SlackError as refusal:
            error = refusal.code
        self._slack.log.finish(entry, 0.0, None, error)
        gone = error in ("used_url", "expired_url")
        return web.json_response(
            {"ok": error is None, **({"error": error} if error else {})}, status=404 if gone else 200
        )

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


CUT_OFF: Json = {"ok": False, "error": "connection_cut"}


def _cut(request: web.Request, entry: Entry) -> web.Response:
    """Breaks the connection off: the caller gets no answer."""
    entry.error = "connection_cut"
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


def _caller(slack: "LocalSlack", incoming: Incoming) -> str | None:
    apps: list[App] = list(slack.workspace.apps.values())
    return next((app.name for app in apps if incoming.token in (app.bot_token, app.app_token)), None)
