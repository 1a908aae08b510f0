"""The same request or decision, sent twice.

What is pending or held already is refused. Who sent it a moment ago reads that it was taken: Slack did not
hear of that in time, and sent the form again.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import bindparam, select, text

from models.catalogue.spec.enums import RequestKind
from models.errors import SentAlready
from models.store.case import Case
from models.store.statements import among
from models.tables.grants import Grant
from models.tables.requests import DECISIONS, Request, Term
from models.tables.states import GrantState, RequestState
from models.text import join_words, tidy

A_MOMENT = timedelta(minutes=10)
"""Whoever sends the same after longer than this means it."""

Wanted = tuple[str, str, str]
"""Who would have it, the app's key and the access's."""
Row = TypeVar("Row", Request, Grant)

_CLOSED = (
    select(Request.access_key)
    .distinct()
    .where(
        Request.beneficiary_id == bindparam("person"),
        Request.app_key == bindparam("app"),
        among(Request.access_key, "accesses"),
        Request.kind != RequestKind.EXTEND,
        Request.closed_at.is_not(None),
    )
)
_HOLDS = (GrantState.SCHEDULED, GrantState.GRANTING, GrantState.ACTIVE)
_HELD = (
    select(Grant)
    .where(
        among(Grant.person_id, "people"),
        among(Grant.app_key, "apps"),
        among(Grant.access_key, "accesses"),
        text("grants.state IN ('scheduled', 'granting', 'active')"),
    )
    .order_by(Grant.id)
)
_PENDING = (
    select(Request)
    .where(
        among(Request.beneficiary_id, "people"),
        among(Request.app_key, "apps"),
        among(Request.access_key, "accesses"),
        text("requests.state = 'pending' AND requests.kind <> 'extend'"),
    )
    .order_by(Request.id)
)


def kinds_of(
    case: Case, beneficiary_id: str, app_key: str, access_keys: Iterable[str]
) -> dict[str, RequestKind]:
    """By access: a re-raise, where an earlier request for this person is closed, however; else a new one.

    It goes by what happened, not by the button that was pressed, so that nobody chooses which rules hold.
    """
    wanted = list(access_keys)
    before = set(case.read(_CLOSED, person=beneficiary_id, app=app_key, accesses=wanted))
    for request in _changed(case, Request):
        theirs = (request.beneficiary_id, request.app_key) == (beneficiary_id, app_key)
        if theirs and request.closed_at is not None and request.kind is not RequestKind.EXTEND:
            before.add(request.access_key)
    return {key: RequestKind.RERAISE if key in before else RequestKind.NEW for key in wanted}


def in_the_way(case: Case, wanted: Collection[Wanted]) -> dict[Wanted, Request | Grant]:
    """What is in the way of asking for these: a request that is pending already, or a grant that is held."""
    if not wanted:
        return {}
    within = {
        "people": sorted({person for person, _, _ in wanted}),
        "apps": sorted({app for _, app, _ in wanted}),
        "accesses": sorted({access for _, _, access in wanted}),
    }
    found: dict[Wanted, Request | Grant] = {}
    for grant in _by_now(case, Grant, case.read(_HELD, **within)):
        if grant.state in _HOLDS:
            found[grant.person_id, grant.app_key, grant.access_key] = grant
    for request in _by_now(case, Request, case.read(_PENDING, **within)):
        if request.state is RequestState.PENDING and request.kind is not RequestKind.EXTEND:
            found[request.beneficiary_id, request.app_key, request.access_key] = request
    return {key: row for key, row in found.items() if key in wanted}


def is_the_same(
    request: Request, by: str, term: Term, reason: str, now: datetime, *, emergency: bool = False
) -> bool:
    """Whether a request was made a moment ago of what this person sends now, with the same in it."""
    return (
        request.requester_id == by
        and now - request.created_at < A_MOMENT
        and (request.asked_term, request.reason, request.emergency)
        == (term.to_json(), tidy(reason), emergency)
    )


def refuse_decision(
    case: Case, request: Request, by: str, approves: bool, comment: str, term: Term | None
) -> None:
    """Raises SentAlready where this person has decided so on this request a moment ago."""
    this = (by, approves, tidy(comment), term.to_json() if term else None)
    for decision in case.all(DECISIONS, request.id):
        that = (decision.person_id, decision.approve, decision.comment, decision.term)
        if this == that and case.now - decision.at < A_MOMENT:
            raise SentAlready(f"We have it: your decision on {request.ref} was sent a moment ago.")


def taken(requests: Sequence[Request]) -> SentAlready:
    """What to say of these."""
    refs = sorted({request.ref for request in requests}, key=lambda ref: int(ref[3:]))
    if len(refs) == 1:
        return SentAlready(f"We have it: {refs[0]} was sent a moment ago. Its card shows how it goes on.")
    return SentAlready(
        f"We have it: {join_words(refs)} were sent a moment ago. Their cards show how it goes on."
    )


def _by_now(case: Case, table: type[Row], rows: Iterable[Row]) -> list[Row]:
    """Rows that a statement has read, as this unit leaves them, and all others that it has changed."""
    unchanged = [row for row in rows if row.id not in case.before.get(table, {})]
    return unchanged + _changed(case, table)


def _changed(case: Case, table: type[Row]) -> list[Row]:
    """The rows that this unit has added or changed, as they are by now."""
    rows = (case.get(table, key) for key in case.before.get(table, {}))
    return [row for row in rows if row is not None]
