"""The admins' verbs for conflicts: look at them, put one in, take one out."""

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
from models.store.case import Case
from models.store.outcome import Outcome
from models.store.statements import among
from models.tables.catalogue import App, Part
from models.tables.requests import Request

# A request of the same batch that is not written yet is drawn anyway, with what conflicts by then.
_PENDING = select(Request).where(text("requests.state = 'pending'"), among(Request.app_key, "apps"))


@dataclass(frozen=True)
class ConflictEntry:
    """A conflict as it stands."""

    conflict: ConflictSpec
    version: int


def every(case: Case, by: str) -> list[ConflictSpec]:
    """All conflicts, in the catalogue's order. Raises NotAllowed."""
    only_admins(case, by)
    return catalogue_entries.every(case, CONFLICT)


def look(case: Case, key: str, by: str) -> ConflictEntry:
    """A conflict as it stands, or as the one who looks has proposed it. Raises NotAllowed, NotFound."""
    only_admins(case, by)
    row = _row(case, key)
    draft = propose_change.draft_of(case, CONFLICT.name, key, by) if propose_change.needed(case) else None
    mine = draft is not None and draft.version == row.version and draft.after  # nothing: to be taken out
    return ConflictEntry(ConflictSpec.model_validate(mine or row.spec), row.version)


def add(out: Outcome, spec: ConflictSpec, by: str) -> str:
    """Put a new conflict in; where that needs two people, returns who else is wanted, else "".

    Raises NotAllowed, Duplicate (field "key") or Invalid.
    """
    _may(out, by)
    if out.case.get(Part, (CONFLICT.name, spec.key)) is not None:
        raise Duplicate(
            f"There is a conflict with the key “{spec.key}” already. Choose another.", field="key"
        )
    return _saved_or_proposed(out, None, spec, by)


def change(out: Outcome, spec: ConflictSpec, version: int, by: str) -> str:
    """Change a conflict that stands at this version; returns as `add` does.

    Raises NotAllowed, NotFound, Closed where somebody was faster, and Invalid where it names what the
    catalogue does not have or breaks an example of a policy.
    """
    present = _still(out, spec.key, version, by)
    return _saved_or_proposed(out, present, spec, by)


def remove(out: Outcome, key: str, version: int, by: str) -> str:
    """Take a conflict out. Returns and raises as `change` does."""
    return _saved_or_proposed(out, _still(out, key, version, by), None, by)


def check(case: Case, present: ConflictSpec | None, wanted: ConflictSpec | None) -> None:
    """Raises Invalid where the catalogue cannot have this one instead of that one."""
    if why := objection(case, present, wanted):
        raise why


def objection(case: Case, present: ConflictSpec | None, wanted: ConflictSpec | None) -> Invalid | None:
    """Why the catalogue cannot have this one instead of that one; None where it can."""
    if wanted is not None:
        for side, what in unknown_accesses(wanted, _concerned(case, wanted)):
            return Invalid(f"This {what}", field=side)
    for spec in filter(None, (present, wanted)):
        others = [one for one in catalogue_entries.every(case, CONFLICT) if one.key != spec.key]
        if why := _broken_example(case, spec, [*others, *([wanted] if wanted else [])]):
            return Invalid(why)
    return None


def put(
    out: Outcome, present: ConflictSpec | None, wanted: ConflictSpec | None, by: str, **more: str
) -> None:
    """Make the catalogue have this one instead of that one; `more` is recorded with it."""
    if wanted is not None:
        catalogue_entries.save(out, CONFLICT, wanted, by, **more)
    elif present is not None:
        catalogue_entries.remove(out, CONFLICT, present.key, by, **more)
    for spec in (present, wanted):
        if spec is not None:
            _redraw(out, spec)


def _may(out: Outcome, by: str) -> None:
    only_admins(out.case, by)
    apps.hold(out)


def _still(out: Outcome, key: str, version: int, by: str) -> ConflictSpec:
    _may(out, by)
    row = _row(out.case, key)
    if row.version != version:
        raise Closed("Somebody changed this conflict in the meantime. Close the form and look at it again.")
    return ConflictSpec.model_validate(row.spec)


def _row(case: Case, key: str) -> Part:
    row = case.get(Part, (CONFLICT.name, key))
    if row is None:
        raise NotFound("There is no such conflict any more.")
    return row


def _saved_or_proposed(
    out: Outcome, present: ConflictSpec | None, wanted: ConflictSpec | None, by: str
) -> str:
    check(out.case, present, wanted)
    if propose_change.needed(out.case):
        waits = propose_change.propose_conflict(out, present, wanted, by)
        return f"Nothing is changed yet. {propose_change.second_wanted(out.case, by)}" if waits else ""
    put(out, present, wanted, by)
    propose_change.overtake(out)
    return ""


def _concerned(case: Case, spec: ConflictSpec) -> list[AppSpec]:
    keys = sorted(apps_of(spec))
    case.hand(App, keys)
    rows = [row for row in (case.get(App, key) for key in keys) if row is not None]
    return [AppSpec.model_validate(row.spec) for row in sorted(rows, key=lambda row: row.position)]


def _broken_example(case: Case, spec: ConflictSpec, conflicts: Sequence[ConflictSpec]) -> str:
    """Which example of an app that it names is broken now, with what came out instead."""
    ran = run_examples(_concerned(case, spec), Directory(case), conflicts)
    broken = next((one for one in ran if not one.met), None)
    if broken is None:
        return ""
    return f"This is not saved: an example of {broken.app.name} says otherwise. {broken}"


def _redraw(out: Outcome, spec: ConflictSpec) -> None:
    """The cards of what waits show what conflicts by now."""
    for request in out.case.read(_PENDING, apps=sorted(apps_of(spec))):
        if spec.concerns(access_ref(request.app_key, request.access_key)):
            redraw.redraw_request(out, request)
