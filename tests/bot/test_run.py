"""Starting and stopping: a clear word where it cannot start, and nothing left behind, stopped or killed."""

import asyncio
import os
import signal
import socket as sockets
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import aiohttp
import pytest
from structlog.testing import capture_logs

from bot.app import Keyturn, build
from bot.config import Config
from bot.errors import Failure
from bot.sandbox.slack import App, LocalSlack
from models.clock import ManualClock
from models.registry.directory import Directory
from models.store import sqlite


def configured(slack: LocalSlack, app: App, url: str, **http: object) -> Config:
    tokens = {"bot_token": app.bot_token, "app_token": app.app_token}
    return Config.model_validate(
        {
            "slack": tokens | {"api_url": slack.api_url, "admins": ("U0ROOT",)},
            "http": {"port": 0} | http,
            "database": {"url": url},
        }
    )


@pytest.fixture
def url(tmp_path: Path) -> str:
    """Of a database that is not there yet."""
    return f"sqlite+aiosqlite:///{tmp_path / 'keyturn.db'}"


@pytest.fixture
def config(slack: LocalSlack, app: App, url: str) -> Config:
    slack.workspace.add_person("Root", id="U0ROOT")
    return configured(slack, app, url)


@asynccontextmanager
async def up(config: Config, clock: ManualClock) -> AsyncIterator[Keyturn]:
    keyturn = await build(config, clock, slack_timeout=0.5)
    try:
        await keyturn.start()
        yield keyturn
    finally:
        await keyturn.stop()


async def test_the_first_start_makes_the_database_and_the_admins(config: Config, clock: ManualClock) -> None:
    async with up(config, clock) as keyturn:
        root = await keyturn.store.read(lambda case: Directory(case).person("U0ROOT"))
        assert root is not None
        assert root.name == "Root"
        assert await keyturn.store.read(lambda case: Directory(case).is_admin("U0ROOT"))


async def test_it_asks_slack_once_who_it_is(
    config: Config, clock: ManualClock, slack: LocalSlack, app: App
) -> None:
    async with up(config, clock):
        root = slack.person("U0ROOT", app)
        for _ in range(3):
            await root.open_home()
        assert len(slack.log.calls("auth.test")) == 1


async def test_a_wrong_token_is_said_plainly(
    config: Config, clock: ManualClock, slack: LocalSlack, app: App
) -> None:
    slack.workspace.uninstall(app)
    with pytest.raises(Failure, match=r"rejects the bot token \(account_inactive\)"):
        await build(config, clock)


async def test_it_starts_while_slack_is_away_and_gets_to_know_it_later(
    config: Config, clock: ManualClock, slack: LocalSlack, app: App
) -> None:
    away = slack.faults.down()
    async with up(config, clock) as keyturn:
        assert keyturn.worker.alive
        assert not keyturn.identity.known
        await keyturn.catch_up()
        away.remove()
        await keyturn.wait_for_identity()
        assert keyturn.identity.user_id == app.bot_user_id
        root = await keyturn.store.read(lambda case: Directory(case).person("U0ROOT"))
        assert root is not None
        await slack.until(lambda: slack.sockets.connections(app))
        await slack.person("U0ROOT", app).open_home()


async def test_a_database_that_takes_nothing_just_when_slack_is_back_ends_no_process(
    config: Config, clock: ManualClock, slack: LocalSlack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BUSY_MS", 50)
    away = slack.faults.down()
    async with up(config, clock) as keyturn:
        with closing(sqlite3.connect(tmp_path / "keyturn.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            away.remove()
            await keyturn.wait_for_identity()
            other.execute("ROLLBACK")
        assert keyturn.identity.known


async def test_a_slack_that_is_busy_is_not_taken_for_one_that_refuses(
    config: Config, clock: ManualClock, slack: LocalSlack
) -> None:
    slack.faults.fail("auth.test", status=503, times=1)
    slack.faults.fail("auth.test", status=200, error="internal_error", times=1)
    async with up(config, clock) as keyturn:
        await keyturn.wait_for_identity()


async def test_a_token_that_turns_out_wrong_once_slack_is_back_ends_the_process(process: "Process") -> None:
    slack, away = process.slack, process.slack.faults.down()
    running = await process.start()
    asked = len(slack.log.calls())
    await slack.until(lambda: len(slack.log.calls()) > asked or running.returncode is not None, 30)
    slack.workspace.uninstall(process.app)
    away.remove()
    _, words = await running.communicate()
    assert running.returncode == 1
    assert b"rejects the bot token" in words
    assert b"Traceback" not in words


async def test_a_port_that_is_taken_is_named(
    slack: LocalSlack, app: App, url: str, clock: ManualClock
) -> None:
    with sockets.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Failure, match=f"cannot listen at 127.0.0.1:{port}: .*in use"):
            async with up(configured(slack, app, url, port=port), clock):
                pass


async def test_two_on_one_sqlite_file_are_refused(config: Config, clock: ManualClock) -> None:
    async with up(config, clock):
        with pytest.raises(
            Failure, match=r"Another Keyturn is running on .*keyturn\.db\. Stop it first, or use PostgreSQL"
        ):
            await build(config, clock)
    async with up(config, clock):  # the first has gone
        pass


async def test_a_database_that_cannot_be_used_is_named(
    slack: LocalSlack, app: App, clock: ManualClock, tmp_path: Path
) -> None:
    (tmp_path / "keyturn.db").write_text("This is no database. " * 100)
    with pytest.raises(Failure, match=r"keyturn\.db cannot be used"):
        await build(configured(slack, app, f"sqlite+aiosqlite:///{tmp_path / 'keyturn.db'}"), clock)
    with pytest.raises(Failure, match="cannot be written"):
        await build(configured(slack, app, f"sqlite+aiosqlite:///{tmp_path / 'not' / 'there.db'}"), clock)


async def test_a_port_for_metrics_that_is_taken_is_said_and_the_rest_works(
    slack: LocalSlack, app: App, url: str, clock: ManualClock, http: aiohttp.ClientSession
) -> None:
    with sockets.create_server(("127.0.0.1", 0)) as taken, capture_logs() as logs:
        port = taken.getsockname()[1]
        http_mode = {"mode": "http", "signing_secret": app.signing_secret}
        given = configured(slack, app, url)
        config = Config.model_validate(
            given.model_dump() | {"slack": given.slack.model_dump() | http_mode, "health": {"port": port}}
        )
        async with up(config, clock) as keyturn:
            assert keyturn.health_url == ""
            async with http.get(f"{keyturn.base_url}/readyz") as answer:
                assert (answer.status, await answer.text()) == (200, "ready")
    (line,) = [line for line in logs if line["event"] == "metrics and reasons are not served"]
    assert line["where"] == f"127.0.0.1:{port}"
    assert line["mend"] == "Change [health] port."


class Process:
    """`keyturn run` as an operator runs it."""

    def __init__(self, folder: Path, slack: LocalSlack, app: App) -> None:
        self.folder, self.slack, self.app = folder, slack, app
        with sockets.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        (folder / "config.toml").write_text(
            f'[slack]\nbot_token = "{app.bot_token}"\napp_token = "{app.app_token}"\n'
            f'api_url = "{slack.api_url}"\n[http]\nport = {self.port}\n'
        )

    async def start(self) -> asyncio.subprocess.Process:
        environment = {key: value for key, value in os.environ.items() if not key.startswith("SLACK_")}
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "run", cwd=self.folder, stderr=asyncio.subprocess.PIPE,
            env=environment | {"PYTHONPATH": str(Path.cwd())},
        )  # fmt: skip

    async def ready(self, running: asyncio.subprocess.Process) -> None:
        """Until Slack can reach it."""
        connected = asyncio.ensure_future(
            self.slack.until(lambda: self.slack.sockets.connections(self.app), 30)
        )
        ended = asyncio.ensure_future(running.wait())
        await asyncio.wait({connected, ended}, return_when=asyncio.FIRST_COMPLETED)
        assert connected.done(), (await running.communicate())[1].decode()
        await connected
        ended.cancel()


@pytest.fixture
def process(tmp_path: Path, slack: LocalSlack, app: App) -> Process:
    return Process(tmp_path, slack, app)


async def test_a_process_runs_until_it_is_told_to_stop(process: Process, http: aiohttp.ClientSession) -> None:
    running = await process.start()
    await process.ready(running)
    async with http.get(f"http://127.0.0.1:{process.port}/readyz") as answer:
        assert answer.status == 200
    second = await process.start()
    _, words = await second.communicate()
    assert second.returncode == 1
    assert b"Another Keyturn is running on keyturn.db" in words
    assert b"Traceback" not in words
    running.send_signal(signal.SIGTERM)
    _, log = await running.communicate()
    assert running.returncode == 0, log.decode()
    assert process.app.bot_token.encode() not in log


async def test_a_process_that_was_killed_is_in_nobodys_way(process: Process) -> None:
    killed = await process.start()
    await process.ready(killed)
    killed.kill()
    await killed.communicate()
    await process.slack.until(lambda: not process.slack.sockets.connections(process.app))
    running = await process.start()
    await process.ready(running)
    running.send_signal(signal.SIGINT)
    _, log = await running.communicate()
    assert running.returncode == 0, log.decode()
