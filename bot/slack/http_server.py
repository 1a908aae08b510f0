"""The HTTP servers: health and metrics always, Slack's deliveries in mode http."""

import asyncio
import json
from collections.abc import Callable, Mapping

import structlog
from aiohttp import web
from sqlalchemy import Integer, literal_column, select

from bot.metrics import Metrics
from bot.slack.http_listener import Handler, HttpListener, connection_limit
from bot.slack.http_receiver import MAX_BODY, HttpReceiver
from bot.slack.manifest import PATH
from models.store.base import Store

log = structlog.stdlib.get_logger(__name__)

PRIVATE_CONNECTIONS = 64
"""Connections to the port for metrics and reasons, in mode http."""

_ANYTHING = select(literal_column("1", Integer))

Checks = Mapping[str, Callable[[], bool]]
Address = tuple[str, int]


class Web:
    """In mode http a public server, and one for metrics and reasons; else one with all of it."""

    def __init__(
        self,
        store: Store,
        metrics: Metrics,
        checks: Checks,
        problem: Callable[[], str],
        inlet: HttpReceiver | None,
    ) -> None:
        """`checks` are named and quick, and all have to be true for /readyz; `inlet` is for mode http.

        `problem` returns in a sentence what is wrong, where that is known, or nothing.
        """
        self._store, self._metrics, self._checks, self._problem = store, metrics, checks, problem
        public, private = _application(), _application()
        public.router.add_get("/healthz", self._healthz)
        private.router.add_get("/healthz", self._healthz)
        private.router.add_get("/readyz", self._readyz)
        private.router.add_get("/metrics", self._show_metrics)
        self._public: HttpListener | None = None
        if inlet is None:
            self._private = HttpListener(private, connection_limit())
            return
        public.router.add_get("/readyz", self._bare_readyz)
        public.router.add_post(PATH, inlet.take)
        self._public = HttpListener(public, connection_limit())
        self._private = HttpListener(private, PRIVATE_CONNECTIONS)

    @property
    def base_url(self) -> str:
        """Where Slack's deliveries are taken, or (without an inlet) where health and metrics are."""
        return (self._public or self._private).base_url

    @property
    def health_url(self) -> str:
        """Where reasons and metrics are; empty where their port is taken."""
        return self._private.base_url

    async def start(self, http: Address, health: Address) -> None:
        """Listen; port 0 takes a free one.

        `health` is for mode http. Where it is taken the log says so, and the rest works.

        Raises:
            OSError: `http` is taken.
        """
        await (self._public or self._private).start(*http)
        if self._public is None:
            return
        try:
            await self._private.start(*health)
        except OSError as error:
            where = f"{health[0]}:{health[1]}"
            log.warning(
                "metrics and reasons are not served",
                where=where,
                why=error.strerror,
                mend="Change [health] port.",
            )

    async def stop(self) -> None:
        """Take no more; what is in hand is answered first."""
        servers = [self._private, *([self._public] if self._public else [])]
        await asyncio.gather(*(server.stop() for server in servers))

    async def _healthz(self, _request: web.Request) -> web.Response:
        return web.Response(text="ok")

    async def _states(self) -> dict[str, bool]:
        answers = await self._database_answers()
        states = {name: check() for name, check in self._checks.items()}
        states["database"] &= answers
        return states

    async def _bare_readyz(self, _request: web.Request) -> web.Response:
        ready = all((await self._states()).values())
        return web.Response(status=200 if ready else 503, text="ready" if ready else "not ready")

    async def _readyz(self, _request: web.Request) -> web.Response:
        states = await self._states()
        why = {"why": problem} if (problem := self._problem()) else {}
        return web.json_response(
            states | why,
            status=200 if all(states.values()) else 503,
            dumps=lambda answer: json.dumps(answer, indent=1),
        )

    async def _database_answers(self) -> bool:
        try:
            await self._store.read(lambda case: case.read(_ANYTHING))
        except Exception as error:  # noqa: BLE001 - any failure is the answer
            log.warning("the database does not answer", error=str(error))
            return False
        return True

    async def _show_metrics(self, _request: web.Request) -> web.Response:
        return web.Response(body=self._metrics.render(), content_type="text/plain", charset="utf-8")


def _application() -> web.Application:
    return web.Application(client_max_size=MAX_BODY, middlewares=[_catch_all])


@web.middleware
async def _catch_all(request: web.Request, handler: Handler) -> web.StreamResponse:
    """No traceback leaves the process.

    Raises:
        HTTPException: The handler answers with one, which aiohttp turns into a response.
    """
    try:
        return await handler(request)
    except web.HTTPException:
        raise
    except Exception:
        log.exception("a request failed", path=request.path)
        return web.Response(status=500)
