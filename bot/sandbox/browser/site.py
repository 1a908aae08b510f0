"""The browser client's HTTP server: pages, static files, and a WebSocket for each window.

The sandbox can do anything in its world, so no other page in the same browser may reach it: neither by a form
(Origin) nor by a name that is made to point here (Host, DNS rebinding).
"""

import asyncio
import secrets
import socket as sockets
from importlib.resources import files
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from bot.sandbox.browser import place
from bot.sandbox.browser.actions import conversation, handlers, world_controls
from bot.sandbox.browser.extension_points import Setup
from bot.sandbox.browser.membership_history import MembershipHistory
from bot.sandbox.browser.place import Place
from bot.sandbox.browser.screen.pages import Pages
from bot.sandbox.browser.screen.screen import Screen
from bot.sandbox.browser.window import Json, Window, serve
from bot.sandbox.slack import LocalSlack

_TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
_STATIC = files(__package__) / "static"
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' {images}; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_NAMES = ("127.0.0.1", "localhost", "[::1]")


class Browser:
    """A chat client for a running local Slack; listens on 127.0.0.1 only."""

    def __init__(self, slack: LocalSlack, setup: Setup | None = None) -> None:
        self._slack, self._setup = slack, setup or Setup()
        self._memberships = MembershipHistory(slack)
        self._pages = Pages(self._setup, self._memberships)
        self._handlers = {**handlers.HANDLERS, **world_controls.handlers(self._setup)}
        self._runner: web.AppRunner | None = None
        self._watcher: asyncio.Task[None] | None = None
        self._edition = secrets.token_hex(8)
        """A page that meets another edition after its connection was lost starts over."""
        self.port, self.url = 0, ""

    async def start(self, port: int = 0) -> None:
        """Listen on 127.0.0.1; port 0 takes a free one.

        Raises:
            OSError: the port is taken.
        """
        listener = _listen(port)  # the accepted hosts depend on its port
        port = int(listener.getsockname()[1])
        application = web.Application(middlewares=[own_page_only(port, _origin(self._slack.base_url))])
        self._routes(application)
        self._runner = web.AppRunner(application, handle_signals=False, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        await web.SockSite(self._runner, listener).start()
        self._watcher = asyncio.create_task(self._memberships.watch())
        self.port, self.url = port, f"http://127.0.0.1:{port}/"

    async def stop(self) -> None:
        """Close the WebSockets of all windows."""
        if self._watcher:
            self._watcher.cancel()
        if self._runner:
            await self._runner.cleanup()

    def _routes(self, application: web.Application) -> None:
        application.router.add_get("/", self._first)
        application.router.add_get("/as/{user}", self._page)
        application.router.add_get("/as/{user}/{where}", self._page)
        application.router.add_get("/live", self._live)
        application.router.add_get("/static/{name}", self._static)

    async def _first(self, _request: web.Request) -> web.Response:
        """Redirect to the page of the first person.

        Raises:
            HTTPFound: Always, but in a workspace without people.
        """
        users = [user for user in self._slack.workspace.users.values() if not user.is_bot]
        first = next(iter(self._setup.order), None) or (users[0].id if users else None)
        if first is None:
            return web.Response(text="Nobody works here yet.")
        raise web.HTTPFound(Place(first).url())

    async def _page(self, request: web.Request) -> web.Response:
        target = place.parse_url(str(request.rel_url))
        if target is None or target.user_id not in self._slack.workspace.users:
            raise web.HTTPFound("/")
        window = Window(
            self._slack, conversation.with_default_conversation(self._slack, target), visible=False
        )
        html = await self._pages.whole(Screen(self._slack, self._setup, window))
        return web.Response(text=html, content_type="text/html")

    async def _live(self, request: web.Request) -> web.StreamResponse:
        """The WebSocket of a window: sends regions of the page, receives what the person does.

        Raises:
            HTTPNotFound: The address names nobody who is there.
        """
        target = place.parse_url(request.query.get("at", ""))
        if target is None or target.user_id not in self._slack.workspace.users:
            raise web.HTTPNotFound
        socket = web.WebSocketResponse(heartbeat=30, compress=False)
        await socket.prepare(request)
        window = Window(self._slack, conversation.with_default_conversation(self._slack, target))
        app = conversation.app_at(self._slack, window.place)
        if app:
            conversation.notify_app_opened(window, app)
        await socket.send_json({"edition": self._edition})
        await serve(window, socket, self._draw, self._handle)
        return socket

    async def _draw(self, window: Window) -> dict[str, str]:
        window.place = conversation.with_default_conversation(self._slack, window.place)
        screen = Screen(self._slack, self._setup, window)
        if window.visible and screen.channel and self._slack.inbox.unread(screen.user.id, screen.channel):
            self._slack.inbox.mark_read(screen.user.id, screen.channel)
        return await self._pages.regions(screen)

    async def _handle(self, window: Window, message: Json) -> Json | None:
        return await handlers.handle(self._handlers, window, message)

    async def _static(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        kind = _TYPES.get(name.rpartition(".")[2])
        file = _STATIC / name
        if kind is None or "/" in name or not file.is_file():
            raise web.HTTPNotFound
        return web.Response(body=file.read_bytes(), content_type=kind, charset="utf-8")


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def _listen(port: int) -> sockets.socket:
    listener = sockets.socket(sockets.AF_INET, sockets.SOCK_STREAM)
    listener.setsockopt(sockets.SOL_SOCKET, sockets.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError:
        listener.close()
        raise
    return listener


def own_page_only(port: int, images: str) -> Middleware:
    """Refuse other hosts and origins; `images` is the one other origin of pictures."""
    hosts = {f"{name}:{port}" for name in _NAMES} | (set(_NAMES) if port == 80 else set())  # noqa: PLR2004  HTTP's own port
    origins = {f"http://{host}" for host in hosts}
    headers = {
        "Content-Security-Policy": _POLICY.format(images=images),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cache-Control": "no-store",
    }

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.host not in hosts:
            raise web.HTTPForbidden(text="The sandbox answers only to its own address on this machine.")
        if request.headers.get("Origin", next(iter(origins))) not in origins:
            raise web.HTTPForbidden(text="The sandbox answers only to its own page.")
        answer = await handler(request)
        if not answer.prepared:
            answer.headers.update(headers)
        return answer

    return check
