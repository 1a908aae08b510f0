"""Read and write the catalogue's entries that are no apps, of every kind: one row each.

Every change is in the audit trail with before and after, and bumps the catalogue's revision.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import bindparam, func, select

from models.catalogue.file.diff import diff_entries, entry_change
from models.catalogue.spec.entry_kind import EntriesByKind, EntryKind
from models.catalogue.spec.entry_kinds import KINDS, SETTINGS, SettingsSpec
from models.catalogue.spec.fields import Spec
from models.registry import apps
from models.store.case import Case
from models.store.outcome import Outcome
from models.tables.base import Json
from models.tables.catalogue import PARTS, Part

P = TypeVar("P", bound=Spec)

_SUBJECT = 64
"""Characters that an audit entry's subject may have."""
_KEYS = select(Part.key).where(Part.kind == bindparam("kind"))
_LAST = select(func.coalesce(func.max(Part.position), -1)).where(Part.kind == bindparam("kind"))


@dataclass
class _Read:
    """Entries of one kind that were read at one revision."""

    keys: frozenset[str]
    specs: dict[str, Any] = field(default_factory=dict)
    entries: tuple[Any, ...] | None = None
    stored: Mapping[str, Json] | None = None


def _read(case: Case, kind: EntryKind[Any]) -> _Read:
    kinds: dict[str, _Read] = apps.cached(case, Part, dict)
    if kind.name not in kinds:
        kinds[kind.name] = _Read(_keys(case, kind))
    return kinds[kind.name]


def _keys(case: Case, kind: EntryKind[Any]) -> frozenset[str]:
    """The keys of a kind's entries: whoever has none, as most people, costs no look-up of their own."""
    changed = {key for name, key in case.before.get(Part, ()) if name == kind.name}
    present = {row.key for row in case.changed(Part) if row.kind == kind.name}
    return frozenset((set(case.read(_KEYS, kind=kind.name)) - changed) | present)


def all_entries(case: Case, kind: EntryKind[P]) -> list[P]:
    """All entries of a kind, in the catalogue's order."""
    read = _read(case, kind)
    if read.entries is None:
        rows = case.all(PARTS, kind.name) if read.keys else []
        read.entries = tuple(_spec(read, kind, row) for row in rows)
    return list(read.entries)


def stored_entries(case: Case, kind: EntryKind[Any]) -> Mapping[str, Json]:
    """All entries of a kind by their keys, as they are stored, valid or not."""
    read = _read(case, kind)
    if read.stored is None:
        read.stored = {row.key: row.spec for row in case.all(PARTS, kind.name)} if read.keys else {}
    return read.stored


def find_entry(case: Case, kind: EntryKind[P], key: str) -> P | None:
    """One entry by its key."""
    read = _read(case, kind)
    if key in read.specs or key not in read.keys:
        return read.specs.get(key)
    row = case.get(Part, (kind.name, key))
    return None if row is None else _spec(read, kind, row)


def _spec(read: _Read, kind: EntryKind[P], row: Part) -> P:
    if row.key not in read.specs:
        read.specs[row.key] = kind.model.model_validate(row.spec)
    spec: P = read.specs[row.key]
    return spec


def all_parts(case: Case) -> EntriesByKind:
    """All entries that are no apps, by kind."""
    parts = {kind.name: tuple(all_entries(case, kind)) for kind in KINDS}
    return {name: entries for name, entries in parts.items() if entries}


def workspace_settings(case: Case) -> SettingsSpec:
    """The settings of the workspace."""
    return find_entry(case, SETTINGS, "settings") or SettingsSpec()


def save_entry(out: Outcome, kind: EntryKind[P], spec: P, by: str, **more: str) -> list[str]:
    """Add or change an entry; returns the change in words (empty where nothing changes).

    `more` stands in the audit entry.
    """
    apps.lock_catalogue(out)
    row = out.case.lock(Part, (kind.name, kind.key(spec)))
    position = _last(out.case, kind) + 1 if row is None else row.position
    words = _put(out, kind, row, spec, by, position, **more)
    if words:
        apps.bump_revision(out)
    return words


def remove_entry(out: Outcome, kind: EntryKind[P], key: str, by: str, **more: str) -> list[str]:
    """Remove an entry; returns the change in words (empty where there is none). `more` as in `save_entry`."""
    apps.lock_catalogue(out)
    row = out.case.lock(Part, (kind.name, key))
    if row is None:
        return []
    words = _drop(out, kind, row, by, **more)
    apps.bump_revision(out)
    return words


def replace_entries(out: Outcome, parts: EntriesByKind, by: str) -> list[str]:
    """Make the catalogue have exactly these parts, in this order; returns the changes in words."""
    apps.lock_catalogue(out)
    words = [str(change) for change in diff_entries(all_parts(out.case), parts)]
    moved = [_replace(out, kind, parts.get(kind.name, ()), by) for kind in KINDS]
    if words or any(moved):
        apps.bump_revision(out)
    return words


def _replace(out: Outcome, kind: EntryKind[Any], specs: tuple[Spec, ...], by: str) -> bool:
    """Make a kind have exactly these entries; True if others stand there now, or in another order."""
    rows = {row.key: row for row in out.case.all(PARTS, kind.name)}
    if kind.single and rows and not specs:
        specs = (kind.model(),)  # its version goes on, for whoever has it open just now
    for gone in sorted(rows.keys() - {kind.key(spec) for spec in specs}):
        _drop(out, kind, rows[gone], by)
    for position, spec in enumerate(specs):
        _put(out, kind, rows.get(kind.key(spec)), spec, by, position)
    return list(rows) != [row.key for row in out.case.all(PARTS, kind.name)]


def _put(
    out: Outcome, kind: EntryKind[P], row: Part | None, spec: P, by: str, position: int, **more: str
) -> list[str]:
    apps.drop_cached(out)
    before = None if row is None else kind.model.model_validate(row.spec)
    words = [str(change) for change in entry_change(kind, before, spec)]
    if not words:
        if row is not None:
            out.change(row, position=position)
        return []
    key, new = kind.key(spec), spec.stored()
    old, version = (None, 0) if row is None else (row.spec, row.version)
    columns = {"position": position, "version": version + 1, "spec": new, "updated_at": out.now}
    out.put(Part, kind=kind.name, key=key, **columns)
    what = "changed" if before or kind.single else "added"
    out.record(
        by, f"catalogue.{what}", audit_subject(kind, key), changes=words, before=old, after=new, **more
    )
    return words


def _drop(out: Outcome, kind: EntryKind[Any], row: Part, by: str, **more: str) -> list[str]:
    apps.drop_cached(out)
    words = [str(change) for change in entry_change(kind, kind.model.model_validate(row.spec), None)]
    out.record(by, "catalogue.removed", audit_subject(kind, row.key), changes=words, before=row.spec, **more)
    out.remove(row)
    return words


def audit_subject(kind: EntryKind[Any], key: str) -> str:
    """The subject of an entry's audit entries."""
    return f"{kind.name}:{key}"[:_SUBJECT]


def _last(case: Case, kind: EntryKind[Any]) -> int:
    """The last place among its kind; -1 where there is none."""
    last: list[int] = case.read(_LAST, kind=kind.name)
    return max([*last, *(row.position for row in case.changed(Part) if row.kind == kind.name)])
