"""What a decision on a request looks at, read ahead for all that are decided together."""

from collections.abc import Callable, Collection
from typing import Any

from sqlalchemy import and_, exists, not_, select

from models.registry.apps import REVISION
from models.statements import Read, among
from models.store.case import Case
from models.store.prefetch import Lookahead, makes_trips, prefetch
from models.tables.grants import BEING_TAKEN, Grant
from models.tables.people import ABSENCES, Person
from models.tables.requests import DECISIONS, REASSIGNED, STAGES, Asked, Request, Stage
from models.tables.states import RequestState
from models.tables.workspace import Setting

_ASKED = select(Person).where(
    Person.id.in_(select(Asked.person_id).where(among(Asked.request_id, "requests")))
)
_later: Any = Stage.__table__.alias()
_ONE_MORE_APPROVES = (
    select(Request.id)
    .join(Stage, and_(Stage.request_id == Request.id, Stage.position == Request.position))
    .where(
        among(Request.id, "requests"),
        Request.grant_id.is_(None),
        Stage.rule == "any",
        not_(exists().where(_later.c.request_id == Request.id, _later.c.position > Request.position)),
    )
)
"""Requests that the next approval makes grants of: those get numbers."""


def read_ahead(case: Case, request: Request, by: str, *, approves: bool) -> None:
    """Read at once what this decision looks at, and what those on other requests in hand will."""
    if not makes_trips(case):
        return
    requests = pending_in_hand(case, request, read_ahead)
    if requests:
        prefetch(case, _of_decisions(requests, by, approves=approves))


def _of_decisions(requests: Collection[Request], by: str, *, approves: bool) -> Lookahead:
    ids = [one.id for one in requests]
    beneficiaries = {one.beneficiary_id for one in requests}
    people = {by, *beneficiaries, *(one.requester_id for one in requests)}
    return Lookahead(
        groups=[
            *((of, ids) for of in (STAGES, DECISIONS, REASSIGNED)),
            (BEING_TAKEN, beneficiaries),
            (ABSENCES, [None]),
        ],
        rows=[(Person, people), (Setting, [REVISION])],
        others=[Read(_ASKED, {"requests": ids})],
        numbers={Grant: Read(_ONE_MORE_APPROVES, {"requests": ids})} if approves else {},
    )


def pending_in_hand(case: Case, request: Request, by: Callable[..., None]) -> list[Request]:
    """This request and all that are in hand and pending; none of them where `by` had it before."""
    had: set[int] = case.keep(by, set)
    if request.id in had:
        return []
    others = [r for r in case.in_hand(Request) if r.state is RequestState.PENDING and r.id not in had]
    had |= {request.id, *(other.id for other in others)}
    return [request, *(other for other in others if other.id != request.id)]
