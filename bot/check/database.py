"""Check the database: reachable, with the right schema, on a version without known faults."""

import os
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

from sqlalchemy import Boolean, Text, column, text

from bot.check.context import CheckContext
from bot.check.result import CheckResult, bad, note, ok
from bot.database.connection import Schema, explain_errors, open_database, safe_url, schema_of, sqlite_file
from models.catalogue.spec import AppSpec
from models.catalogue.spec.entry_kind import EntriesByKind
from models.policy import stage_sizes
from models.registry import apps, catalogue_entries
from models.registry.directory import Directory
from models.store.base import Store
from models.store.case import Case

ABOUT = "Database"

# SQLite's own list of releases tells where the WAL-reset fault was fixed: https://sqlite.org/changes.html
FIXED_IN = ((3, 51, 3), (3, 50, 7), (3, 44, 6))
WAL_RESET = (
    "has a rare bug that can damage the file if several programs open it. "
    "3.51.3, 3.50.7 and 3.44.6 fix it. Don't open the file with other tools while Keyturn runs"
)

_FAULTS = text("PRAGMA quick_check(1)").columns(column("quick_check", Text))
_SERVER = text("SELECT current_setting('server_version') AS version, pg_is_in_recovery() AS standby").columns(
    column("version", Text), column("standby", Boolean)
)


async def database(context: CheckContext) -> AsyncIterator[CheckResult]:
    """Check it, and read the catalogue and the admins for the other checks. Writes nothing."""
    url = context.config.database.url.get_secret_value()
    file = sqlite_file(url)
    if file is not None:
        if not _writable(file):
            yield bad(
                ABOUT, f"{file} is not writable. Give Keyturn's user write access to the file and its folder"
            )
            return
        if not has_wal_reset_fixed(sqlite3.sqlite_version_info):
            yield note(ABOUT, f"SQLite {sqlite3.sqlite_version} {WAL_RESET}")
    with explain_errors(url):
        schema = await schema_of(url)
        yield _schema_result(url, schema)
        if schema.current:
            async with open_database(url) as store:
                if damage := None if store.shared else await store.read(_find_damage):
                    yield bad(ABOUT, f"{safe_url(url)} is damaged: {damage}. Restore a backup")
                    return
                context.apps, context.parts, context.admins = await store.read(_catalogue_and_admins)
                context.shortages = await store.read(_shortages)
                if store.shared:
                    yield await _postgres(store)


def has_wal_reset_fixed(version: tuple[int, ...]) -> bool:
    """Whether the fault is fixed in this version of SQLite, on its line of releases."""
    return version >= FIXED_IN[0] or any(
        version[:2] == release[:2] and version >= release for release in FIXED_IN
    )


def _writable(file: Path) -> bool:
    return os.access(file if file.exists() else file.resolve().parent, os.W_OK)


def _schema_result(url: str, schema: Schema) -> CheckResult:
    if schema.too_new:
        return bad(ABOUT, schema.too_new)
    if schema.current:
        return ok(ABOUT, f"{safe_url(url)}, schema {schema.newest}")
    if schema.present is None:
        return note(ABOUT, f"{safe_url(url)} is empty. `keyturn run` or `keyturn db upgrade` sets it up")
    return note(
        ABOUT,
        f"{safe_url(url)} has schema {schema.present}. `keyturn run` or `keyturn db upgrade` "
        f"upgrades it to {schema.newest}",
    )


def _catalogue_and_admins(case: Case) -> tuple[tuple[AppSpec, ...], EntriesByKind, tuple[str, ...]]:
    return tuple(apps.all_apps(case)), catalogue_entries.all_parts(case), Directory(case).admins()


def _shortages(case: Case) -> tuple[str, ...]:
    directory = Directory(case)
    return tuple(
        text for app in apps.all_apps(case) for text in stage_sizes.understaffed_stages(app, directory)
    )


def _find_damage(case: Case) -> str | None:
    """The first fault that SQLite finds in the file's structure; it reads all of it."""
    report = str(case.read(_FAULTS)[0])
    return None if report == "ok" else " ".join(report.split())


async def _postgres(store: Store) -> CheckResult:
    ((version, standby),) = await store.read(lambda case: case.read(_SERVER))
    if standby:
        return bad(ABOUT, f"PostgreSQL {version} is a read-only standby. Use the primary")
    return ok(ABOUT, f"PostgreSQL {version}")
