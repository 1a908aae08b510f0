"""The database: there, reachable, with the right schema, on a version without known faults."""

import os
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

from sqlalchemy import Boolean, Text, column, text

from bot.check.bench import Bench
from bot.check.finding import Finding, bad, note, ok
from bot.database import Schema, explained, opened, schema_of, shown, sqlite_file
from models.catalogue.spec import AppSpec
from models.catalogue.spec.entry_kind import Parts
from models.policy import stage_sizes
from models.registry import apps, catalogue_entries
from models.registry.directory import Directory
from models.store.base import Store
from models.store.case import Case

ABOUT = "Database"

# SQLite's own list of releases tells where the WAL-reset fault was mended: https://sqlite.org/changes.html
MENDED = ((3, 51, 3), (3, 50, 7), (3, 44, 6))
WAL_RESET = (
    "has a rare fault that can damage the file while several programs have it open. "
    "3.51.3, 3.50.7 and 3.44.6 are without it. Let no other tool open the file while Keyturn runs"
)

_FAULTS = text("PRAGMA quick_check(1)").columns(column("quick_check", Text))
_SERVER = text("SELECT current_setting('server_version') AS version, pg_is_in_recovery() AS standby").columns(
    column("version", Text), column("standby", Boolean)
)


async def database(bench: Bench) -> AsyncIterator[Finding]:
    """Looks, and reads the catalogue and the admins for the other checks. Writes nothing."""
    url = bench.config.database.url.get_secret_value()
    file = sqlite_file(url)
    if file is not None:
        if not _writable(file):
            yield bad(
                ABOUT, f"{file} cannot be written. Keyturn's user has to be let into its folder, and to write"
            )
            return
        if not has_wal_reset_fixed(sqlite3.sqlite_version_info):
            yield note(ABOUT, f"SQLite {sqlite3.sqlite_version} {WAL_RESET}")
    with explained(url):
        schema = await schema_of(url)
        yield _standing(url, schema)
        if schema.current:
            async with opened(url) as store:
                if damage := None if store.shared else await store.read(_damage):
                    yield bad(ABOUT, f"{shown(url)} is damaged: {damage}. Restore a backup")
                    return
                bench.apps, bench.parts, bench.admins = await store.read(_catalogue_and_admins)
                bench.doubts = await store.read(_doubts)
                if store.shared:
                    yield await _postgres(store)


def has_wal_reset_fixed(version: tuple[int, ...]) -> bool:
    """Whether this version of SQLite is one that the fault was mended in, or a later one of the same line."""
    return version >= MENDED[0] or any(version[:2] == mended[:2] and version >= mended for mended in MENDED)


def _writable(file: Path) -> bool:
    return os.access(file if file.exists() else file.resolve().parent, os.W_OK)


def _standing(url: str, schema: Schema) -> Finding:
    if schema.too_new:
        return bad(ABOUT, schema.too_new)
    if schema.current:
        return ok(ABOUT, f"{shown(url)}, schema {schema.newest}")
    if schema.present is None:
        return note(
            ABOUT, f"{shown(url)} has nothing in it yet. `keyturn run` sets it up, and `keyturn db upgrade`"
        )
    return note(
        ABOUT,
        f"{shown(url)} has schema {schema.present}. `keyturn run` brings it to {schema.newest}, and "
        "`keyturn db upgrade`",
    )


def _catalogue_and_admins(case: Case) -> tuple[tuple[AppSpec, ...], Parts, tuple[str, ...]]:
    return tuple(apps.all_apps(case)), catalogue_entries.all_parts(case), Directory(case).admins()


def _doubts(case: Case) -> tuple[str, ...]:
    who = Directory(case)
    return tuple(text for app in apps.all_apps(case) for text in stage_sizes.too_few(app, who))


def _damage(case: Case) -> str | None:
    """The first fault that SQLite finds in the file's structure; it reads all of it."""
    found = str(case.read(_FAULTS)[0])
    return None if found == "ok" else " ".join(found.split())


async def _postgres(store: Store) -> Finding:
    ((version, standby),) = await store.read(lambda case: case.read(_SERVER))
    if standby:
        return bad(ABOUT, f"PostgreSQL {version} here is a standby that takes no writes. Name the primary")
    return ok(ABOUT, f"PostgreSQL {version}")
