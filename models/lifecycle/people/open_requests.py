"""The pending requests by whom their open stage asks: as this unit of work leaves them."""

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import String, bindparam, cast, select, text

from models.catalogue.approvers import GroupRef, parse_approver
from models.store.case import Case
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
