"""What waits for somebody's manager, when the directory says that they have another one."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.catalogue.approvers import Role
from models.lifecycle.request import decide
from models.registry.directory import Directory
from models.store.tx import Tx
from models.tables.requests import Request, Stage
from models.tables.states import RequestState

Managers = dict[int, tuple[str, str | None]]
"""By the request's id: the manager as the directory names them, and their id, as far as it is known."""


def asked(session: Session) -> Managers:
    """The managers whom the pending requests ask, or would ask, in the stage that is open now."""
    open_now = (Stage.request_id == Request.id) & (Stage.position == Request.position)
    found = (
        select(Request.id, Request.beneficiary_id, Stage.spec)
        .join(Stage, open_now)
        .where(Request.state == RequestState.PENDING)
    )
    who = Directory(session)
    return {
        request_id: _manager(who, person_id)
        for request_id, person_id, spec in session.execute(found)
        if any(Role.MANAGER in spec.get(key, ()) for key in ("approvers", "alternates", "quiet"))
    }


def changed(tx: Tx, before: Managers) -> None:
    """The directory was changed: have every request looked at again that waits for another manager now."""
    tx.session.flush()
    for request_id, manager in asked(tx.session).items():
        if before.get(request_id) != manager:
            tx.enqueue("manager", f"manager:{request_id}", request=request_id)


def ask_anew(tx: Tx, request_id: int) -> None:
    """Ask whoever is the manager now, once they are known."""
    request = tx.locked(Request, request_id)
    if request is not None and request.state is RequestState.PENDING:
        decide.look_again(tx, request)


def unknown(session: Session, request_id: int) -> str:
    """The manager whom the directory names for this request, where nobody is known by that; else empty."""
    request = session.get_one(Request, request_id)
    who = Directory(session)
    named, manager_id = _manager(who, request.beneficiary_id)
    return "" if manager_id and who.person(manager_id) else named


def _manager(who: Directory, person_id: str) -> tuple[str, str | None]:
    person = who.person(person_id)
    return who.manager_named(person_id), person.manager_id if person else None
