"""What waits for somebody's manager, when the directory says that they have another one."""

from models.catalogue.approvers import Role
from models.lifecycle.people import open_requests
from models.lifecycle.request import decide
from models.registry.directory import Directory
from models.store.case import Case
from models.store.outcome import Outcome
from models.tables.requests import Request
from models.tables.states import RequestState

Managers = dict[int, tuple[str, str | None]]
"""By the request's id: the manager as the directory names them, and their id, as far as it is known."""


def asked(case: Case) -> Managers:
    """The managers whom the pending requests ask, or would ask, in the stage that is open now."""
    stages = open_requests.open_stages(case)
    waiting = {key: stage.beneficiary for key, stage in stages.items() if Role.MANAGER in stage.named}
    who = Directory(case)
    who.look_up(waiting.values())
    return {request_id: _manager(who, person_id) for request_id, person_id in waiting.items()}


def changed(out: Outcome, before: Managers) -> None:
    """Have every request looked at again that waits for another manager now: the directory was changed."""
    for request_id, manager in asked(out.case).items():
        if before.get(request_id) != manager:
            out.enqueue("manager", f"manager:{request_id}", request=request_id)


def ask_anew(out: Outcome, request_id: int) -> None:
    """Ask whoever is the manager now, once they are known."""
    request = out.case.lock(Request, request_id)
    if request is not None and request.state is RequestState.PENDING:
        decide.recheck_open_stage(out, request)


def unknown(case: Case, request_id: int) -> str:
    """The manager whom the directory names for this request, where nobody is known by that; else empty."""
    request = case.get_one(Request, request_id)
    who = Directory(case)
    named, manager_id = _manager(who, request.beneficiary_id)
    return "" if manager_id and who.person(manager_id) else named


def _manager(who: Directory, person_id: str) -> tuple[str, str | None]:
    person = who.person(person_id)
    return who.manager_named(person_id), person.manager_id if person else None
