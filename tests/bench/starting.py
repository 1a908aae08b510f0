"""`keyturn run` as a process of its own: how soon it is ready, and how much memory it takes."""

import asyncio
import os
import sys
import time
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path

import tomlkit

from tests.bench import places
from tests.bench.company import config
from tests.bench.elsewhere import elsewhere
from tests.bench.measure import Result, interleaved
from tests.bench.parts import ROOT, SlackPart

GRANTS = 1_000_000
ROUNDS, ROUNDS_OF_MEMORY = 7, 3
REST = 3.0
"""Seconds from ready until it is idle."""
QUICK = {"GRANTS": 1_000, "ROUNDS": 1, "ROUNDS_OF_MEMORY": 1, "REST": 0.2}
LIBRARIES = (
    "import slack_bolt.async_app, sqlalchemy.ext.asyncio, aiohttp, pydantic, apscheduler, structlog, alembic"
)
IMPORT = ["-c", f"{LIBRARIES}, sys\nprint('\"ready\"', file=sys.stderr, flush=True)\ninput()"]
FLOOR = "the import of the libraries"


async def ready() -> list[Result]:
    """Until it says that it is ready: with a million grants, with none, and only importing the libraries."""
    async with _configs() as (many, none):
        with_many, with_none, bare = await interleaved(
            ROUNDS, *(partial(_seconds, command) for command in (_bot(many), _bot(none), IMPORT))
        )
    return [
        Result(f"Ready with {GRANTS:,} grants", "ready with none", with_many, with_none, 1.2),
        Result(f"Ready with {GRANTS:,} grants", FLOOR, with_many, bare, 2),
    ]


async def memory() -> list[Result]:
    """The most that it takes until it is idle, in MiB."""
    async with _configs() as (many, none):
        with_many, with_none, bare = await interleaved(
            ROUNDS_OF_MEMORY, *(partial(_most, command) for command in (_bot(many), _bot(none), IMPORT))
        )
    added = max(with_many - with_none, 0)
    return [
        Result("Memory, idle", FLOOR, with_none, bare, 1.6, unit="MiB"),
        Result(f"Memory that {GRANTS:,} grants add", "none", added, 0, 10, unit="MiB", difference=True),
    ]


def _bot(file: Path) -> list[str]:
    return ["-m", "bot", "run", "--config", str(file)]


async def _seconds(command: list[str]) -> float:
    """How many seconds it takes from its start until it is ready."""
    began = time.perf_counter()
    async with _ready(command):
        return time.perf_counter() - began


async def _most(command: list[str]) -> float:
    """The most MiB that it has had until it is idle."""
    async with _ready(command) as pid:
        await asyncio.sleep(REST)
        before = _cpu(pid)
        await asyncio.sleep(1)
        assert _cpu(pid) - before < 0.3, "it is not idle"
        return _peak(pid)


def _peak(pid: int) -> float:
    """The most MiB that a process has had."""
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1024


def _cpu(pid: int) -> float:
    """The seconds of CPU that a process has had."""
    user, system = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


@asynccontextmanager
async def _ready(command: list[str]) -> AsyncIterator[int]:
    """A Python that was started like this, as soon as it has said "ready"; its process id."""
    process = await asyncio.create_subprocess_exec(sys.executable, *command, stderr=PIPE, stdin=PIPE)
    assert process.stderr is not None
    said = b""
    try:
        async with asyncio.timeout(120):
            while b'"ready"' not in (line := await process.stderr.readline()):
                said += line
                assert line, said.decode()
        yield process.pid
    finally:
        if process.returncode is None:
            process.terminate()
        await process.communicate()


@asynccontextmanager
async def _configs() -> AsyncIterator[tuple[Path, Path]]:
    """The configurations of a bot with so many grants, and of one with none."""
    async with AsyncExitStack() as stack:
        slack = await stack.enter_async_context(elsewhere(SlackPart))
        app = await slack.do("open", people=1, groups=0, members=0)
        files = []
        for count in (GRANTS, 0):
            path = await stack.enter_async_context(places.database())
            if count:
                places.fill_grants(path, count, ends=places.NOW + timedelta(days=3650))
            file = path.with_name("config.toml")
            file.write_text(tomlkit.dumps(config(app, path)))
            files.append(file)
        yield files[0], files[1]
        # What was started was this bot, on these databases.
        for file, count in zip(files, (GRANTS, 0), strict=True):
            path = file.with_name("keyturn.db")
            assert places.ask(path, f"SELECT count(*) FROM roles WHERE person_id = '{ROOT}'") == 1
            assert places.ask(path, "SELECT count(*) FROM grants") == count
