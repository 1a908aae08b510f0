"""Find pending requests by the people and groups that their open stage asks, managers included."""

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import String, bindparam, cast, select, text

from models.catalogue.spec.references import ApproverRole, GroupRef, parse_approver
from models.lifecycle.request import decide
from models.registry.directory import Directory
from models.store.case import Case
from models.store.outcome import Outcome
from models.tables.base import Json
from models.tables.cards import Card, CardKind
from models.tables.people import UserGroup
from models.tables.requests import ASKED, STAGES, Asked, Request, Stage
from models.tables.states import RequestState

_PENDING = text("requests.state = 'pending'")
"""As literal SQL: with a bound value SQLite passes by the indexes of what is pending."""
_ASKING = (
    select(Asked.request_id)
    .join(Request, (Request.id == Asked.request_id) & (Request.position == Asked.position))
    .where(_PENDING, Asked.person_id == bindparam("person"))
)
_WITH_CARD = (
    select(Request.id)
    .join(Card, Card.about == "AR-" + cast(Request.id, String))
    .where(_PENDING, Card.kind == CardKind.APPROVAL, Card.person_id == bindparam("person"))
)
_OPEN_STAGES = (
    select(Request.id, Request.beneficiary_id, Stage.spec)
    .join(Stage, (Stage.request_id == Request.id) & (Stage.position == Request.position))
    .where(_PENDING)
)


class PendingStage(NamedTuple):
    """The open stage of a pending request, as the policy has it."""

    beneficiary: str
    spec: Json

    @property
    def approvers(self) -> tuple[str, ...]:
        """All approvers that it names, those included who are asked later."""
        return tuple(name for key in ("approvers", "quiet", "alternates") for name in self.spec.get(key, ()))


def pending_stages(case: Case) -> dict[int, PendingStage]:
    """The open stage of every pending request, by the request's id."""
    stages = {request_id: PendingStage(*others) for request_id, *others in case.read(_OPEN_STAGES)}
    for request in case.changed(Request):
        stages.pop(request.id, None)
        if request.state is RequestState.PENDING:
            stage = case.all(STAGES, request.id)[request.position]
            stages[request.id] = PendingStage(request.beneficiary_id, stage.spec)
    return stages


def requests_naming(case: Case, group: UserGroup) -> list[int]:
    """The ids of requests whose open stage names this group, by its id or its handle."""
    refs = {GroupRef(id=group.id), GroupRef(handle=group.handle)}
    return [
        request_id
        for request_id, stage in pending_stages(case).items()
        if refs & {parse_approver(name) for name in stage.approvers}
    ]


def requests_asking(case: Case, person_id: str) -> set[int]:
    """The ids of requests whose open stage asks this person."""
    added = {row.request_id for row in case.changed(Asked) if row.person_id == person_id}
    return added.union(case.read(_ASKING, person=person_id))


def requests_with_card(case: Case, person_id: str) -> set[int]:
    """The ids of requests of which this person has an approver's card."""
    return set(case.read(_WITH_CARD, person=person_id))


def lock_pending(case: Case, request_ids: Iterable[int]) -> list[Request]:
    """Lock those of these requests that are pending until the commit; returns them in order."""
    ids = sorted(set(request_ids))
    if ids:
        case.lock_now(Request, ids)
    held = [case.lock(Request, request_id) for request_id in ids]
    return [request for request in held if request is not None and request.state is RequestState.PENDING]


def lock_asking(case: Case, person_id: str) -> list[tuple[Request, Asked]]:
    """Lock the requests whose open stage asks this person; returns each with the row that asks them."""
    return [
        (request, asked)
        for request in lock_pending(case, requests_asking(case, person_id))
        for asked in case.all(ASKED, request.id)
        if (asked.position, asked.person_id) == (request.position, person_id)
    ]


Managers = dict[int, tuple[str, str | None]]
"""By the request's id: the manager as the directory names them, and their id, as far as it is known."""


def managers_of_pending(case: Case) -> Managers:
    """The managers that pending requests ask, or would ask, in their open stage."""
    stages = pending_stages(case)
    people = {
        key: stage.beneficiary for key, stage in stages.items() if ApproverRole.MANAGER in stage.approvers
    }
    who = Directory(case)
    who.look_up(people.values())
    return {request_id: _manager(who, person_id) for request_id, person_id in people.items()}


def enqueue_manager_changes(out: Outcome, before: Managers) -> None:
    """Enqueue a recheck of each request whose manager differs from `before`: the directory was changed."""
    for request_id, manager in managers_of_pending(out.case).items():
        if before.get(request_id) != manager:
            out.enqueue("manager", f"manager:{request_id}", request=request_id)


def ask_present_manager(out: Outcome, request_id: int) -> None:
    """Recheck the open stage of a request, once its present manager is known."""
    request = out.case.lock(Request, request_id)
    if request is not None and request.state is RequestState.PENDING:
        decide.recheck_open_stage(out, request)


def unknown_manager(case: Case, request_id: int) -> str:
    """The manager that the directory names for this request, where it is not known who that is; else ""."""
    request = case.get_one(Request, request_id)
    who = Directory(case)
    named, manager_id = _manager(who, request.beneficiary_id)
    return "" if manager_id and who.person(manager_id) else named


def _manager(who: Directory, person_id: str) -> tuple[str, str | None]:
    person = who.person(person_id)
    return who.manager_named(person_id), person.manager_id if person else None
