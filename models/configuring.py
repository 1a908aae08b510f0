"""The admins' verbs: look at an app of the catalogue, add one, change one.

Each asks first whether this person configures Keyturn. A change names the version that it was made on: where
somebody else was faster, it is refused with what they did, and nothing of theirs is overwritten.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import apps, parts
from models.apps import App
from models.audit import AuditEntry
from models.catalogue.condition_words import either
from models.catalogue.conflict_entries import CONFLICT, known_accesses
from models.catalogue.conflicts import named_by
from models.catalogue.notes import settle
from models.catalogue.spec import AppSpec
from models.directory import Directory, names_of
from models.errors import Duplicate, Invalid, NotAllowed, NotFound, Refusal
from models.lifecycle import unoffered
from models.policy.examples import run_all
from models.store.tx import Tx

MOST_TOLD = 20
"""How many changes of others are told at most."""

Edit = Callable[[AppSpec], AppSpec]
"""Makes the new entry of the present one. Raises a Refusal where that cannot be."""


@dataclass(frozen=True)
class Entry:
    """An app as it stands."""

    app: AppSpec
    version: int
    notes: tuple[str, ...] = ()
    """What is worth a second look, and (after a save) what was understood otherwise than entered."""


class Overtaken(Refusal):
    """Somebody changed the app after it was shown. `entry` is how it stands now."""

    def __init__(self, entry: Entry, by: str, changes: list[str]) -> None:
        super().__init__(f"{entry.app.name} was changed in the meantime. Nothing of yours is saved yet.")
        self.entry, self.by, self.changes = entry, by, changes


def only_admins(session: Session, person_id: str) -> None:
    """Raises NotAllowed, with the names of those who may, for anybody who does not configure Keyturn."""
    who = Directory(session)
    if who.is_admin(person_id):
        return
    admins = sorted(names_of(session, set(who.admins())).values())
    ask = f" Ask {either(admins)}." if admins else ""
    raise NotAllowed(f"Only Keyturn’s admins can set up apps.{ask}")


def look(session: Session, key: str, by: str, version: int | None = None) -> Entry:
    """An app as it stands. With `version` it has to be that one still.

    Raises NotAllowed, NotFound, Overtaken.
    """
    only_admins(session, by)
    return _checked(session, session.get(App, key), key, version)


def add(tx: Tx, spec: AppSpec, by: str) -> Entry:
    """Put a new app into the catalogue.

    Raises NotAllowed, Duplicate (field "key") where there is one with this key, or Invalid where
    an example of its policy is not met.
    """
    only_admins(tx.session, by)
    apps.hold(tx)
    if tx.session.get(App, spec.key) is not None:
        raise Duplicate(f"There is an app with the key “{spec.key}” already. Choose another.", field="key")
    return _save(tx, spec, by)


def change(tx: Tx, key: str, version: int, edit: Edit, by: str) -> Entry:
    """Change an app that stands at this version.

    Raises NotAllowed, NotFound, Overtaken, whatever `edit` raises, and Invalid where an example of the app’s
    policy is not met any more.
    """
    only_admins(tx.session, by)
    apps.hold(tx)
    entry = _checked(tx.session, tx.locked(App, key), key, version)
    changed = _save(tx, edit(entry.app), by)
    unoffered.cancel(tx, by)
    return changed


def _save(tx: Tx, spec: AppSpec, by: str) -> Entry:
    settled, notes = settle(spec)
    _keeps_conflicts(tx.session, settled)
    _keeps_examples(tx.session, settled)
    apps.save(tx, settled, by)
    return Entry(settled, tx.session.get_one(App, spec.key).version, tuple(notes))


def _keeps_conflicts(session: Session, spec: AppSpec) -> None:
    """Raises Invalid where a conflict names an access that the app has no more."""
    known = known_accesses([spec])
    for conflict in parts.every(session, CONFLICT):
        for _, ref in named_by(conflict):
            if ref.partition("/")[0] == spec.key and ref not in known:
                named = f"The conflict “{conflict.name}” names “{ref}”"
                raise Invalid(f"This is not saved. {named}; take it out there first.")


def _keeps_examples(session: Session, spec: AppSpec) -> None:
    """Raises Invalid, with what came out instead, where the entry breaks an example of its policy."""
    broken = [ran for ran in run_all([spec], Directory(session)) if not ran.met]
    if not broken:
        return
    more = f" {len(broken) - 1} more of its examples fail." if len(broken) > 1 else ""
    raise Invalid(f"This is not saved: an example of {spec.name} says otherwise. {broken[0]}{more}")


def _checked(session: Session, row: App | None, key: str, version: int | None) -> Entry:
    if row is None:
        raise NotFound(f"There is no app “{key[:40]}” in the catalogue any more.")
    app = AppSpec.model_validate(row.spec)
    entry = Entry(app, row.version, tuple(settle(app)[1]))
    if version is not None and version != row.version:
        raise _overtaken(session, entry, row.version - version)
    return entry


def _overtaken(session: Session, entry: Entry, steps: int) -> Overtaken:
    """Every version but the first has one entry in the trail: the last `steps` of them tell what happened."""
    said = (
        select(AuditEntry)
        .where(AuditEntry.subject == f"app:{entry.app.key}")
        .where(AuditEntry.action.in_(("app.added", "app.changed")))
        .order_by(AuditEntry.seq.desc())
        .limit(min(max(steps, 1), MOST_TOLD))
    )
    found = list(session.scalars(said))
    changes = [str(words) for one in reversed(found) for words in one.data.get("changes", [])]
    return Overtaken(entry, found[0].actor if found else "", changes)
