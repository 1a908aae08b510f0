"""The admins' verbs: look at an app of the catalogue, add one, change one.

Each asks first whether this person configures Keyturn. A change names the version that it was made on: where
somebody else was faster, it is refused with what they did, and nothing of theirs is overwritten.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.audit import AuditEntry
from models.catalogue.notes import settle
from models.catalogue.spec import AppSpec
from models.catalogue.workspace import SETTINGS, SettingsSpec
from models.errors import Duplicate, Invalid, NotFound, Refusal
from models.lifecycle.catalogue import propose_change
from models.lifecycle.catalogue.app_invariants import uphold
from models.lifecycle.request import unoffered
from models.policy import numbers
from models.registry import apps, catalogue_entries
from models.registry.directory import Directory
from models.registry.permissions import only_admins
from models.store.tx import Tx
from models.tables import catalogue_changes
from models.tables.catalogue import App
from models.tables.catalogue_changes import APP, Proposal

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
    waiting: tuple[Proposal, ...] = ()
    """Changes that wait for a second admin; the app is shown with those of the one who looks."""
    second: str = ""
    """Who can approve what the one who looks has proposed, as a sentence; empty where nothing waits."""


class Overtaken(Refusal):
    """Somebody changed the app after it was shown. `entry` is how it stands now."""

    def __init__(self, entry: Entry, by: str, changes: list[str]) -> None:
        super().__init__(f"{entry.app.name} was changed in the meantime. Nothing of yours is saved yet.")
        self.entry, self.by, self.changes = entry, by, changes


def look(session: Session, key: str, by: str, version: int | None = None) -> Entry:
    """An app as it stands. With `version` it has to be that one still.

    Raises NotAllowed, NotFound, Overtaken.
    """
    only_admins(session, by)
    return _checked(session, session.get(App, key), key, by, version)


def add(tx: Tx, spec: AppSpec, by: str) -> Entry:
    """Put a new app into the catalogue.

    Raises NotAllowed, Duplicate (field "key") where there is one with this key, or Invalid where
    an example of its policy is not met. Where two people are needed, it waits: the entry has version 0 then.
    """
    only_admins(tx.session, by)
    apps.hold(tx)
    if tx.session.get(App, spec.key) is not None:
        raise Duplicate(f"There is an app with the key “{spec.key}” already. Choose another.", field="key")
    if propose_change.needed(tx.session):
        return _proposed(tx, None, 0, spec, by)
    return _save(tx, spec, by)


def change(tx: Tx, key: str, version: int, edit: Edit, by: str) -> Entry:
    """Change an app that stands at this version.

    Where two people are needed, it waits for a second admin, with what they have proposed there already.
    Raises NotAllowed, NotFound, Overtaken, whatever `edit` raises, and Invalid where an example of the app’s
    policy is not met any more.
    """
    only_admins(tx.session, by)
    apps.hold(tx)
    row = tx.locked(App, key)
    entry = _checked(tx.session, row, key, by, version)
    if row is not None and propose_change.needed(tx.session):
        return _proposed(tx, row, row.version, edit(entry.app), by)
    changed = _save(tx, edit(entry.app), by)
    unoffered.cancel(tx, by)
    return changed


def _save(tx: Tx, spec: AppSpec, by: str) -> Entry:
    settled, notes = settle(spec)
    uphold(tx.session, settled)
    apps.save(tx, settled, by)
    propose_change.overtake(tx)
    said = (*notes, *numbers.doubts(settled, Directory(tx.session)))
    return Entry(settled, tx.session.get_one(App, spec.key).version, said)


def change_settings(tx: Tx, spec: SettingsSpec, by: str) -> str:
    """Change the settings; where two people are needed, returns the sentence that says who else is, else "".

    Raises NotAllowed, or Invalid (field "two_people") where there is nobody else to approve anything.
    """
    only_admins(tx.session, by)
    apps.hold(tx)
    present = catalogue_entries.workspace(tx.session)
    if present.two_people:
        waits = propose_change.propose_settings(tx, spec, by)
        return f"Nothing is changed yet. {propose_change.second_wanted(tx.session, by)}" if waits else ""
    if spec.two_people and not propose_change.seconds(tx.session, by):
        raise Invalid(
            "You are the only admin of Keyturn, and two are needed for that. Whoever runs Keyturn can make "
            "another one: in its configuration, under [slack] admins.",
            field="two_people",
        )
    catalogue_entries.save(tx, SETTINGS, spec, by)
    propose_change.overtake(tx)
    return ""


def _proposed(tx: Tx, row: App | None, version: int, spec: AppSpec, by: str) -> Entry:
    settled, notes = settle(spec)
    uphold(tx.session, settled)
    present = None if row is None else AppSpec.model_validate(row.spec)
    propose_change.propose_app(tx, present, version, settled, by)
    waiting = tuple(catalogue_changes.waiting(tx.session, APP, spec.key))
    return Entry(settled, version, tuple(notes), waiting, propose_change.second_wanted(tx.session, by))


def _checked(session: Session, row: App | None, key: str, by: str, version: int | None) -> Entry:
    if row is None:
        raise NotFound(f"There is no app “{key[:40]}” in the catalogue any more.")
    waiting = tuple(catalogue_changes.waiting(session, APP, key))
    drafts = [one.after for one in waiting if one.by == by and one.version == row.version]
    app = AppSpec.model_validate(drafts[0] if drafts and propose_change.needed(session) else row.spec)
    second = propose_change.second_wanted(session, by) if waiting else ""
    entry = Entry(
        app, row.version, (*settle(app)[1], *numbers.doubts(app, Directory(session))), waiting, second
    )
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
