"""The pending requests by whom their open stage asks, managers included."""

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


class OpenStage(NamedTuple):
    """The stage that a pending request waits at, as the policy has it."""

    beneficiary: str
    spec: Json

    @property
    def named(self) -> tuple[str, ...]:
        """All whom it names, those included who are asked later."""
        return tuple(name for key in ("approvers", "quiet", "alternates") for name in self.spec.get(key, ()))


def open_stages(case: Case) -> dict[int, OpenStage]:
    """The open stage of every pending request, by the request's id."""
    found = {request_id: OpenStage(*others) for request_id, *others in case.read(_OPEN_STAGES)}
    for request_id in case.before.get(Request, ()):
        found.pop(request_id, None)
        request = case.get(Request, request_id)
        if request is not None and request.state is RequestState.PENDING:
            stage = case.all(STAGES, request_id)[request.position]
            found[request_id] = OpenStage(request.beneficiary_id, stage.spec)
    return found


def naming(case: Case, group: UserGroup) -> list[int]:
    """The ids of those whose open stage names this group, by its id or its handle."""
    refs = {GroupRef(id=group.id), GroupRef(handle=group.handle)}
    return [
        request_id
        for request_id, stage in open_stages(case).items()
        if refs & {parse_approver(name) for name in stage.named}
    ]


def asking(case: Case, person_id: str) -> set[int]:
    """The ids of those whose open stage asks this person."""
    added = {request_id for request_id, _, asked in case.before.get(Asked, ()) if asked == person_id}
    return added.union(case.read(_ASKING, person=person_id))


def with_card(case: Case, person_id: str) -> set[int]:
    """The ids of those of which this person has an approver's card."""
    return set(case.read(_WITH_CARD, person=person_id))


def hold(case: Case, request_ids: Iterable[int]) -> list[Request]:
    """Those of these requests that are pending, in order, held until the commit and read at once."""
    ids = sorted(set(request_ids))
    if ids:
        case.lock_now(Request, ids)
    held = [case.lock(Request, request_id) for request_id in ids]
    return [request for request in held if request is not None and request.state is RequestState.PENDING]


def hold_asking(case: Case, person_id: str) -> list[tuple[Request, Asked]]:
    """The requests whose open stage asks this person, held until the commit, and as what it asks them."""
    return [
        (request, asked)
        for request in hold(case, asking(case, person_id))
        for asked in case.all(ASKED, request.id)
        if (asked.position, asked.person_id) == (request.position, person_id)
    ]


Managers = dict[int, tuple[str, str | None]]
"""By the request's id: the manager as the directory names them, and their id, as far as it is known."""


def asked(case: Case) -> Managers:
    """The managers whom the pending requests ask, or would ask, in the stage that is open now."""
    stages = open_stages(case)
    waiting = {key: stage.beneficiary for key, stage in stages.items() if ApproverRole.MANAGER in stage.named}
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
