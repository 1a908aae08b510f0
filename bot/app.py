"""The composition root: everything that runs is put together here, from a configuration and a clock.

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
from bot import connections, database, jobs, listeners, record
from bot.caution import Caution
from bot.config import Config
from bot.connectors import registry
from bot.connectors.base import Connector, Tools
from bot.email import Mailer
from bot.failure import Failure
from bot.identity import Identity
from bot.metrics import Metrics
from bot.only_one import only_one
from bot.reach import Reach
from bot.schedule import Scheduler
from bot.slack import Gateway
from bot.slack_time import slack_time
from bot.socket_mode import SocketMode
from bot.timekeeper import Timekeeper
from bot.web import Checks, Web
from bot.worker import Worker
from bot.writable import Writable
from handlers.catalogue import CatalogueCache
from handlers.desk import Desk
from handlers.whois import WhoIs
from models.clock import Clock
from models.jobs import LEASE
from models.lifecycle.request.rate_limits import Limits
from models.registry import directory
from models.store.base import STANDSTILL, Store, Unavailable
from models.store.open import open_store

log = structlog.stdlib.get_logger(__name__)

PATIENCE = 10.0
"""Seconds that one call to Slack may take."""


@dataclass(frozen=True)
class Keyturn:
    """Everything that runs. `start` it once, then `stop` it once; `stop` also where `start` failed."""

    config: Config
    store: Store
    desk: Desk
    client: AsyncWebClient
    identity: Identity
    bolt: AsyncApp
    worker: Worker
    caution: Caution
    scheduler: Scheduler
    web: Web
    socket: SocketMode | None
    """None in mode http."""
    resources: AsyncExitStack

    @property
    def base_url(self) -> str:
        """Where we listen, without a slash at the end; known once started."""
        return self.web.base_url

    async def start(self) -> None:
        """Do what was due meanwhile, and take deliveries from now on. Raises Failure for a port in use."""
        http = self.config.http
        try:
            await self.web.start(http.host, http.port)
        except OSError as error:
            raise Failure(f"Keyturn cannot listen at {http.host}:{http.port}: {error.strerror}.") from error
        await self.caution.look_back()
        await self.worker.start()
        await self.scheduler.start()
        if self.socket is not None:
            await self.socket.start()

    async def acquainted(self) -> None:
        """Return when Slack has told who we are; where it was away at the start, it is asked until then.

        Raises Failure if it does not take our token.
        """
        if not self.identity.known:
            await self.identity.find_out()
            # A database that takes nothing just now ends no process; they are looked up at their clicks.
            with suppress(Unavailable):
                await self.desk.whois.people(self.config.slack.admins)

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
    patience: float = PATIENCE,
    lease: timedelta = LEASE,
    observe: bool = False,
) -> Keyturn:
    """Put a bot together: schema up to date, store open; nothing is taken from Slack yet.

    `patience` is how many seconds one call to Slack may take, `lease` how long another process leaves a job
    alone that one of us has in hand and says nothing of. With `observe` no access that the database holds
    ends by itself until an admin says so, as after a backup was restored.

    Raises Failure, with what to mend. A Slack that is away is none: what needs no Slack goes on (see
    `Keyturn.acquainted`).
    """
    async with AsyncExitStack() as resources:
        store = await _opened(resources, config.database.url.get_secret_value(), clock, lease)
        metrics, reach, writable = Metrics(), Reach(), Writable(store)
        record.follow(store, metrics)

        http = await resources.enter_async_context(connections.http(config, patience, metrics, reach))
        client = connections.client(config, http)
        identity = Identity(client)
        await identity.ask()
        timekeeper = Timekeeper(store, clock, lambda: slack_time(client))
        resources.callback(timekeeper.stop)
        await timekeeper.begin()

        types = registry.known()
        desk = _desk(config, store, clock, client, registry.kinds(types))
        desk.limiter.on_turned_away = metrics.turned_away.inc
        bolt = connections.bolt(config, http, identity)
        listeners.register(bolt, desk)
        on_gap = desk.whois.events_may_be_lost
        socket = connections.socket(config, bolt, client, http, metrics, on_gap)
        inlet = connections.inlet(config, bolt, metrics, on_gap)
        await _appoint(desk, config.slack.admins)

        gateway = Gateway(connections.client(config, http, retries=False), clock, patience=patience)
        tools = Tools(clock=clock, http=http, slack=gateway, me=lambda: identity.user_id)
        worker = _worker(config, store, gateway, registry.ready(types, tools), metrics, lease)
        probes = [lambda: reach.probe(client), writable.probe]

        scheduler = _scheduler(config, store, metrics, timekeeper, probes)
        checks = _checks(worker, scheduler, identity, reach, writable, socket)
        metrics.watch(checks)
        metrics.clock_ahead.set_function(timekeeper.ahead)
        return Keyturn(
            config=config,
            store=store,
            desk=desk,
            client=client,
            identity=identity,
            bolt=bolt,
            worker=worker,
            caution=Caution(store, gateway, timekeeper.seen_before, always=observe),
            scheduler=scheduler,
            web=Web(store, metrics, checks, lambda: writable.why, inlet),
            socket=socket,
            resources=resources.pop_all(),
        )


async def _opened(resources: AsyncExitStack, url: str, clock: Clock, lease: timedelta) -> Store:
    """The store, its schema up to date; on SQLite nobody else may run on the same file."""
    resources.enter_context(only_one(url))
    with database.explained(url):
        await database.upgrade(url)
    store = open_store(url, clock, standstill=min(lease, STANDSTILL))
    resources.push_async_callback(store.close)
    return store


def _desk(
    config: Config, store: Store, clock: Clock, client: AsyncWebClient, connectors: Sequence[ConnectorKind]
) -> Desk:
    return Desk(
        store=store,
        clock=clock,
        whois=WhoIs(store, clock, client),
        catalogue=CatalogueCache(store),
        connectors=connectors,
        limits=Limits(**config.limits.model_dump()),
    )


async def _appoint(desk: Desk, admins: tuple[str, ...]) -> None:
    await desk.store.run(directory.set_admins, list(admins), "operator")
    await desk.whois.people(admins)


def _worker(
    config: Config,
    store: Store,
    gateway: Gateway,
    connectors: Mapping[str, Connector],
    metrics: Metrics,
    lease: timedelta,
) -> Worker:
    mailer = Mailer(config.email) if config.email else None
    return Worker(store, jobs.handlers(store, gateway, connectors, metrics, mailer), metrics, lease=lease)


def _scheduler(
    config: Config,
    store: Store,
    metrics: Metrics,
    timekeeper: Timekeeper,
    probes: Sequence[Callable[[], Awaitable[None]]],
) -> Scheduler:
    scheduler = Scheduler(store, metrics, timekeeper.look, probes)
    if config.audit is not None:
        # Without cryptography the bot is ready 12 ms sooner.
        from bot import notary  # noqa: PLC0415

        notary.plan(scheduler.every, config, store)
    return scheduler


def _checks(
    worker: Worker,
    scheduler: Scheduler,
    identity: Identity,
    reach: Reach,
    writable: Writable,
    socket: SocketMode | None,
) -> Checks:
    """What has to be well for /readyz to say so."""
    return {
        "worker": lambda: worker.alive,
        "sweeps": lambda: scheduler.sweeping,
        "slack": lambda: identity.known and reach.answering and (socket is None or socket.connected),
        "database": lambda: writable.now,
    }
