"""View, add and change an app of the catalogue, checked against its conflicts and its own examples."""

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


def check_app(case: Case, spec: AppSpec) -> None:
    """Check that this app can be saved.

    Raises:
        Invalid: It cannot, with the reason.
    """
    if why := app_objection(case, spec):
        raise Invalid(why)


def app_objection(case: Case, spec: AppSpec) -> str:
    """Why this app cannot be saved; empty where it can."""
    return _broken_conflict(case, spec) or _broken_example(case, spec)


def _broken_conflict(case: Case, spec: AppSpec) -> str:
    """The conflict that names an access which the app has no more, in a sentence."""
    known = known_accesses([spec])
    for conflict in catalogue_entries.all_entries(case, CONFLICT):
        for _, ref in access_refs(conflict):
            if app_of(ref) == spec.key and ref not in known:
                named = f"The conflict “{conflict.name}” names “{ref}”"
                return f"Not saved. {named}; remove it there first."
    return ""


def _broken_example(case: Case, spec: AppSpec) -> str:
    """The example of its policy that the app breaks, with what came out instead, in a sentence."""
    results = run_examples([spec], Directory(case), catalogue_entries.all_entries(case, CONFLICT))
    broken = [result for result in results if not result.met]
    if not broken:
        return ""
    more = f" {len(broken) - 1} more of its test cases fail." if len(broken) > 1 else ""
    return f"Not saved: a test case of {spec.name} fails. {broken[0]}{more}"


MOST_VERSIONS = 20
"""The most versions by others that are shown."""

Edit = Callable[[AppSpec], AppSpec]
"""Makes the new app of the present one; may raise a Refusal."""


@dataclass(frozen=True)
class EditableApp:
    """An app as it stands."""

    app: AppSpec
    version: int
    notes: tuple[str, ...] = ()
    """Remarks of the checks, and (after a save) what was understood otherwise than entered."""
    open_changes: tuple[Proposal, ...] = ()
    """Changes that wait for a second admin; `app` has those of the viewer."""
    waiting_for: str = ""
    """The admins who can approve the viewer's changes, as a sentence; empty where nothing waits."""


class Superseded(Refusal):
    """Somebody changed the app after it was shown. `entry` is how it stands now."""

    def __init__(self, entry: EditableApp, by: str, changes: list[str]) -> None:
        super().__init__(f"{entry.app.name} was changed in the meantime. Your changes are not saved.")
        self.entry, self.by, self.changes = entry, by, changes


def get_app(case: Case, key: str, by: str, version: int | None = None) -> EditableApp:
    """An app as it stands; with `version`, it must still have that version.

    Raises:
        NotAllowed: `by` is no admin.
        NotFound: There is no such app any more.
        Superseded: It has another version by now.
    """
    only_admins(case, by)
    return _entry(case, case.get(App, key), key, by, version)


def add_app(out: Outcome, spec: AppSpec, by: str) -> EditableApp:
    """Add an app to the catalogue. Where two people are needed, it waits: the entry has version 0 then.

    Raises:
        NotAllowed: `by` is no admin.
        Duplicate: There is an app with this key; field "key".
        Invalid: An example of its policy is not met.
    """
    only_admins(out.case, by)
    apps.lock_catalogue(out)
    if out.case.get(App, spec.key) is not None:
        raise Duplicate(
            f"The key “{spec.key}” is already used by another app. Choose a different one.", field="key"
        )
    if propose_change.needs_second_admin(out.case):
        return _propose(out, None, 0, spec, by)
    return _save(out, spec, by)


def change_app(out: Outcome, key: str, version: int, edit: Edit, by: str) -> EditableApp:
    """Change an app that has this version.

    Where two people are needed, it waits for a second admin, with what `by` has proposed there already.

    Raises:
        NotAllowed: `by` is no admin.
        NotFound: There is no such app any more.
        Superseded: It has another version by now.
        Invalid: An example of its policy is not met any more.
        Refusal: Whatever `edit` raises.
    """
    only_admins(out.case, by)
    apps.lock_catalogue(out)
    row = out.case.lock(App, key)
    entry = _entry(out.case, row, key, by, version)
    if row is not None and propose_change.needs_second_admin(out.case):
        return _propose(out, row, row.version, edit(entry.app), by)
    changed = _save(out, edit(entry.app), by)
    cancel.cancel_unoffered(out, by)
    return changed


def _save(out: Outcome, spec: AppSpec, by: str) -> EditableApp:
    settled, notes = normalize_app(spec)
    check_app(out.case, settled)
    apps.save_app(out, settled, by)
    propose_change.mark_superseded(out)
    remarks = (*notes, *stage_sizes.stage_warnings(settled, Directory(out.case)))
    return EditableApp(settled, out.case.get_one(App, spec.key).version, remarks)


def change_settings(out: Outcome, spec: SettingsSpec, by: str) -> str:
    """Change the settings; where two people are needed, returns the sentence that says who else is, else "".

    Raises:
        NotAllowed: `by` is no admin.
        Invalid: Two people are wanted, and there is nobody else to approve; field "two_people".
    """
    only_admins(out.case, by)
    apps.lock_catalogue(out)
    present = catalogue_entries.workspace_settings(out.case)
    if present.two_people:
        waits = propose_change.propose_settings(out, spec, by)
        return f"Nothing is changed yet. {propose_change.waiting_for_sentence(out.case, by)}" if waits else ""
    if spec.two_people and not propose_change.other_admins(out.case, by):
        raise Invalid(
            "You are the only admin of Keyturn, and this needs two. The operator can add one in the "
            "configuration, under [slack] admins.",
            field="two_people",
        )
    catalogue_entries.save_entry(out, SETTINGS, spec, by)
    propose_change.mark_superseded(out)
    return ""


def _propose(out: Outcome, row: App | None, version: int, spec: AppSpec, by: str) -> EditableApp:
    settled, notes = normalize_app(spec)
    check_app(out.case, settled)
    present = None if row is None else AppSpec.model_validate(row.spec)
    propose_change.propose_app(out, present, version, settled, by)
    waiting = tuple(propose_change.open_changes(out.case, APP, spec.key))
    return EditableApp(
        settled, version, tuple(notes), waiting, propose_change.waiting_for_sentence(out.case, by)
    )


def _entry(case: Case, row: App | None, key: str, by: str, version: int | None) -> EditableApp:
    if row is None:
        raise NotFound(f"The app “{key[:40]}” is no longer in the catalogue.")
    waiting = tuple(propose_change.open_changes(case, APP, key))
    drafts = [change.after for change in waiting if change.by == by and change.version == row.version]
    app = AppSpec.model_validate(
        drafts[0] if drafts and propose_change.needs_second_admin(case) else row.spec
    )
    second = propose_change.waiting_for_sentence(case, by) if waiting else ""
    entry = EditableApp(
        app,
        row.version,
        (*normalize_app(app)[1], *stage_sizes.stage_warnings(app, Directory(case))),
        waiting,
        second,
    )
    if version is not None and version != row.version:
        raise _superseded(case, entry, row.version - version)
    return entry


def _superseded(case: Case, entry: EditableApp, steps: int) -> Superseded:
    """Every version but the first has one entry in the trail: the last `steps` of them tell what happened."""
    story = audit.entries_about(case, [f"app:{entry.app.key}"])
    versions = [entry for entry in story if entry.action in ("app.added", "app.changed")]
    last = versions[-min(max(steps, 1), MOST_VERSIONS) :]
    changes = [str(words) for entry in last for words in entry.data.get("changes", [])]
    return Superseded(entry, last[-1].actor if last else "", changes)
