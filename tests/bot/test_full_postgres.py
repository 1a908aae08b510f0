"""PostgreSQL on a full disk: a clear word, nothing half done, and on again by itself once there is room.

The disk is a small one in memory that only root can mount; the database lies on it as a tablespace.
"""

import io
import os
import pwd
import re
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import make_url

from bot import log
from bot.audit import trail
from models.clock import ManualClock
from models.store.base import Unavailable
from models.store.outcome import Outcome
from models.tables.requests import Request
from models.tables.states import RequestState
from tests.bot.test_damaged_database import SENTENCE, becomes, impatient
from tests.postgres import OwnServer, PostgresServer, connect
from tests.postgres_keeper import UNPRIVILEGED
from tests.ready_world import request_of, submit_request
from tests.rows import count_of
from tests.world import World, running

SIZE = "32m"
"""A migrated database has about ten."""


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A folder on a disk of its own, with one in it that is the database server's."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    owner = pwd.getpwnam(UNPRIVILEGED)
    folder = Path(tempfile.mkdtemp(prefix="keyturn-disk-", dir="/tmp"))
    options = f"size={SIZE},mode=700,uid={owner.pw_uid},gid={owner.pw_gid}"
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        folder.rmdir()
        pytest.skip(f"no small disk can be mounted here: {mounted.stderr.strip()}")
    place = folder / "tablespace"
    place.mkdir(mode=0o700)
    os.chown(place, owner.pw_uid, owner.pw_gid)
    yield folder
    subprocess.run(["umount", folder], check=True)
    folder.rmdir()


@pytest.fixture
async def on_small_disk(
    small_disk: Path, postgres_server: PostgresServer, postgres_template: str
) -> AsyncIterator[str]:
    """The URL of a migrated database on the small disk."""
    if not isinstance(postgres_server, OwnServer):
        pytest.skip("the PostgreSQL that is given may be on another machine than the small disk")
    operator = await connect(postgres_server.url)
    url = await postgres_server.create_database(postgres_template)
    try:
        await operator.execute(f"CREATE TABLESPACE small LOCATION '{small_disk / 'tablespace'}'")
        await operator.execute(f'ALTER DATABASE "{make_url(url).database}" SET TABLESPACE small')
        yield url
    finally:
        await postgres_server.drop_database(url)
        await operator.execute("DROP TABLESPACE IF EXISTS small")
        await operator.close()


@asynccontextmanager
async def full(world: World, disk: Path) -> AsyncIterator[None]:
    """Something else takes all the room there is, and what the tables have left is used up."""
    ballast = disk / "ballast"
    with ballast.open("wb") as file:
        try:
            while True:
                file.write(b"x" * 65536)
                file.flush()
        except OSError:
            pass
    try:
        for size in (300, 1):
            with pytest.raises(Unavailable, match="No space left on device"):
                await fill(world, size)
        yield
    finally:
        ballast.unlink()


async def fill(world: World, size: int) -> None:
    """Write until nothing more is taken."""
    for number in range(5000):
        await world.bot.store.run(Outcome.record, "U1", "fill", str(number), note="x" * size)


async def test_a_full_disk_is_said_and_it_goes_on_by_itself_once_there_is_room(
    on_small_disk: str, small_disk: Path, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    impatient(monkeypatch)
    stream = io.StringIO()
    async with running(on_small_disk, clock, "http") as world:
        log.configure(world.config(on_small_disk).secrets(), stream=stream)
        await world.acquaint()
        await world.offer()
        ref, ada, grace = await submit_request(world), world.person("Ada"), world.person("Grace")
        await ada.command("/request-access", f"github admin 8h because INC-43 {'x' * 1900}")
        await grace.click(world.card("Grace", "requests"), "Approve")
        async with full(world, small_disk):
            for person in (ada, grace):
                sent = await person.submit()
                assert re.search(SENTENCE, str(sent.errors)), sent
            await becomes(world, 503, "No space left on device")
            assert (await request_of(world, ref)).state is RequestState.PENDING
            assert await requests(world) == 1
            assert "the database takes nothing that is written" in stream.getvalue()
        await becomes(world, 200)
        for person in (ada, grace):
            sent = await person.submit()
            assert sent.ok, sent
            await world.settle()
        assert await requests(world) == 2
        assert (await request_of(world, ref)).state is RequestState.APPROVED
        assert world.ids["Ada"] in world.group.members
        assert world.bot.worker.alive
    assert "whole" in await trail.verify(on_small_disk)


async def requests(world: World) -> int:
    return await count_of(world.bot.store, Request)
