"""Read and write the catalogue's apps, cached by a revision that counts changes.

An app is one row with its whole entry as one document. A unit of work that changes the catalogue reads its
own version.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from sqlalchemy import func, select

from models.catalogue.file.read import diff
from models.catalogue.spec import AppSpec
from models.registry import settings
from models.store.case import Case
from models.store.outcome import Outcome
from models.tables.base import Base
from models.tables.catalogue import APPS, App
from models.tables.workspace import Setting

T = TypeVar("T")

REVISION = "catalogue.revision"
_CHANGES = "catalogue changes"
"""Where a case counts them, so that what it has cached of the catalogue is up to date."""
_LAST = select(func.coalesce(func.max(App.position), -1))


@dataclass
class _Read:
    """Apps that were read at one revision."""

    specs: dict[str, AppSpec] = field(default_factory=dict)
    keys: tuple[str, ...] | None = None
    """All, in the catalogue's order; None where not all were read."""


def all_apps(case: Case) -> list[AppSpec]:
    """All apps, in the catalogue's order."""
    read = cached(case, App, _Read)
    if read.keys is None:
        rows = case.all(APPS)
        for row in rows:
            _spec(read, row)
        read.keys = tuple(row.key for row in rows)
    return [read.specs[key] for key in read.keys]


def find_app(case: Case, key: str) -> AppSpec | None:
    """One app by its key."""
    read = cached(case, App, _Read)
    if key in read.specs:
        return read.specs[key]
    row = None if read.keys is not None else case.get(App, key)
    return None if row is None else _spec(read, row)


def _spec(read: _Read, row: App) -> AppSpec:
    if row.key not in read.specs:
        read.specs[row.key] = AppSpec.model_validate(row.spec)
    return read.specs[row.key]


def revision(case: Case) -> int:
    """A number that grows with every change of the catalogue, for caches."""
    return int(settings.read_setting(case, REVISION, 0))


def cached(case: Case, table: type[Base], make: Callable[[], T]) -> T:
    """The cache of a table of the catalogue; `make` makes an empty one.

    It lives in the store's memory for the newest revision; in a unit of work that changes the catalogue it
    lives in the case, until the next change.
    """
    if case.before.get(table) or REVISION in case.before.get(Setting, {}):
        return case.keep((table, case.kept.get(_CHANGES, 0)), make)
    now = revision(case)
    known: tuple[int, T] | None = case.memory.get(table)
    if known is None or known[0] != now:
        known = case.memory[table] = (now, make())
    return known[1]


def drop_cached(out: Outcome) -> None:
    """Drop what this case has cached of the catalogue, which is about to change in this unit of work."""
    out.case.kept[_CHANGES] = out.case.kept.get(_CHANGES, 0) + 1


def lock_catalogue(out: Outcome) -> int:
    """Lock the catalogue until the commit; returns its revision."""
    drop_cached(out)
    return int(settings.lock_setting(out, REVISION, 0))


def bump_revision(out: Outcome) -> None:
    """Count a change of the catalogue."""
    settings.write_setting(out, REVISION, lock_catalogue(out) + 1)


def save_app(out: Outcome, spec: AppSpec, by: str, **more: str) -> list[str]:
    """Add or change an app; returns the change in words (empty where nothing changes).

    `more` stands in the audit entry.
    """
    lock_catalogue(out)
    row = out.case.lock(App, spec.key)
    words = _put(out, row, spec, by, _last(out.case) + 1 if row is None else row.position, **more)
    if words:
        bump_revision(out)
    return words


def replace_apps(out: Outcome, specs: list[AppSpec], by: str) -> list[str]:
    """Make the catalogue be exactly these apps, in this order; returns the changes in words."""
    lock_catalogue(out)
    rows = {row.key: row for row in out.case.all(APPS)}
    words: list[str] = []
    for gone in sorted(rows.keys() - {spec.key for spec in specs}):
        words += _drop(out, rows[gone], by)
    for position, spec in enumerate(specs):
        words += _put(out, rows.get(spec.key), spec, by, position)
    if words or list(rows) != [spec.key for spec in specs]:
        bump_revision(out)
    return words


def remove_app(out: Outcome, key: str, by: str) -> list[str]:
    """Remove an app from the catalogue. Requests and grants keep the copy of it that they were made with."""
    lock_catalogue(out)
    words = _drop(out, out.case.get_one(App, key), by)
    bump_revision(out)
    return words


def _put(out: Outcome, row: App | None, spec: AppSpec, by: str, position: int, **more: str) -> list[str]:
    drop_cached(out)
    before = None if row is None else AppSpec.model_validate(row.spec)
    if row is not None and before == spec:
        out.change(row, position=position)
        return []
    words = [str(change) for change in diff([before] if before else [], [spec])]
    old, version = (None, 0) if row is None else (row.spec, row.version)
    new = spec.stored()
    columns = {"name": spec.name, "position": position, "version": version + 1, "spec": new}
    out.put(App, key=spec.key, **columns, updated_at=out.now)
    action = "app.changed" if before else "app.added"
    out.record(by, action, f"app:{spec.key}", app=spec.key, changes=words, before=old, after=new, **more)
    return words


def _drop(out: Outcome, row: App, by: str) -> list[str]:
    drop_cached(out)
    words = [str(change) for change in diff([AppSpec.model_validate(row.spec)], [])]
    out.record(by, "app.removed", f"app:{row.key}", app=row.key, before=row.spec, changes=words)
    out.remove(row)
    return words


def _last(case: Case) -> int:
    """The last place in the catalogue; -1 in an empty one."""
    last: list[int] = case.read(_LAST)
    return max([*last, *(row.position for row in case.changed(App))])
