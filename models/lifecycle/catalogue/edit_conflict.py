"""View, add, change and remove conflicts, as an admin."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select, text

from models.catalogue.spec import AppSpec
from models.catalogue.spec.conflicts import CONFLICT, ConflictSpec, apps_of, unknown_accesses
from models.catalogue.spec.references import access_ref
from models.errors import Closed, Duplicate, Invalid, NotFound
from models.lifecycle import redraw
from models.lifecycle.catalogue import propose_change
from models.policy.examples import run_examples
from models.registry import apps, catalogue_entries
from models.registry.directory import Directory
from models.registry.permissions import only_admins
from models.statements import among
from models.store.case import Case
from models.store.outcome import Outcome
from models.tables.catalogue import App, Part
from models.tables.requests import Request

# A request of the same batch that is not written yet is drawn anyway, with what conflicts by then.
_PENDING = select(Request).where(text("requests.state = 'pending'"), among(Request.app_key, "apps"))


@dataclass(frozen=True)
class ConflictEntry:
    """A conflict as it stands."""

    conflict: ConflictSpec
    version: int


def list_conflicts(case: Case, by: str) -> list[ConflictSpec]:
    """All conflicts, in the catalogue's order.

    Raises:
        NotAllowed: `by` is no admin.
    """
    only_admins(case, by)
    return catalogue_entries.all_entries(case, CONFLICT)


def get_conflict(case: Case, key: str, by: str) -> ConflictEntry:
    """A conflict as it stands, or as the viewer has proposed it.

    Raises:
        NotAllowed: `by` is no admin.
        NotFound: There is no such conflict.
    """
    only_admins(case, by)
    row = _row(case, key)
    draft = (
        propose_change.draft_of(case, CONFLICT.name, key, by)
        if propose_change.needs_second_admin(case)
        else None
    )
    mine = draft is not None and draft.version == row.version and draft.after  # nothing: to be taken out
    return ConflictEntry(ConflictSpec.model_validate(mine or row.spec), row.version)


def add_conflict(out: Outcome, spec: ConflictSpec, by: str) -> str:
    """Add a conflict; where that needs two people, returns the sentence that says who else is, else "".

    Raises:
        NotAllowed: `by` is no admin.
        Duplicate: There is a conflict with this key; field "key".
        Invalid: It names what the catalogue does not have, or breaks an example of a policy.
    """
    _lock(out, by)
    if out.case.get(Part, (CONFLICT.name, spec.key)) is not None:
        raise Duplicate(
            f"The key “{spec.key}” is already used by another conflict. Choose a different one.", field="key"
        )
    return _save_or_propose(out, None, spec, by)


def change_conflict(out: Outcome, spec: ConflictSpec, version: int, by: str) -> str:
    """Change a conflict that has this version; returns and raises as `add_conflict` does.

    Raises:
        NotFound: It is gone.
        Closed: Somebody was faster.
    """
    present = _lock_version(out, spec.key, version, by)
    return _save_or_propose(out, present, spec, by)


def remove_conflict(out: Outcome, key: str, version: int, by: str) -> str:
    """Remove a conflict; returns and raises as `change_conflict` does."""
    return _save_or_propose(out, _lock_version(out, key, version, by), None, by)


def check_conflict(case: Case, present: ConflictSpec | None, wanted: ConflictSpec | None) -> None:
    """Raise `conflict_objection`, if there is one."""
    if why := conflict_objection(case, present, wanted):
        raise why


def conflict_objection(
    case: Case, present: ConflictSpec | None, wanted: ConflictSpec | None
) -> Invalid | None:
    """Why the catalogue cannot have `wanted` instead of `present`; None where it can."""
    if wanted is not None:
        for side, what in unknown_accesses(wanted, _apps_of(case, wanted)):
            return Invalid(f"This {what}", field=side)
    for spec in filter(None, (present, wanted)):
        others = [other for other in catalogue_entries.all_entries(case, CONFLICT) if other.key != spec.key]
        if why := _broken_example(case, spec, [*others, *([wanted] if wanted else [])]):
            return Invalid(why)
    return None


def save_conflict(
    out: Outcome, present: ConflictSpec | None, wanted: ConflictSpec | None, by: str, **more: str
) -> None:
    """Save `wanted` instead of `present`, and redraw what it concerns; `more` stands in the audit entry."""
    if wanted is not None:
        catalogue_entries.save_entry(out, CONFLICT, wanted, by, **more)
    elif present is not None:
        catalogue_entries.remove_entry(out, CONFLICT, present.key, by, **more)
    for spec in (present, wanted):
        if spec is not None:
            _redraw(out, spec)


def _lock(out: Outcome, by: str) -> None:
    only_admins(out.case, by)
    apps.lock_catalogue(out)


def _lock_version(out: Outcome, key: str, version: int, by: str) -> ConflictSpec:
    _lock(out, by)
    row = _row(out.case, key)
    if row.version != version:
        raise Closed("Someone changed this conflict in the meantime. Close the form and open it again.")
    return ConflictSpec.model_validate(row.spec)


def _row(case: Case, key: str) -> Part:
    row = case.get(Part, (CONFLICT.name, key))
    if row is None:
        raise NotFound("This conflict no longer exists.")
    return row


def _save_or_propose(out: Outcome, present: ConflictSpec | None, wanted: ConflictSpec | None, by: str) -> str:
    check_conflict(out.case, present, wanted)
    if propose_change.needs_second_admin(out.case):
        waits = propose_change.propose_conflict(out, present, wanted, by)
        return f"Nothing is changed yet. {propose_change.waiting_for_sentence(out.case, by)}" if waits else ""
    save_conflict(out, present, wanted, by)
    propose_change.mark_superseded(out)
    return ""


def _apps_of(case: Case, spec: ConflictSpec) -> list[AppSpec]:
    keys = sorted(apps_of(spec))
    case.hand(App, keys)
    rows = [row for row in (case.get(App, key) for key in keys) if row is not None]
    return [AppSpec.model_validate(row.spec) for row in sorted(rows, key=lambda row: row.position)]


def _broken_example(case: Case, spec: ConflictSpec, conflicts: Sequence[ConflictSpec]) -> str:
    """Which example of an app that it names is broken now, with what came out instead."""
    results = run_examples(_apps_of(case, spec), Directory(case), conflicts)
    broken = next((result for result in results if not result.met), None)
    if broken is None:
        return ""
    return f"Not saved: a test case of {broken.app.name} fails. {broken}"


def _redraw(out: Outcome, spec: ConflictSpec) -> None:
    """Redraw the pending requests that this conflict concerns."""
    for request in out.case.read(_PENDING, apps=sorted(apps_of(spec))):
        if spec.concerns(access_ref(request.app_key, request.access_key)):
            redraw.redraw_request(out, request)
