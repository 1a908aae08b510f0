"""The admins' verbs for conflicts: look at them, put one in, take one out."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.catalogue.access_refs import access_ref, app_of
from models.catalogue.conflict_entries import CONFLICT, unknown
from models.catalogue.conflicts import ConflictSpec, apps_of, named_by
from models.catalogue.spec import AppSpec
from models.errors import Closed, Duplicate, Invalid, NotFound
from models.lifecycle import redraw
from models.lifecycle.catalogue import propose_change
from models.policy.examples import run_all
from models.registry import apps, catalogue_entries
from models.registry.directory import Directory
from models.registry.permissions import only_admins
from models.store.tx import Tx
from models.tables import catalogue_changes
from models.tables.catalogue import App, Part
from models.tables.catalogue_changes import draft_of
from models.tables.requests import Request
from models.tables.states import RequestState


@dataclass(frozen=True)
class ConflictEntry:
    """A conflict as it stands."""

    conflict: ConflictSpec
    version: int


def every(session: Session, by: str) -> list[ConflictSpec]:
    """All conflicts, in the catalogue's order. Raises NotAllowed."""
    only_admins(session, by)
    return catalogue_entries.every(session, CONFLICT)


def look(session: Session, key: str, by: str) -> ConflictEntry:
    """A conflict as it stands, or as the one who looks has proposed it. Raises NotAllowed, NotFound."""
    only_admins(session, by)
    row = _row(session, key)
    draft = draft_of(session, catalogue_changes.CONFLICT, key, by) if propose_change.needed(session) else None
    mine = draft is not None and draft.version == row.version and draft.after  # nothing: to be taken out
    return ConflictEntry(ConflictSpec.model_validate(mine or row.spec), row.version)


def add(tx: Tx, spec: ConflictSpec, by: str) -> str:
    """Put a new conflict in; where that needs two people, returns who else is wanted, else "".

    Raises NotAllowed, Duplicate (field "key") or Invalid.
    """
    _may(tx, by)
    if tx.session.get(Part, (CONFLICT.name, spec.key)) is not None:
        raise Duplicate(
            f"There is a conflict with the key “{spec.key}” already. Choose another.", field="key"
        )
    return _saved_or_proposed(tx, None, spec, by)


def change(tx: Tx, spec: ConflictSpec, version: int, by: str) -> str:
    """Change a conflict that stands at this version; returns as `add` does.

    Raises NotAllowed, NotFound, Closed where somebody was faster, and Invalid where it names what the
    catalogue does not have or breaks an example of a policy.
    """
    present = _still(tx, spec.key, version, by)
    return _saved_or_proposed(tx, present, spec, by)


def remove(tx: Tx, key: str, version: int, by: str) -> str:
    """Take a conflict out. Returns and raises as `change` does."""
    return _saved_or_proposed(tx, _still(tx, key, version, by), None, by)


def check(session: Session, present: ConflictSpec | None, wanted: ConflictSpec | None) -> None:
    """Raises Invalid where the catalogue cannot have this one instead of that one."""
    if wanted is not None:
        for side, text in unknown(wanted, _concerned(session, wanted)):
            raise Invalid(f"This {text}", field=side)
    for spec in (present, wanted):
        if spec is not None:
            others = [one for one in catalogue_entries.every(session, CONFLICT) if one.key != spec.key]
            _keeps_examples(session, spec, [*others, *([wanted] if wanted else [])])


def put(tx: Tx, present: ConflictSpec | None, wanted: ConflictSpec | None, by: str, **more: str) -> None:
    """Make the catalogue have this one instead of that one; `more` is recorded with it."""
    if wanted is not None:
        catalogue_entries.save(tx, CONFLICT, wanted, by, **more)
    elif present is not None:
        catalogue_entries.remove(tx, CONFLICT, present.key, by, **more)
    tx.session.flush()
    for spec in (present, wanted):
        if spec is not None:
            _redraw(tx, spec)


def _may(tx: Tx, by: str) -> None:
    only_admins(tx.session, by)
    apps.hold(tx)


def _still(tx: Tx, key: str, version: int, by: str) -> ConflictSpec:
    _may(tx, by)
    row = _row(tx.session, key)
    if row.version != version:
        raise Closed("Somebody changed this conflict in the meantime. Close the form and look at it again.")
    return ConflictSpec.model_validate(row.spec)


def _row(session: Session, key: str) -> Part:
    row = session.get(Part, (CONFLICT.name, key))
    if row is None:
        raise NotFound("There is no such conflict any more.")
    return row


def _saved_or_proposed(tx: Tx, present: ConflictSpec | None, wanted: ConflictSpec | None, by: str) -> str:
    check(tx.session, present, wanted)
    if propose_change.needed(tx.session):
        waits = propose_change.propose_conflict(tx, present, wanted, by)
        return f"Nothing is changed yet. {propose_change.second_wanted(tx.session, by)}" if waits else ""
    put(tx, present, wanted, by)
    propose_change.overtake(tx)
    return ""


def _concerned(session: Session, spec: ConflictSpec) -> list[AppSpec]:
    rows = session.scalars(select(App).where(App.key.in_(apps_of(spec))).order_by(App.position))
    return [AppSpec.model_validate(row.spec) for row in rows]


def _keeps_examples(session: Session, spec: ConflictSpec, conflicts: Sequence[ConflictSpec]) -> None:
    """Raises Invalid, with what came out instead, where an example of an app that it names is broken now."""
    ran = run_all(_concerned(session, spec), Directory(session), conflicts)
    broken = next((one for one in ran if not one.met), None)
    if broken is not None:
        raise Invalid(f"This is not saved: an example of {broken.app.name} says otherwise. {broken}")


def _redraw(tx: Tx, spec: ConflictSpec) -> None:
    """The cards of what waits show what conflicts by now."""
    keys = {app_of(ref) for _, ref in named_by(spec)}
    pending = select(Request).where(Request.state == RequestState.PENDING, Request.app_key.in_(keys))
    for request in tx.session.scalars(pending):
        if spec.concerns(access_ref(request.app_key, request.access_key)):
            redraw.redraw_request(tx, request)
