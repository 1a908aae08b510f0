"""A company whose bot is a process that may die: people see what Slack shows then, and try again."""

import asyncio
import copy
import os
import signal
import socket as sockets
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import bindparam, select, update

from bot.config import Mode
from bot.sandbox.slack import Person, snapshot
from bot.sandbox.slack.core.errors import Json, NotVisible
from bot.sandbox.slack.state.conversations import Message
from models.catalogue.spec import AppSpec
from models.clock import ManualClock
from models.jobs import Job, JobState
from models.registry import apps, directory
from models.registry.slack_mapping import person_of
from models.store.base import Store, Unavailable
from models.store.case import Case
from models.store.outcome import Outcome
from models.tables.grants import UNSETTLED, Grant
from tests.conftest import START
from tests.crash.fork_server import LaunchOrder
from tests.rows import every
from tests.world import World

PATIENCE = 100.0
"""Seconds for anything to come true; a machine may be very busy."""
LOOK = 0.1
TIMEOUT = 5.0
"""Seconds that Slack waits for an answer; a little more than three, since the machine is busy."""
SLACK_TRIES_AGAIN = timedelta(minutes=6)
"""Slack sends an event that nobody took again after a minute, and after five."""
FAILED = (Job.state == JobState.READY) & (Job.attempts > 0)
FAILING = UNSETTLED & (Grant.attempts > 0)
WAITING = (select(Job.id).where(FAILED), select(Grant.id).where(FAILING))
DUE = (Job.state == JobState.READY) & (Job.run_at <= bindparam("now"))
BUSY = select(Job.id).where(DUE | (Job.state == JobState.RUNNING))
"""Their connector failed; the job that tries again is a new one."""


class BotLauncher:
    """Starts bots by forking a process that has everything imported."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.fork_server"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}, text=True,
        )  # fmt: skip

    def launch(self, order: LaunchOrder) -> int:
        """Start a bot; returns its process id."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(order.line())
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def close(self) -> None:
        """End the fork server."""
        self._process.communicate()


@contextmanager
def bot_launcher() -> Iterator[BotLauncher]:
    """Run a launcher as long as the block."""
    opened = BotLauncher()
    try:
        yield opened
    finally:
        opened.close()


class Bot:
    """One process, which may have died."""

    def __init__(self, bot_launcher: BotLauncher, order: LaunchOrder, port: int, health_port: int) -> None:
        self.pid, self.port, self.health_port = bot_launcher.launch(order), port, health_port

    @property
    def alive(self) -> bool:
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        return True

    def signal(self, number: signal.Signals) -> None:
        """Send it this one, if it still lives."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)

    async def ready(self, http: aiohttp.ClientSession) -> bool:
        """Whether it is ready to work and Slack can reach it."""
        try:
            brief = aiohttp.ClientTimeout(total=TIMEOUT)  # it may freeze with the question in hand
            async with http.get(f"http://127.0.0.1:{self.port}/readyz", timeout=brief) as answer:
                return answer.status == 200
        except (aiohttp.ClientError, OSError, TimeoutError):
            return False


class TwoClocks(ManualClock):
    """Slack's clock; the bots' stands in a file, and does not follow where Slack alone waits."""

    def __init__(self, file: Path, now: datetime, bots: datetime) -> None:
        super().__init__(now)
        self._file, self.bots = file, bots
        self._write()

    def advance_all(self, step: timedelta) -> None:
        """Time passes for everybody."""
        self.bots += step
        self._write()
        self.advance(step)

    def _write(self) -> None:
        beside = self._file.with_suffix(".new")
        beside.write_text(self.bots.isoformat())
        beside.replace(self._file)


@dataclass(frozen=True)
class Kept:
    """What Slack and the clocks showed while nothing was under way."""

    slack: Json
    now: datetime
    bots: datetime


class ProcessWorld(World):
    """The world of `tests.world`, with the bot outside of this process."""

    clock: TwoClocks

    def __init__(
        self, bot_launcher: BotLauncher, folder: Path, url: str, store: Store, mode: Mode, *, lease: float,
        kept: Kept | None,
    ) -> None:  # fmt: skip
        now, bots = (kept.now, kept.bots) if kept else (START, START)
        super().__init__(TwoClocks(folder / "clock.txt", now, bots), mode)
        if kept is not None:
            self._go_on(kept.slack)
        self.folder, self.url, self.store = folder, url, store
        self._launcher, self._lease = bot_launcher, lease
        (folder / "points.txt").touch()
        self.bots: list[Bot] = []
        self.batch = 0
        """How many rows a bot's sweep takes at once; 0 for as many as it does."""
        self.http: aiohttp.ClientSession
        self.deaths = 0
        self.frozen: Bot | None = None
        self._freezes: str | None = None
        self._filled: str | None = None
        """The form that was filled last."""
        self.slack.deliveries.timeout = TIMEOUT

    def _go_on(self, slack: Json) -> None:
        snapshot.restore(self.slack, slack)
        workspace = self.slack.workspace
        self.app, self.group = workspace.apps[self.app.id], workspace.usergroups[self.group.id]

    async def acquaint(self) -> None:
        """Let the bot know everybody, however slowly a busy machine answers."""
        client = AsyncWebClient(self.app.bot_token, base_url=self.slack.api_url, session=self.http)
        people = [person_of((await client.users_info(user=one))["user"]) for one in self.ids.values()]
        await self.store.run(directory.remember_people, people)

    def kept(self) -> Kept:
        """All that is to be known to go on from here, beside the database."""
        return Kept(copy.deepcopy(snapshot.take(self.slack)), self.clock.now(), self.clock.bots)

    @property
    def points(self) -> list[str]:
        """The points that a bot came by so far, in order."""
        return (self.folder / "points.txt").read_text().splitlines()

    @property
    def log(self) -> str:
        """What the bots wrote."""
        return (self.folder / "log.txt").read_text()

    async def begin(
        self, strike: str | None = None, number: int = signal.SIGKILL, *, points: bool = True,
        lease: float | None = None,
    ) -> Bot:  # fmt: skip
        """One more bot, ready, or struck by the signal at its point; with a lease of its own (in seconds)."""
        port = free_port()
        health_port = port if self.mode == "socket" else free_port()
        config = self.folder / f"config-{port}.toml"
        config.write_text(config_of(self, self.url, port, health_port))
        order = LaunchOrder(
            folder=str(self.folder), config=str(config), clock=str(self.folder / "clock.txt"),
            lease=lease or self._lease, points=str(self.folder / "points.txt") if points else "",
            strike=strike, number=number, batch=self.batch,
        )  # fmt: skip
        self._freezes = strike if number == signal.SIGSTOP else None
        bot = Bot(self._launcher, order, port, health_port)
        self.bots.append(bot)
        await self.until(lambda: self._ready_or_struck(bot, strike))
        self.reach(bot)
        return bot

    def reach(self, bot: Bot) -> None:
        """Let Slack send to this one, in mode http."""
        self.app.request_url = self.app.options_url = f"http://127.0.0.1:{bot.port}/slack/events"

    async def _ready_or_struck(self, bot: Bot, strike: str | None) -> bool:
        return self._struck(strike) or not bot.alive or await bot.ready(self.http)

    def _struck(self, strike: str | None) -> bool:
        return strike is not None and strike in self.points

    async def until(self, condition: Callable[[], Awaitable[bool]]) -> None:
        """Wait for this, with an operator who starts whatever died again."""
        end = time.monotonic() + PATIENCE
        while not await condition():
            if time.monotonic() > end:
                left = await self.store.read(_left)
                raise AssertionError(f"it never came: {left}, {self.log[-6000:]}")
            await asyncio.sleep(LOOK)

    async def end(self) -> None:
        """Kill them all, and wait until they have gone."""
        for bot in self.bots:
            bot.signal(signal.SIGKILL)
        while any(bot.alive for bot in self.bots):  # noqa: ASYNC110 - the system tells nobody but a parent
            await asyncio.sleep(0.01)
        self.bots.clear()

    async def revived(self) -> None:
        """Start a bot where the only one has died, or has frozen."""
        if self.bots and not any(bot.alive for bot in self.bots):
            self.bots.clear()
            await self._follow()
        elif self._struck(self._freezes):
            self.frozen = self.bots[0]
            await self._follow()

    async def _follow(self) -> None:
        """Another one follows, and the leases of the one before are over."""
        self.deaths += 1
        await self.store.write(_end_leases)
        await self.begin(points=False)

    async def thaw(self) -> None:
        """Let the one that froze go on, after another has done its work."""
        if (bot := self.frozen) is not None:
            bot.signal(signal.SIGCONT)
            await self.until(lambda: self._ready_or_struck(bot, None))
            self.frozen = None

    async def offer(self, **entry: Any) -> AppSpec:
        spec = AppSpec.model_validate(self.github() | entry)
        await self.store.run(apps.save_app, spec, self.ids["Root"])
        return spec

    async def settle(self) -> None:
        """Wait until nothing is under way, and Slack has told again what nobody took."""
        deaths = -1
        while deaths != self.deaths:
            deaths = self.deaths
            await self.until(self._quiet)
            await self.thaw()
            self.clock.advance(SLACK_TRIES_AGAIN)
            self.slack.run_due()
            await self.until(self._quiet)

    async def _quiet(self) -> bool:
        await self.revived()
        await self.slack.idle()
        try:
            if await self.store.read(lambda case: _busy(case, self.clock.bots)):
                return False
            return not await self._hastened()
        except Unavailable:
            return False

    async def _hastened(self) -> bool:
        """Let what failed be tried at once; whether there was such."""
        if not await self.store.read(_waits_for_its_next_try):
            return False
        await self.store.write(lambda out: _try_now(out, self.clock.bots))
        return True

    def sees(self, name: str, words: str) -> bool:
        """Whether somebody has a message with these words."""
        return any(words in message.text for message in self.person(name).messages())

    async def seen(self, condition: Callable[[], bool], after: timedelta = timedelta()) -> None:
        """Let time pass, and wait until somebody sees what comes of it."""
        self.clock.advance_all(after)
        self.slack.run_due()

        async def true() -> bool:
            await self.revived()
            await self._hastened()
            return condition()

        await self.until(true)

    async def rest(self) -> None:
        """Some minutes in which nobody does anything."""
        self.clock.advance_all(timedelta(minutes=20))
        await self.settle()

    async def persist(self, attempt: Callable[[], Awaitable[bool]]) -> None:
        """Try, and where Slack shows that it did not work try again, as people do."""
        for _ in range(6):
            done = await attempt()
            await self.settle()
            if done:
                return
        raise AssertionError(f"it never worked: {self.log[-6000:]}")

    async def ask(self, name: str, text: str) -> None:
        person = self.person(name)

        async def attempt() -> bool:
            if person.view is None:
                await person.command("/request-access", text)
            return person.view is not None and await _sent(person)

        await self.persist(attempt)

    async def decide(self, name: str, words: str, button: str, **fields: str) -> None:
        """Press a button of a card, fill the form that it opens, and send it."""
        card = self.card(name, words)

        async def attempt() -> bool:
            return await self.try_to_decide(name, card, button, **fields)

        await self.persist(attempt)

    async def try_to_decide(self, name: str, card: Message, button: str, **fields: str) -> bool:
        """Do so once; returns whether it worked. A form that is filled already is only sent again."""
        person = self.person(name)
        if person.view is None:
            await person.click(card, button)
        if (view := person.view) is None:
            return False
        if view.root_id != self._filled:
            await _fill(person, fields)
            self._filled = view.root_id
        return await _sent(person)

    async def press(self, name: str, words: str, button: str) -> None:
        """Press a button that needs no form, until it has gone."""
        person, card = self.person(name), self.card(name, words)

        async def attempt() -> bool:
            try:
                return (await person.click(card, button)).ok
            except NotVisible:
                return True  # it had worked; only Slack did not hear so

        await self.persist(attempt)


async def _sent(person: Person) -> bool:
    """Send the form; False where Slack says that it did not work, or the bot does in place of the form.

    Not where it says that the one before was taken.
    """
    sent = await person.submit()
    if sent.ok and person.view is not None:
        taken = "Received" in " ".join(person.view.texts)
        await person.close()
        return taken
    return sent.ok


async def _fill(person: Person, fields: dict[str, str]) -> None:
    for field, value in fields.items():
        await _enter(person, field.replace("_", " "), value)


async def _enter(person: Person, field: str, value: str) -> None:
    if field == "How long":
        await person.choose(field, value)
    else:
        await person.fill(field, value)


def _busy(case: Case, now: datetime) -> bool:
    return bool(case.read(BUSY, now=now))


def _left(case: Case) -> list[Job]:
    """The jobs that are left, for whoever looks for the reason."""
    return every(case, Job)


def _waits_for_its_next_try(case: Case) -> bool:
    """Whether something failed: a process that got no turn on a busy machine loses its lease."""
    return any(case.read(waiting) for waiting in WAITING)


def _try_now(out: Outcome, now: datetime) -> None:
    """Let it wait no longer. The clock stays: the ends of what is given would differ from run to run."""
    at_once = {"run_at": now, "not_before": None}
    failing = select("settle:" + Grant.target).where(FAILING)
    for statement in (
        update(Job).where(FAILED, Job.run_at > now).values(at_once),
        update(Job).where(Job.key.in_(failing), Job.state == JobState.READY).values(at_once),
        update(Grant).where(FAILING).values(retry_at=now),
    ):
        out.sql.run(statement, [{}])


def _end_leases(out: Outcome) -> None:
    """Nobody can move the clock of a database's server, by which they end; so they are moved."""
    over = datetime.fromtimestamp(0, UTC)
    out.sql.run(update(Job).where(Job.state == JobState.RUNNING).values(lease_until=over), [{}])


def free_port() -> int:
    """A port that nobody listens on."""
    with sockets.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def config_of(world: World, url: str, port: int, health_port: int = 0) -> str:
    """The configuration file of a bot that serves this world."""
    app = world.app
    return (
        f'[slack]\nmode = "{world.mode}"\nbot_token = "{app.bot_token}"\napp_token = "{app.app_token}"\n'
        f'signing_secret = "{app.signing_secret}"\napi_url = "{world.slack.api_url}"\n'
        f'admins = ["{world.ids["Root"]}"]\n[http]\nport = {port}\n'
        f'[health]\nport = {health_port}\n[database]\nurl = "{url}"\n'
    )


@asynccontextmanager
async def process_world(
    bot_launcher: BotLauncher, folder: Path, url: str, store: Store, mode: Mode, *, lease: float = 60,
    kept: Kept | None = None,
) -> AsyncIterator[ProcessWorld]:  # fmt: skip
    """A company with GitHub in the catalogue, or what was kept of one; no bot runs yet."""
    world = ProcessWorld(bot_launcher, folder, url, store, mode, lease=lease, kept=kept)
    await world.slack.start()
    try:
        async with aiohttp.ClientSession() as http:
            world.http = http
            if kept is None:
                await world.acquaint()
                await world.offer()
            yield world
    finally:
        await world.end()
        await world.slack.stop()
