"""Check the files: readable by nobody but the user whom Keyturn runs as."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

from bot.check.context import CheckContext
from bot.check.result import CheckResult, bad, note, ok
from bot.config import Config
from bot.config_sources import DEFAULT_FILE
from bot.database.connection import sqlite_file
from bot.plural import plural

ABOUT = "Files"
COMPANIONS = ("", "-wal", "-shm", "-journal", ".lock")
"""What stands behind the name of a SQLite database: SQLite's own files, and our lock."""
OTHERS = 0o077


def configuration(path: Path | None, config: Config) -> Iterator[CheckResult]:
    """Where the configuration is from, and whether others can read the tokens in it."""
    file = path or (DEFAULT_FILE if DEFAULT_FILE.exists() else None)
    yield ok("Configuration", f"{file or 'environment'}, mode {config.slack.mode}")
    if file is not None and _open_to_others(file):
        yield note("Configuration", f"others on this machine can read {file}. Run `chmod 600 {file}`")


async def files(context: CheckContext) -> AsyncIterator[CheckResult]:
    """Whether others can read the database, its log and lock, the signing key and the checkpoints."""
    present = [path for path in _paths(context.config) if path.is_file()]
    for path in present:
        if _open_to_others(path):
            yield bad(ABOUT, f"others on this machine can open {path}. Run `chmod 600 {path}`")
    if present and not any(map(_open_to_others, present)):
        yield ok(ABOUT, f"{plural(len(present), 'file')}, open to nobody else on this machine")


def _paths(config: Config) -> Iterator[Path]:
    """The files that this configuration names, there or not."""
    database = sqlite_file(config.database.url.get_secret_value())
    if database is not None:
        yield from (database.with_name(f"{database.name}{end}") for end in COMPANIONS)
    if config.audit is not None:
        yield from (path for path in (config.audit.key, config.audit.checkpoints) if path is not None)


def _open_to_others(path: Path) -> bool:
    return bool(path.stat().st_mode & OTHERS)
