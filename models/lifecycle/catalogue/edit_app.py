"""View, add and change an app of the catalogue, held against its conflicts and its own examples."""

from collections.abc import Callable
from dataclasses import dataclass

from models import audit
from models.catalogue.lint.remarks import normalize_app
from models.catalogue.spec import AppSpec
from models.catalogue.spec.conflicts import CONFLICT, access_refs, known_accesses
from models.catalogue.spec.entry_kinds import SETTINGS, SettingsSpec
from models.catalogue.spec.references import app_of
from models.errors import Duplicate, Invalid, NotFound, Refusal
from models.lifecycle.catalogue import propose_change
from models.lifecycle.request import cancel
from models.policy import stage_sizes
from models.policy.examples import run_examples
from models.registry import apps, catalogue_entries
from models.registry.directory import Directory
from models.registry.permissions import only_admins
from models.store.case import Case
from models.store.outcome import Outcome
from models.tables.catalogue import APP, App, Proposal


def uphold(case: Case, spec: AppSpec) -> None:
    """Raises Invalid, with the reason, where this entry cannot be saved."""
    if why := objection(case, spec):
        raise Invalid(why)


def objection(case: Case, spec: AppSpec) -> str:
    """Why this entry cannot be saved; empty where it can."""
    return _broken_conflict(case, spec) or _broken_example(case, spec)


def _broken_conflict(case: Case, spec: AppSpec) -> str:
    """Which conflict names an access that the app has no more."""
    known = known_accesses([spec])
    for conflict in catalogue_entries.every(case, CONFLICT):
        for _, ref in access_refs(conflict):
            if app_of(ref) == spec.key and ref not in known:
                named = f"The conflict “{conflict.name}” names “{ref}”"
                return f"This is not saved. {named}; take it out there first."
    return ""


def _broken_example(case: Case, spec: AppSpec) -> str:
    """Which example of its policy the entry breaks, with what came out instead."""
    ran_all = run_examples([spec], Directory(case), catalogue_entries.every(case, CONFLICT))
    broken = [ran for ran in ran_all if not ran.met]
    if not broken:
        return ""
    more = f" {len(broken) - 1} more of its examples fail." if len(broken) > 1 else ""
    return f"This is not saved: an example of {spec.name} says otherwise. {broken[0]}{more}"


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


def look(case: Case, key: str, by: str, version: int | None = None) -> Entry:
    """An app as it stands. With `version` it has to be that one still.

    Raises NotAllowed, NotFound, Overtaken.
    """
    only_admins(case, by)
    return _checked(case, case.get(App, key), key, by, version)


def add(out: Outcome, spec: AppSpec, by: str) -> Entry:
    """Put a new app into the catalogue.

    Raises NotAllowed, Duplicate (field "key") where there is one with this key, or Invalid where
    an example of its policy is not met. Where two people are needed, it waits: the entry has version 0 then.
    """
    only_admins(out.case, by)
    apps.hold(out)
    if out.case.get(App, spec.key) is not None:
        raise Duplicate(f"There is an app with the key “{spec.key}” already. Choose another.", field="key")
    if propose_change.needed(out.case):
        return _proposed(out, None, 0, spec, by)
    return _save(out, spec, by)


def change(out: Outcome, key: str, version: int, edit: Edit, by: str) -> Entry:
    """Change an app that stands at this version.

    Where two people are needed, it waits for a second admin, with what they have proposed there already.
    Raises NotAllowed, NotFound, Overtaken, whatever `edit` raises, and Invalid where an example of the app’s
    policy is not met any more.
    """
    only_admins(out.case, by)
    apps.hold(out)
    row = out.case.lock(App, key)
    entry = _checked(out.case, row, key, by, version)
    if row is not None and propose_change.needed(out.case):
        return _proposed(out, row, row.version, edit(entry.app), by)
    changed = _save(out, edit(entry.app), by)
    cancel.cancel_unoffered(out, by)
    return changed


def _save(out: Outcome, spec: AppSpec, by: str) -> Entry:
    settled, notes = normalize_app(spec)
    uphold(out.case, settled)
    apps.save(out, settled, by)
    propose_change.overtake(out)
    said = (*notes, *stage_sizes.stage_warnings(settled, Directory(out.case)))
    return Entry(settled, out.case.get_one(App, spec.key).version, said)


def change_settings(out: Outcome, spec: SettingsSpec, by: str) -> str:
    """Change the settings; where two people are needed, returns the sentence that says who else is, else "".

    Raises NotAllowed, or Invalid (field "two_people") where there is nobody else to approve anything.
    """
    only_admins(out.case, by)
    apps.hold(out)
    present = catalogue_entries.workspace(out.case)
    if present.two_people:
        waits = propose_change.propose_settings(out, spec, by)
        return f"Nothing is changed yet. {propose_change.second_wanted(out.case, by)}" if waits else ""
    if spec.two_people and not propose_change.seconds(out.case, by):
        raise Invalid(
            "You are the only admin of Keyturn, and two are needed for that. Whoever runs Keyturn can make "
            "another one: in its configuration, under [slack] admins.",
            field="two_people",
        )
    catalogue_entries.save(out, SETTINGS, spec, by)
    propose_change.overtake(out)
    return ""


def _proposed(out: Outcome, row: App | None, version: int, spec: AppSpec, by: str) -> Entry:
    settled, notes = normalize_app(spec)
    uphold(out.case, settled)
    present = None if row is None else AppSpec.model_validate(row.spec)
    propose_change.propose_app(out, present, version, settled, by)
    waiting = tuple(propose_change.waiting(out.case, APP, spec.key))
    return Entry(settled, version, tuple(notes), waiting, propose_change.second_wanted(out.case, by))


def _checked(case: Case, row: App | None, key: str, by: str, version: int | None) -> Entry:
    if row is None:
        raise NotFound(f"There is no app “{key[:40]}” in the catalogue any more.")
    waiting = tuple(propose_change.waiting(case, APP, key))
    drafts = [one.after for one in waiting if one.by == by and one.version == row.version]
    app = AppSpec.model_validate(drafts[0] if drafts and propose_change.needed(case) else row.spec)
    second = propose_change.second_wanted(case, by) if waiting else ""
    entry = Entry(
        app,
        row.version,
        (*normalize_app(app)[1], *stage_sizes.stage_warnings(app, Directory(case))),
        waiting,
        second,
    )
    if version is not None and version != row.version:
        raise _overtaken(case, entry, row.version - version)
    return entry


def _overtaken(case: Case, entry: Entry, steps: int) -> Overtaken:
    """Every version but the first has one entry in the trail: the last `steps` of them tell what happened."""
    story = audit.entries_about(case, [f"app:{entry.app.key}"])
    versions = [one for one in story if one.action in ("app.added", "app.changed")]
    last = versions[-min(max(steps, 1), MOST_TOLD) :]
    changes = [str(words) for one in last for words in one.data.get("changes", [])]
    return Overtaken(entry, last[-1].actor if last else "", changes)
