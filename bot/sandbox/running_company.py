"""The company at work: the local Slack with its people, and the real Keyturn connected by Socket Mode."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.app import Keyturn, build
from bot.config import Config
from bot.connectors import registry
from bot.failure import Failure
from bot.importing import put_in
from bot.manifest import manifest
from bot.only_one import only_one
from bot.sandbox import company
from bot.sandbox.mailbox import Mailbox
from bot.sandbox.slack import App, LocalSlack, Person, snapshot
from bot.sandbox.slack.snapshot import UnreadableSnapshot
from bot.sandbox.slack.state.apps import app_settings
from bot.sandbox.slack.state.conversations import Message
from models.catalogue.file import load

KEPT = ("slack.json", "clock.json", "mail.json", "keyturn.db", "keyturn.db-wal", "keyturn.db-shm")
SETTLING = 5.0  # real seconds to wait for what became due; whoever breaks things may make it take for ever


class MovableClock:
    """Goes on like the machine's own clock, `offset` ahead of it."""

    def __init__(self, offset: timedelta = timedelta()) -> None:
        self.offset = offset

    def now(self) -> datetime:
        """The company's time, aware and in UTC."""
        return datetime.now(UTC) + self.offset

    def advance(self, step: timedelta) -> None:
        """Lets time pass at once. Never back: what has happened stays."""
        self.offset += max(step, timedelta())


@dataclass(frozen=True)
class Files:
    """Where a company is kept between two runs."""

    folder: Path

    @property
    def slack(self) -> Path:
        return self.folder / "slack.json"

    @property
    def clock(self) -> Path:
        return self.folder / "clock.json"

    @property
    def mail(self) -> Path:
        return self.folder / "mail.json"

    @property
    def url(self) -> str:
        return f"sqlite+aiosqlite:///{self.folder / 'keyturn.db'}"

    def begin(self, *, fresh: bool) -> None:
        """Makes the folder; `fresh` throws away what an earlier run left. Raises Failure while one runs."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with only_one(self.url):
            if fresh or not self.slack.exists():
                for name in KEPT:
                    (self.folder / name).unlink(missing_ok=True)


@dataclass
class Town:
    """Everything that runs. People are known by first name."""

    slack: LocalSlack
    app: App
    bot: Keyturn
    clock: MovableClock
    mailbox: Mailbox
    fresh: bool

    def person(self, name: str) -> Person:
        """Somebody at their Slack client."""
        return self.slack.person(company.id_of(name), self.app)

    def members(self, handle: str) -> list[str]:
        """Who is in a user group."""
        groups = self.slack.workspace.usergroups.values()
        return next(list(each.members) for each in groups if each.handle == handle)

    def card(self, name: str, words: str) -> Message:
        """The latest message of Keyturn to somebody in which these words stand."""
        found = [each for each in self.person(name).messages() if words in each.text]
        assert found, f"{name} has no message with “{words}”"  # noqa: S101  the story reports it
        return found[-1]

    async def settle(self) -> None:
        """Waits until nothing more is due or under way, a few seconds at most."""
        with suppress(TimeoutError):
            async with asyncio.timeout(SETTLING):
                await self.slack.idle()
                await self.bot.idle()
                await self.slack.idle()

    async def forward(self, step: timedelta) -> None:
        """Lets time pass, and everything happen that becomes due by it."""
        self.clock.advance(step)
        self.slack.time_moved()
        await self.bot.catch_up()
        await self.settle()


@asynccontextmanager
async def running(files: Files) -> AsyncIterator[Town]:
    """The company of these files, at work for as long as the block lasts. Raises Failure."""
    clock = MovableClock(_offset(files))
    slack = LocalSlack(clock)
    fresh = not files.slack.exists()
    app = _settled(slack) if fresh else _returned(slack, files)
    mailbox = Mailbox(slack.changes.notify)
    mailbox.load(files.mail)
    await slack.start()
    await mailbox.start()
    try:
        async with _at_work(slack, app, clock, mailbox, files, fresh) as town:
            yield town
    finally:
        await mailbox.stop()
        mailbox.save(files.mail)
        await slack.stop()


@asynccontextmanager
async def _at_work(
    slack: LocalSlack, app: App, clock: MovableClock, mailbox: Mailbox, files: Files, fresh: bool
) -> AsyncIterator[Town]:
    bot = await build(_config(slack, app, mailbox, files), clock)
    keeping = asyncio.create_task(snapshot.keep(slack, files.slack))
    try:
        await bot.start()
        town = Town(slack, app, bot, clock, mailbox, fresh)
        if fresh:
            await _stock(bot)
        await slack.until(lambda: slack.sockets.of(app))
        yield town
    finally:
        await bot.stop()
        keeping.cancel()
        snapshot.save(slack, files.slack)
        files.clock.write_text(json.dumps({"ahead": clock.offset.total_seconds()}))


def _offset(files: Files) -> timedelta:
    """By how much the company was ahead when it was left."""
    if not files.clock.exists():
        return timedelta()
    return timedelta(seconds=float(json.loads(files.clock.read_text())["ahead"]))


def _settled(slack: LocalSlack) -> App:
    company.settle(slack.workspace)
    app = slack.workspace.install_app(manifest=manifest("socket"))
    slack.workspace.channels[company.DESK].members.append(app.bot_user_id)
    return app


def _returned(slack: LocalSlack, files: Files) -> App:
    """The company as it was left, and the app as this version of Keyturn describes itself."""
    try:
        snapshot.load(slack, files.slack)
    except UnreadableSnapshot as error:
        raise Failure(f"{error}\n`keyturn sandbox --fresh` starts over.") from error
    app = next(iter(slack.workspace.apps.values()))
    for name, value in app_settings(manifest("socket")).items():
        setattr(app, name, value)
    return app


def _config(slack: LocalSlack, app: App, mailbox: Mailbox, files: Files) -> Config:
    tokens = {"bot_token": app.bot_token, "app_token": app.app_token}
    return Config.model_validate(
        {
            "slack": {**tokens, "api_url": slack.api_url, "admins": company.ADMINS},
            "http": {"port": 0},
            "database": {"url": files.url},
            "email": {"smtp": mailbox.url, "sender": "Keyturn <keyturn@example.com>"},
        }
    )


async def _stock(bot: Keyturn) -> None:
    """Puts the company's catalogue in."""
    types = registry.known()
    read = load(company.catalogue(), "catalogue.toml", lambda connector: registry.check(connector, types))
    await bot.store.run(put_in, read)
