"""What the catalogue has besides apps, as it is kept: one row an entry, of whichever kind.

Every change is in the audit trail with before and after, and turns the catalogue's revision.
"""

from typing import Any, TypeVar

from sqlalchemy import bindparam, exists, func, literal, select, union_all
from sqlalchemy.orm import Session

from models.catalogue.fields import Spec
from models.catalogue.kinds import KINDS
from models.catalogue.part import Kind, Parts
from models.catalogue.part_changes import change_of, diff_parts
from models.catalogue.workspace import SETTINGS, SettingsSpec
from models.registry import apps
from models.store.tx import Tx
from models.tables.catalogue import Part

P = TypeVar("P", bound=Spec)

_READ, _KINDS = "parts", "kinds of parts"
"""Where a session keeps what `every` and `has_any` have read, until an entry changes."""
_SUBJECT = 64
"""As much as the trail keeps of what an entry is about."""


# Every decision asks these. A statement that is made once costs half of one that is made anew.
_OF_KIND = select(Part).where(Part.kind == bindparam("kind")).order_by(Part.position, Part.key)
# By one row of each, however many there are of a kind.
_KINDS_THERE = union_all(
    *(select(literal(kind.name)).where(exists().where(Part.kind == kind.name)) for kind in KINDS)
)


def every(session: Session, kind: Kind[P]) -> list[P]:
    """All entries of a kind, in the catalogue's order. Read once a transaction, until one of them changes."""
    if not has_any(session, kind):
        return []
    read: dict[str, list[P]] = session.info.setdefault(_READ, {})
    if kind.name not in read:
        rows = session.scalars(_OF_KIND, {"kind": kind.name})
        read[kind.name] = [kind.model.model_validate(row.spec) for row in rows]
    return list(read[kind.name])


def has_any(session: Session, kind: Kind[Any]) -> bool:
    """Whether there is an entry of a kind at all. One query a transaction tells it of all kinds."""
    kinds: set[str] | None = session.info.get(_KINDS)
    if kinds is None:
        kinds = session.info[_KINDS] = set(session.scalars(_KINDS_THERE))
    return kind.name in kinds


def find(session: Session, kind: Kind[P], key: str) -> P | None:
    """One entry by its key."""
    row = session.get(Part, (kind.name, key)) if has_any(session, kind) else None
    return None if row is None else kind.model.model_validate(row.spec)


def whole(session: Session) -> Parts:
    """Everything that is no app."""
    found = {kind.name: tuple(every(session, kind)) for kind in KINDS}
    return {name: entries for name, entries in found.items() if entries}


def workspace(session: Session) -> SettingsSpec:
    """The settings of the workspace."""
    return find(session, SETTINGS, "settings") or SettingsSpec()


def save(tx: Tx, kind: Kind[P], spec: P, by: str, **more: str) -> list[str]:
    """Add or change an entry; returns the change in words (empty where nothing changes).

    `more` is recorded with it.
    """
    apps.hold(tx)
    row = tx.session.get(Part, (kind.name, kind.key(spec)))
    words = _put(
        tx, kind, row, spec, by, _last(tx.session, kind) + 1 if row is None else row.position, **more
    )
    return _turned(tx, words)


def remove(tx: Tx, kind: Kind[P], key: str, by: str, **more: str) -> list[str]:
    """Take an entry out; returns the change in words (empty where there is none). `more` is recorded."""
    apps.hold(tx)
    row = tx.session.get(Part, (kind.name, key))
    return [] if row is None else _turned(tx, _drop(tx, kind, row, by, **more))


def replace(tx: Tx, parts: Parts, by: str) -> list[str]:
    """Make the catalogue have exactly these parts, in this order; returns the changes in words."""
    apps.hold(tx)
    words = [str(change) for change in diff_parts(whole(tx.session), parts)]
    for kind in KINDS:
        _replace(tx, kind, parts.get(kind.name, ()), by)
    return _turned(tx, words)


def _replace(tx: Tx, kind: Kind[Any], specs: tuple[Spec, ...], by: str) -> None:
    rows = {row.key: row for row in tx.session.scalars(select(Part).where(Part.kind == kind.name))}
    if kind.single and rows and not specs:
        specs = (kind.model(),)  # its version goes on, for whoever looks at it just now
    for gone in sorted(rows.keys() - {kind.key(spec) for spec in specs}):
        _drop(tx, kind, rows[gone], by)
    for position, spec in enumerate(specs):
        _put(tx, kind, rows.get(kind.key(spec)), spec, by, position)


def _put(tx: Tx, kind: Kind[P], row: Part | None, spec: P, by: str, position: int, **more: str) -> list[str]:
    _forget(tx)
    before = None if row is None else kind.model.model_validate(row.spec)
    words = [str(change) for change in change_of(kind, before, spec)]
    if row is not None:
        row.position = position
    if not words:
        return []
    if row is None:
        row = Part(kind=kind.name, key=kind.key(spec), position=position, version=0)
        tx.session.add(row)
    old, row.spec = row.spec if before else None, spec.stored()
    row.version, row.updated_at = row.version + 1, tx.now
    what = "changed" if before or kind.single else "added"
    tx.record(
        by, f"catalogue.{what}", subject(kind, row.key), changes=words, before=old, after=row.spec, **more
    )
    return words


def _drop(tx: Tx, kind: Kind[Any], row: Part, by: str, **more: str) -> list[str]:
    _forget(tx)
    words = [str(change) for change in change_of(kind, kind.model.model_validate(row.spec), None)]
    tx.record(by, "catalogue.removed", subject(kind, row.key), changes=words, before=row.spec, **more)
    tx.session.delete(row)
    return words


def _forget(tx: Tx) -> None:
    for memory in (_READ, _KINDS):
        tx.session.info.pop(memory, None)


def subject(kind: Kind[Any], key: str) -> str:
    """What the trail calls an entry."""
    return f"{kind.name}:{key}"[:_SUBJECT]


def _last(session: Session, kind: Kind[Any]) -> int:
    last = session.scalar(select(func.max(Part.position)).where(Part.kind == kind.name))
    return -1 if last is None else last


def _turned(tx: Tx, words: list[str]) -> list[str]:
    if words:
        apps.turn(tx)
    return words
