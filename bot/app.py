"""The composition root: builds everything that runs, from a configuration and a clock.

`keyturn run`, the sandbox and the tests all call `build` and then `start`; they differ in what they hand in.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from datetime import timedelta

import structlog
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from blocks.admin.fields.connector import ConnectorKind
from bot.clock.guard import ClockGuard
from bot.clock.restored_backup import RestoredBackupCheck
from bot.config import Config
from bot.connectors import registry
from bot.connectors.base import Connector, ConnectorContext
from bot.database import connection
from bot.database.health import DatabaseHealth
from bot.database.single_instance import single_instance
from bot.email import Mailer
from bot.errors import Failure
from bot.metrics import Metrics, follow_audit_trail
from bot.slack import connections, listeners
from bot.slack.clock import slack_time
from bot.slack.gateway import Gateway, SlackHealth
from bot.slack.http_server import Checks, Web
from bot.slack.identity import Identity
from bot.slack.socket_mode import SocketMode
from bot.worker.jobs.table import job_handlers
from bot.worker.schedule import Scheduler
from bot.worker.worker import Worker
from handlers.catalogue_cache import CatalogueCache
from handlers.context import Context
from handlers.overload import Limiter
from handlers.people.lookup import PeopleLookup
from models.clock import Clock
from models.jobs import LEASE
from models.lifecycle.request.rate_limits import Limits
from models.registry import directory
from models.store.base import STANDSTILL, Store, Unavailable
from models.store.open import open_store
from models.store.outcome import OPERATOR

log = structlog.stdlib.get_logger(__name__)

SLACK_TIMEOUT = 10.0
"""Seconds that one call to Slack may take."""


@dataclass(frozen=True)
class Keyturn:
    """Everything that runs. `start` it once, then `stop` it once; `stop` also where `start` failed."""

    config: Config
    store: Store
    context: Context
    client: AsyncWebClient
    identity: Identity
    bolt: AsyncApp
    worker: Worker
    backup_check: RestoredBackupCheck
    scheduler: Scheduler
    web: Web
    socket: SocketMode | None
    """None in mode http."""
    resources: AsyncExitStack

    @property
    def base_url(self) -> str:
        """Where we listen, without a slash at the end; known once started."""
        return self.web.base_url

    @property
    def health_url(self) -> str:
        """Where reasons and metrics are; in Socket Mode the same, and empty where that port is taken."""
        return self.web.health_url

    async def start(self) -> None:
        """Do what was due meanwhile, and take deliveries from now on.

        Raises:
            Failure: The port is in use.
        """
        http, health = self.config.http, self.config.health
        try:
            await self.web.start((http.host, http.port), (health.host, health.port))
        except OSError as error:
            raise Failure(f"Keyturn cannot listen at {http.host}:{http.port}: {error.strerror}.") from error
        await self.backup_check.run()
        await self.worker.start()
        await self.scheduler.start()
        if self.socket is not None:
            await self.socket.start()

    async def wait_for_identity(self) -> None:
        """Return when Slack has told who we are; asks until then, where it did not answer at the start.

        Raises:
            Failure: Slack refuses our token.
        """
        if not self.identity.known:
            await self.identity.wait_until_known()
            # A database that takes nothing just now ends no process; they are looked up at their clicks.
            with suppress(Unavailable):
                await self.context.people.refresh(self.config.slack.admins)

    async def stop(self) -> None:
        """Take nothing more, answer what is in hand, end or hand back the jobs, and close everything."""
        await asyncio.gather(self.web.stop(), *([self.socket.stop()] if self.socket else []))
        self.scheduler.stop()
        await self.worker.stop()
        await self.resources.aclose()

    async def idle(self) -> None:
        """Return when no job is due or under way, by the clock that was handed in."""
        await self.worker.idle()

    async def catch_up(self) -> None:
        """Do now what is due, by the clock that was handed in, instead of at the next tick."""
        await self.scheduler.catch_up()


async def build(
    config: Config,
    clock: Clock,
    *,
    slack_timeout: float = SLACK_TIMEOUT,
    lease: timedelta = LEASE,
    observe: bool = False,
) -> Keyturn:
    """Put a bot together: schema up to date, store open; nothing is taken from Slack yet.

    `slack_timeout` is how many seconds a call to Slack may take, `lease` how long other processes leave this
    one's jobs alone. With `observe` no access ends by itself until an admin says so (a backup was restored).

    Raises:
        Failure: Something has to be mended first; says what. (A Slack that does not answer is waited for.)
    """
    async with AsyncExitStack() as resources:
        store = await _open_store(resources, config.database.url.get_secret_value(), clock, lease)
        metrics, slack_health, database_health = Metrics(), SlackHealth(), DatabaseHealth(store)
        follow_audit_trail(store, metrics)
        http = await resources.enter_async_context(
            connections.http_session(config, slack_timeout, metrics, slack_health)
        )
        client = connections.web_client(config, http)
        identity = Identity(client)
        await identity.ask()
        clock_guard = await _guard_clock(resources, store, clock, client)

        types = registry.load_types()
        context = await _context(config, store, clock, client, registry.kinds(types), metrics)
        bolt = connections.bolt_app(config, http, identity)
        listeners.register(bolt, context)
        on_gap = context.people.invalidate
        socket = connections.socket_mode(config, bolt, client, http, metrics, on_gap)
        inlet = connections.http_receiver(config, bolt, metrics, on_gap)

        gateway = Gateway(connections.web_client(config, http, retries=False), clock, timeout=slack_timeout)
        connector_context = ConnectorContext(clock, http, gateway, bot_user_id=lambda: identity.user_id)
        connectors = registry.instances(types, connector_context)
        worker = _worker(config, store, context.limiter, gateway, connectors, metrics, lease)
        probes = [lambda: slack_health.probe(client), database_health.probe]
        scheduler = _scheduler(config, store, metrics, clock_guard, probes)
        checks = _checks(worker, scheduler, identity, slack_health, database_health, socket)
        metrics.watch(checks)
        web = Web(store, metrics, checks, lambda: database_health.problem, inlet)
        backup_check = RestoredBackupCheck(store, gateway, clock_guard.last_seen, always=observe)
        return Keyturn(
            config, store, context, client, identity, bolt, worker, backup_check, scheduler, web, socket,
            resources.pop_all(),
        )  # fmt: skip


async def _open_store(resources: AsyncExitStack, url: str, clock: Clock, lease: timedelta) -> Store:
    """The store, its schema up to date; on SQLite no other process may run on the same file."""
    resources.enter_context(single_instance(url))
    with connection.explain_errors(url):
        await connection.upgrade(url)
    store = open_store(url, clock, standstill=min(lease, STANDSTILL))
    resources.push_async_callback(store.close)
    return store


async def _guard_clock(
    resources: AsyncExitStack, store: Store, clock: Clock, client: AsyncWebClient
) -> ClockGuard:
    guard = ClockGuard(store, clock, lambda: slack_time(client))
    resources.callback(guard.stop)
    await guard.start()
    return guard


async def _context(
    config: Config,
    store: Store,
    clock: Clock,
    client: AsyncWebClient,
    connectors: Sequence[ConnectorKind],
    metrics: Metrics,
) -> Context:
    """Build the context of the handlers, and store and look up the admins of the configuration."""
    context = Context(
        store=store,
        clock=clock,
        people=PeopleLookup(store, clock, client),
        catalogue=CatalogueCache(store),
        connectors=connectors,
        limits=Limits(**config.limits.model_dump()),
    )
    context.limiter.on_overload = metrics.turned_away.inc
    await store.run(directory.set_admins, list(config.slack.admins), OPERATOR)
    await context.people.refresh(config.slack.admins)
    return context


def _worker(
    config: Config,
    store: Store,
    limiter: Limiter,
    gateway: Gateway,
    connectors: Mapping[str, Connector],
    metrics: Metrics,
    lease: timedelta,
) -> Worker:
    mailer = Mailer(config.email) if config.email else None
    handlers = job_handlers(store, gateway, connectors, metrics, mailer)
    return Worker(store, handlers, metrics, lease=lease, deliveries=lambda: limiter.in_hand)


def _scheduler(
    config: Config,
    store: Store,
    metrics: Metrics,
    clock_guard: ClockGuard,
    probes: Sequence[Callable[[], Awaitable[None]]],
) -> Scheduler:
    metrics.clock_ahead.set_function(clock_guard.ahead)
    scheduler = Scheduler(store, metrics, clock_guard.check, probes)
    if config.audit is not None:
        # Without cryptography the bot is ready 12 ms sooner.
        from bot.audit import schedule  # noqa: PLC0415

        schedule.plan(scheduler.every, config, store)
    return scheduler


def _checks(
    worker: Worker,
    scheduler: Scheduler,
    identity: Identity,
    slack_health: SlackHealth,
    database_health: DatabaseHealth,
    socket: SocketMode | None,
) -> Checks:
    """The checks of /readyz: it is ready while all of them are true."""
    return {
        "worker": lambda: worker.alive,
        "sweeps": lambda: scheduler.sweeping,
        "slack": lambda: identity.known and slack_health.answering and (socket is None or socket.connected),
        "database": lambda: database_health.writable,
    }
