"""PostgreSQL's backup and restore, by the commands of the page, while the bot runs."""

import os
import re
import subprocess
from pathlib import Path

import pytest
from sqlalchemy import make_url

from bot.audit import trail
from models.clock import ManualClock
from models.store.open import open_store
from models.tables.requests import Request
from tests.postgres import PostgresServer
from tests.postgres_keeper import find_binaries
from tests.ready_world import submit_request
from tests.rows import all_of
from tests.world import running

PAGE = Path(__file__).parents[2] / "docs/operating/README.md"


def command_of(program: str) -> list[str]:
    """The page's command, word for word, with the program that belongs to the tests' server."""
    (line,) = re.findall(rf"^{program} .*$", PAGE.read_text(), re.MULTILINE)
    found = find_binaries() / program
    if not found.exists():
        pytest.skip(f"this PostgreSQL came without {program}")
    return [str(found), *line.split()[1:]]


def run(command: list[str], url: str, folder: Path) -> None:
    """In a shell that says, as libpq wants it, where the server is."""
    parsed = make_url(url)
    place = {"PGHOST": str(parsed.query.get("host", parsed.host or "")), "PGUSER": parsed.username or ""}
    name = parsed.database or ""
    words = [re.sub(r"(^|=)keyturn$", lambda found: found[1] + name, word) for word in command]
    subprocess.run(words, cwd=folder, check=True, timeout=60, env=os.environ | place)


@pytest.mark.parametrize("engine", ["postgres"])
async def test_a_dump_while_it_runs_is_restored_whole_over_what_came_after(
    database_url: str, postgres_server: PostgresServer, clock: ManualClock, tmp_path: Path
) -> None:
    if "host" not in postgres_server.url.query:
        pytest.skip("a server that somebody named may want a password")
    dump, restore = command_of("pg_dump"), command_of("pg_restore")
    async with running(database_url, clock, "http") as world:
        await world.acquaint()
        await world.offer()
        await submit_request(world)
        run(dump, database_url, tmp_path)
        await submit_request(world, access="admin")
    run(restore, database_url, tmp_path)
    assert "whole" in await trail.verify(database_url)
    store = open_store(database_url, clock)
    try:
        rows = await all_of(store, Request)
    finally:
        await store.close()
    assert [row.ref for row in rows] == ["AR-1"]
