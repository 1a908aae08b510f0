"""The HTTP server: health and metrics always, Slack's deliveries in mode http.

A delivery is checked here before Bolt sees it. The answer to anything is a status and at most a word.
"""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import structlog
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from sqlalchemy import Integer, literal_column, select

from bot.metrics import Metrics
from bot.slack.manifest import PATH
from bot.slack.signature import ClockOffset, is_fresh, signed_at
from bot.slack.surrogates import has_lone_surrogate
from models.store.base import Store

log = structlog.stdlib.get_logger(__name__)

MAX_BODY = 1024 * 1024
"""Bytes of a delivery. Slack's largest, a view with its state, is a quarter of that."""
TYPES = ("application/json", "application/x-www-form-urlencoded")
BACKLOG = 4096
"""Connections that may wait to be taken: of more, each waits a second or three until it is tried again."""
GRACE = 5.0
"""Seconds that deliveries in hand may still take at the end; Slack waits three."""

_ANYTHING = select(literal_column("1", Integer))

Checks = Mapping[str, Callable[[], bool]]


@dataclass(frozen=True)
class Inlet:
    """Receives Slack's deliveries over HTTP and hands them to Bolt."""

    bolt: AsyncApp
    secret: str
    metrics: Metrics
    clock: ClockOffset = field(default_factory=ClockOffset)
    on_gap: Callable[[], object] = lambda: None
    """Called where an event may have been lost: one that Slack sends again did not get through before."""

    async def take(self, request: web.Request) -> web.StreamResponse:
        """Answer a delivery of Slack's; refuse anything else with 401, 413, 415 or 400."""
        started = time.perf_counter()
        body = await request.read()  # aiohttp refuses what is larger than MAX_BODY with 413
        headers = request.headers
        stamp, signature = headers.get("X-Slack-Request-Timestamp", ""), headers.get("X-Slack-Signature", "")
        now, signed = time.time(), signed_at(self.secret, stamp, signature, body)
        if signed is None:
            return self._refused("signature", 401)
        if not is_fresh(signed, now):
            return self._refused("stale", 401, **_clock_problem(self.clock.minutes_ahead(signed, now)))
        self.clock.forget()
        if request.content_type not in TYPES:
            return self._refused("type", 415)
        if headers.get("X-Slack-Retry-Num"):
            self.on_gap()
        delivery = _parse(request, body)
        if delivery is None:
            return self._refused("body", 400)
        try:
            answer = await self.bolt.async_dispatch(delivery)
        except (AttributeError, LookupError, TypeError) as error:
            # Our listeners raise nothing: Bolt looked into a part that has another shape than Slack's.
            log.info("not to be read", error=repr(error))
            return self._refused("body", 400)
        response = await to_aiohttp_response(answer)
        self.metrics.acknowledged.labels("http").observe(time.perf_counter() - started)
        return response

    def _refused(self, why: str, status: int, **more: str) -> web.Response:
        self.metrics.refused_deliveries.labels(why).inc()
        log.warning("refused a delivery", why=why, status=status, **more)
        return web.Response(status=status)


def _clock_problem(ahead: int | None) -> dict[str, str]:
    """For the log: how wrong this machine's clock is, where that is known."""
    if ahead is None:
        return {}
    off = f"{abs(ahead)} minutes {'ahead of' if ahead > 0 else 'behind'}"
    return {"because": f"This machine's clock is {off} Slack's. Set it right."}


def _parse(request: web.Request, body: bytes) -> AsyncBoltRequest | None:
    """The delivery as Bolt takes it; None where the body is not what Slack sends."""
    try:
        text = body.decode()
        delivery = AsyncBoltRequest(body=text, query=request.query_string, headers=dict(request.headers))
        has_half_character = has_lone_surrogate(text, delivery.body)
    except Exception as error:  # noqa: BLE001 - Bolt trips over JSON of other shapes than Slack's, in many ways
        log.info("not to be read", error=str(error))
        return None
    if has_half_character:
        log.info("not to be read", error="there is half a character in it")
        return None
    # Bolt says that it is a dict, and takes whatever JSON there was.
    read: object = delivery.body
    return delivery if isinstance(read, dict) else None


class Web:
    """The HTTP server."""

    def __init__(
        self, store: Store, metrics: Metrics, checks: Checks, problem: Callable[[], str], inlet: Inlet | None
    ) -> None:
        """`checks` are named and quick, and all have to be true for /readyz; `inlet` is for mode http.

        `problem` returns in a sentence what is wrong, where that is known, or nothing.
        """
        self._store, self._metrics, self._checks, self._problem = store, metrics, checks, problem
        application = web.Application(client_max_size=MAX_BODY, middlewares=[_catch_all])
        application.router.add_get("/healthz", self._healthz)
        application.router.add_get("/readyz", self._readyz)
        application.router.add_get("/metrics", self._show_metrics)
        if inlet is not None:
            application.router.add_post(PATH, inlet.take)
        self._runner = web.AppRunner(
            application, handle_signals=False, access_log=None, shutdown_timeout=GRACE
        )
        self.base_url = ""

    async def start(self, host: str, port: int) -> None:
        """Listen; port 0 takes a free one, see `base_url`. Raises OSError where the address is taken."""
        await self._runner.setup()
        await web.TCPSite(self._runner, host, port, backlog=BACKLOG).start()
        used_port = self._runner.addresses[0][1]
        self.base_url = f"http://{f'[{host}]' if ':' in host else host}:{used_port}"

    async def stop(self) -> None:
        """Take no more; what is in hand is answered first."""
        await self._runner.cleanup()

    async def _healthz(self, _request: web.Request) -> web.Response:
        return web.Response(text="ok")

    async def _readyz(self, _request: web.Request) -> web.Response:
        answers = await self._database_answers()
        states = {name: check() for name, check in self._checks.items()}
        states["database"] &= answers
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


@web.middleware
async def _catch_all(request: web.Request, handler: Callable[..., object]) -> web.StreamResponse:
    """No traceback leaves the process."""
    try:
        return await handler(request)  # type: ignore[misc, no-any-return]
    except web.HTTPException:
        raise
    except Exception:
        log.exception("a request failed", path=request.path)
        return web.Response(status=500)
