"""The sandbox's company while it runs: a local Slack with its people, and Keyturn itself."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.app import Keyturn, build
from bot.catalogue.import_export import replace_catalogue
from bot.config import Config
from bot.connectors import registry
from bot.database.single_instance import single_instance
from bot.errors import Failure
from bot.sandbox import company
from bot.sandbox.browser import DueEvent
from bot.sandbox.mailbox import Mailbox
from bot.sandbox.next_due import next_due, next_retry
from bot.sandbox.slack import App, LocalSlack, Person, snapshot
from bot.sandbox.slack.snapshot import UnreadableSnapshot
from bot.sandbox.slack.state.apps import app_settings
from bot.sandbox.slack.state.conversations import Message
from bot.slack.manifest import manifest
from models.catalogue.file.read import load

FILE_NAMES = ("slack.json", "clock.json", "mail.json", "keyturn.db", "keyturn.db-wal", "keyturn.db-shm")
IDLE_TIMEOUT = 5.0  # real seconds; with a fault set, what became due may never be done
BUSY_TIMEOUT = 0.2  # real seconds, once that was waited for in vain
RETRY_WINDOW = timedelta(minutes=40)  # longer than two of the longest waits between retries


class MovableClock:
    """A clock that runs like the machine's own, `offset` ahead of it."""

    def __init__(self, offset: timedelta = timedelta()) -> None:
        self.offset = offset

    def now(self) -> datetime:
        """The company's time, aware and in UTC."""
        return datetime.now(UTC) + self.offset

    def advance(self, step: timedelta) -> None:
        """Move the clock forward; never back."""
        self.offset += max(step, timedelta())


@dataclass(frozen=True)
class CompanyFiles:
    """The files in which a company is stored between two runs."""

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
        """Create the folder; with `fresh` delete what an earlier run stored.

        Raises:
            Failure: a sandbox is running in this folder.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with single_instance(self.url):
            if fresh or not self.slack.exists():
                for name in FILE_NAMES:
                    (self.folder / name).unlink(missing_ok=True)


@dataclass
class RunningCompany:
    """The local Slack, Keyturn and everything around them. People are named by their first name.

    `fresh` says that the company was created by this run.
    """

    slack: LocalSlack
    app: App
    bot: Keyturn
    clock: MovableClock
    mailbox: Mailbox
    fresh: bool

    def person(self, name: str) -> Person:
        """A colleague at their Slack client."""
        return self.slack.person(company.id_of(name), self.app)

    def members(self, handle: str) -> list[str]:
        """The ids of the members of a user group."""
        groups = self.slack.workspace.usergroups.values()
        return next(list(group.members) for group in groups if group.handle == handle)

    def card(self, name: str, text: str) -> Message:
        """The latest message of Keyturn to a colleague that contains a text.

        Raises:
            AssertionError: there is none.
        """
        matches = [message for message in self.person(name).messages() if text in message.text]
        assert matches, f"{name} has no message with “{text}”"  # noqa: S101  the story reports it
        return matches[-1]

    async def wait_until_idle(self, seconds: float = IDLE_TIMEOUT) -> bool:
        """Wait until nothing more is due or in progress; returns whether that was within `seconds`."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.slack.idle()
                await self.bot.idle()
                await self.slack.idle()
                return True
        return False

    def now(self) -> datetime:
        """The company's time."""
        return self.clock.now()

    async def next_due(self) -> DueEvent | None:
        """The next event by itself, None if nothing is scheduled."""
        return await self.bot.store.read(next_due)

    async def forward(self, step: timedelta) -> None:
        """Move the clock forward; everything due in between is done at its own time."""
        end, patience = self.clock.now() + step, IDLE_TIMEOUT
        while (due := await self.next_due()) is not None and due.at < end:
            # With a fault that lets calls hang, waiting once is enough.
            patience = patience if await self._move_to(due.at, patience) else BUSY_TIMEOUT
        await self._move_to(end, patience)

    async def retry(self) -> None:
        """Move the clock to the retries of what failed, until none is left within `RETRY_WINDOW`."""
        await self.wait_until_idle()  # calls that hung fail now, and only then have a retry
        end = self.clock.now() + RETRY_WINDOW
        while (at := await self.bot.store.read(next_retry)) is not None and at < end:
            await self.forward(at - self.clock.now())

    async def _move_to(self, moment: datetime, patience: float) -> bool:
        """Set the clock to a moment and do what is due; returns whether all of it was done."""
        self.clock.advance(moment - self.clock.now())
        self.slack.run_due()
        await self.bot.catch_up()
        return await self.wait_until_idle(patience)


@asynccontextmanager
async def run_company(files: CompanyFiles) -> AsyncIterator[RunningCompany]:
    """Run the company of these files for as long as the block lasts.

    Raises:
        Failure: the files cannot be read, or Keyturn does not start.
    """
    clock = MovableClock(_offset(files))
    slack = LocalSlack(clock)
    fresh = not files.slack.exists()
    app = _new_workspace(slack) if fresh else _stored_workspace(slack, files)
    mailbox = Mailbox(slack.changes.notify)
    mailbox.load(files.mail)
    await slack.start()
    await mailbox.start()
    try:
        async with _run_bot(slack, app, clock, mailbox, files, fresh) as running:
            yield running
    finally:
        await mailbox.stop()
        mailbox.save(files.mail)
        await slack.stop()


@asynccontextmanager
async def _run_bot(
    slack: LocalSlack, app: App, clock: MovableClock, mailbox: Mailbox, files: CompanyFiles, fresh: bool
) -> AsyncIterator[RunningCompany]:
    bot = await build(_config(slack, app, mailbox, files), clock)
    saving = asyncio.create_task(snapshot.save_continuously(slack, files.slack))
    try:
        await bot.start()
        running = RunningCompany(slack, app, bot, clock, mailbox, fresh)
        if fresh:
            await _import_catalogue(bot)
        await slack.until(lambda: slack.sockets.connections(app))
        yield running
    finally:
        await bot.stop()
        saving.cancel()
        snapshot.save(slack, files.slack)
        files.clock.write_text(json.dumps({"ahead": clock.offset.total_seconds()}))


def _offset(files: CompanyFiles) -> timedelta:
    """By how much the stored clock was ahead of the machine's."""
    if not files.clock.exists():
        return timedelta()
    return timedelta(seconds=float(json.loads(files.clock.read_text())["ahead"]))


def _new_workspace(slack: LocalSlack) -> App:
    company.populate(slack.workspace)
    app = slack.workspace.install_app(manifest=manifest("socket"))
    slack.workspace.channels[company.IT_DESK].members.append(app.bot_user_id)
    return app


def _stored_workspace(slack: LocalSlack, files: CompanyFiles) -> App:
    """Restore the workspace; the app gets the manifest of this version of Keyturn.

    Raises:
        Failure: the file cannot be read.
    """
    try:
        snapshot.load(slack, files.slack)
    except UnreadableSnapshot as error:
        raise Failure(f"{error}\n`keyturn sandbox --fresh` starts over.") from error
    app = next(iter(slack.workspace.apps.values()))
    for name, value in app_settings(manifest("socket")).items():
        setattr(app, name, value)
    return app


def _config(slack: LocalSlack, app: App, mailbox: Mailbox, files: CompanyFiles) -> Config:
    tokens = {"bot_token": app.bot_token, "app_token": app.app_token}
    return Config.model_validate(
        {
            "slack": {**tokens, "api_url": slack.api_url, "admins": company.ADMINS},
            "http": {"port": 0},
            "database": {"url": files.url},
            "email": {"smtp": mailbox.url, "sender": "Keyturn <keyturn@example.com>"},
        }
    )


async def _import_catalogue(bot: Keyturn) -> None:
    """Import the company's catalogue."""
    types = registry.load_types()
    read = load(company.catalogue(), "catalogue.toml", lambda connector: registry.check(connector, types))
    await bot.store.run(replace_catalogue, read)
