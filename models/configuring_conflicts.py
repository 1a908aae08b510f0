"""The admins' verbs for conflicts: look at them, put one in, take one out."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import apps, parts
from models.apps import App
from models.catalogue.access_refs import access_ref, app_of
from models.catalogue.conflict_entries import CONFLICT, unknown
from models.catalogue.conflicts import ConflictSpec, apps_of, named_by
from models.catalogue.spec import AppSpec
from models.configuring import only_admins
from models.directory import Directory
from models.errors import Closed, Duplicate, Invalid, NotAllowed, NotFound
from models.lifecycle import screens
from models.parts import Part
from models.policy.examples import run_all
from models.requests import Request
from models.states import RequestState
from models.store.tx import Tx


@dataclass(frozen=True)
class ConflictEntry:
    """A conflict as it stands."""

    conflict: ConflictSpec
    version: int


def every(session: Session, by: str) -> list[ConflictSpec]:
    """All conflicts, in the catalogue's order. Raises NotAllowed."""
    only_admins(session, by)
    return parts.every(session, CONFLICT)


def look(session: Session, key: str, by: str) -> ConflictEntry:
    """A conflict as it stands. Raises NotAllowed, NotFound."""
    only_admins(session, by)
    row = _row(session, key)
    return ConflictEntry(ConflictSpec.model_validate(row.spec), row.version)


def add(tx: Tx, spec: ConflictSpec, by: str) -> None:
    """Put a new conflict in. Raises NotAllowed, Duplicate (field "key") or Invalid."""
    _may(tx, by)
    if tx.session.get(Part, (CONFLICT.name, spec.key)) is not None:
        raise Duplicate(
            f"There is a conflict with the key “{spec.key}” already. Choose another.", field="key"
        )
    _save(tx, spec, by)


def change(tx: Tx, spec: ConflictSpec, version: int, by: str) -> None:
    """Change a conflict that stands at this version.

    Raises NotAllowed, NotFound, Closed where somebody was faster, and Invalid where it names what the
    catalogue does not have or breaks an example of a policy.
    """
    _still(tx, spec.key, version, by)
    _save(tx, spec, by)


def remove(tx: Tx, key: str, version: int, by: str) -> None:
    """Take a conflict out. Raises as `change` does."""
    _still(tx, key, version, by)
    gone = ConflictSpec.model_validate(_row(tx.session, key).spec)
    parts.remove(tx, CONFLICT, key, by)
    tx.session.flush()
    _keeps_examples(tx.session, gone)
    _redraw(tx, gone)


def _may(tx: Tx, by: str) -> None:
    only_admins(tx.session, by)
    apps.hold(tx)
    if parts.workspace(tx.session).two_people:
        raise NotAllowed(
            "A change needs two people here, and one of a conflict cannot wait in Slack for the second. "
            "Whoever runs Keyturn can import the catalogue’s file with it."
        )


def _still(tx: Tx, key: str, version: int, by: str) -> None:
    _may(tx, by)
    if _row(tx.session, key).version != version:
        raise Closed("Somebody changed this conflict in the meantime. Close the form and look at it again.")


def _row(session: Session, key: str) -> Part:
    row = session.get(Part, (CONFLICT.name, key))
    if row is None:
        raise NotFound("There is no such conflict any more.")
    return row


def _save(tx: Tx, spec: ConflictSpec, by: str) -> None:
    for side, text in unknown(spec, _concerned(tx.session, spec)):
        raise Invalid(f"This {text}", field=side)
    parts.save(tx, CONFLICT, spec, by)
    tx.session.flush()
    _keeps_examples(tx.session, spec)
    _redraw(tx, spec)


def _concerned(session: Session, spec: ConflictSpec) -> list[AppSpec]:
    rows = session.scalars(select(App).where(App.key.in_(apps_of(spec))).order_by(App.position))
    return [AppSpec.model_validate(row.spec) for row in rows]


def _keeps_examples(session: Session, spec: ConflictSpec) -> None:
    """Raises Invalid, with what came out instead, where an example of an app that it names is broken now."""
    ran = run_all(_concerned(session, spec), Directory(session), parts.every(session, CONFLICT))
    broken = next((one for one in ran if not one.met), None)
    if broken is not None:
        raise Invalid(f"This is not saved: an example of {broken.app.name} says otherwise. {broken}")


def _redraw(tx: Tx, spec: ConflictSpec) -> None:
    """The cards of what waits show what conflicts by now."""
    keys = {app_of(ref) for _, ref in named_by(spec)}
    pending = select(Request).where(Request.state == RequestState.PENDING, Request.app_key.in_(keys))
    for request in tx.session.scalars(pending):
        if spec.concerns(access_ref(request.app_key, request.access_key)):
            screens.redraw_request(tx, request)
