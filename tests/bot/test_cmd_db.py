"""`keyturn db upgrade`, and what every command says of a database that it cannot work with."""

import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from bot.database.connection import Schema
from models import migrate
from tests.bot.command_line import CommandLine, keyturn

__all__ = ["keyturn"]

COMMANDS = (["catalogue", "export"], ["audit", "verify"], ["audit", "export"])


def test_the_schema_is_made_once(keyturn: CommandLine) -> None:
    newest = migrate.newest()
    made = keyturn("db", "upgrade")
    assert made == (0, f"The database's schema was empty and is now {newest}.\n", "")
    again = keyturn("db", "upgrade")
    assert again == (0, f"The database is up to date: schema {newest}.\n", "")


@pytest.mark.both_engines
def test_it_works_on_either_database(keyturn: CommandLine, database_url: str) -> None:
    keyturn.configure(database_url)
    assert keyturn("db", "upgrade").out == f"The database is up to date: schema {migrate.newest()}.\n"


def test_a_newer_keyturns_database_is_left_alone(keyturn: CommandLine) -> None:
    keyturn("db", "upgrade")
    with sqlite3.connect("keyturn.db") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    for command in (["db", "upgrade"], *COMMANDS):
        ended = keyturn(*command)
        assert (ended.code, ended.out) == (1, "")
        assert "schema 9999 of a newer Keyturn" in ended.err


def test_an_older_schema_has_to_be_upgraded_first() -> None:
    assert Schema(present="0001", newest="0001", known=True).unusable is None
    older = Schema(present="0001", newest="0002", known=True).unusable
    assert older is not None
    assert "keyturn db upgrade" in older


@pytest.mark.parametrize("command", COMMANDS)
def test_what_only_reads_makes_no_database(keyturn: CommandLine, command: list[str]) -> None:
    ended = keyturn(*command)
    assert (ended.code, ended.out) == (1, "")
    assert "nothing in the database yet" in ended.err
    assert not (keyturn.folder / "keyturn.db").exists()


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("sqlite+aiosqlite:////no/such/folder/keyturn.db", "unable to open database file"),
        ("postgresql+asyncpg://keyturn:canary@127.0.0.1:1/keyturn?password=canary", "Connect call failed"),
        ("postgresql+asyncpg://keyturn:canary@no-such-host.invalid/keyturn", "known"),
    ],
)
def test_a_database_that_cannot_be_used_is_told_in_a_line(keyturn: CommandLine, url: str, words: str) -> None:
    keyturn.configure(url)
    ended = keyturn("db", "upgrade")
    assert (ended.code, ended.out) == (1, "")
    assert words in ended.err
    assert len(ended.err.splitlines()) == 1
    assert "canary" not in ended.err


def test_a_database_that_is_not_there_is_named(keyturn: CommandLine, postgres_database: str) -> None:
    keyturn.configure(postgres_database.replace("/keyturn_", "/missing_"))
    ended = keyturn("db", "upgrade")
    assert ended.code == 1
    assert ended.err.count("does not exist") == 1
    assert "sqlalche.me" not in ended.err


def test_a_file_that_is_no_database_is_told(keyturn: CommandLine) -> None:
    keyturn.write("keyturn.db", "This is a letter to my aunt. " * 100)
    for command in (["db", "upgrade"], *COMMANDS):
        ended = keyturn(*command)
        assert ended.code == 1
        assert "file is not a database" in ended.err


def damaged(file: Path, *tables: str) -> None:
    """Nothing is left of these tables; the others are as they were."""
    with closing(sqlite3.connect(file)) as database:
        (size,) = database.execute("PRAGMA page_size").fetchone()
        marks = ", ".join("?" * len(tables))
        found = database.execute(f"SELECT rootpage FROM sqlite_master WHERE tbl_name IN ({marks})", tables)
        pages = [page for (page,) in found]
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with file.open("r+b") as raw:
        for page in pages:
            raw.seek((page - 1) * size)
            raw.write(b"\xa5" * size)


@pytest.mark.parametrize("tables", [("alembic_version",), ("settings", "roles"), ("people",), ("grants",)])
def test_a_damaged_file_is_said_wherever_the_damage_is(keyturn: CommandLine, tables: tuple[str, ...]) -> None:
    keyturn("db", "upgrade")
    damaged(keyturn.folder / "keyturn.db", *tables)
    ended = keyturn("check")
    assert ended.code == 1
    (line,) = [line for line in ended.out.splitlines() if "Database" in line and "✗" in line]
    assert "damaged" in line or "malformed" in line, line
    if tables[0] in ("alembic_version", "settings"):  # the others nothing reads before it runs
        with keyturn.program("run", stderr=subprocess.PIPE) as process:
            _, words = process.communicate(timeout=60)
        assert process.returncode == 1
        assert b"malformed" in words.splitlines()[-1]
        assert b"Traceback" not in words
