"""Detect duplicates: an access that is requested or held already, a form that Slack sent twice.

Somebody who sent the very same a moment ago is told that it was taken: Slack did not get the answer in time,
and sent the form again.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import NoReturn, TypeVar

from sqlalchemy import bindparam, select, text

from models.catalogue.spec.enums import RequestKind
from models.errors import SentAlready
from models.statements import among
from models.store.case import Case
from models.tables.grants import Grant
from models.tables.requests import DECISIONS, Request, Term
from models.tables.states import GrantState, RequestState
from models.text import join_words, tidy

RESEND_WINDOW = timedelta(minutes=10)
"""The same form within this time is a repetition; after it, a new wish."""

PersonAccess = tuple[str, str, str]
"""The beneficiary's id, the app's key and the access's."""
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
    """The kind of a request by access: RERAISE where an earlier one for this person is closed, else NEW.

    It goes by what happened, not by the button that was pressed, so that nobody chooses which rules apply.
    """
    wanted = list(access_keys)
    before = set(case.read(_CLOSED, person=beneficiary_id, app=app_key, accesses=wanted))
    for request in case.changed(Request):
        theirs = (request.beneficiary_id, request.app_key) == (beneficiary_id, app_key)
        if theirs and request.closed_at is not None and request.kind is not RequestKind.EXTEND:
            before.add(request.access_key)
    return {key: RequestKind.RERAISE if key in before else RequestKind.NEW for key in wanted}


def pending_or_held(case: Case, wanted: Collection[PersonAccess]) -> dict[PersonAccess, Request | Grant]:
    """What keeps these accesses from being requested: a pending request, or a live grant."""
    if not wanted:
        return {}
    within = {
        "people": sorted({person for person, _, _ in wanted}),
        "apps": sorted({app for _, app, _ in wanted}),
        "accesses": sorted({access for _, _, access in wanted}),
    }
    found: dict[PersonAccess, Request | Grant] = {}
    for grant in _with_changes(case, Grant, case.read(_HELD, **within)):
        if grant.state in _HOLDS:
            found[grant.person_id, grant.app_key, grant.access_key] = grant
    for request in _with_changes(case, Request, case.read(_PENDING, **within)):
        if request.state is RequestState.PENDING and request.kind is not RequestKind.EXTEND:
            found[request.beneficiary_id, request.app_key, request.access_key] = request
    return {key: row for key, row in found.items() if key in wanted}


def is_resent(
    request: Request, by: str, term: Term, reason: str, now: datetime, *, emergency: bool = False
) -> bool:
    """Whether this person sent the same request within `RESEND_WINDOW`, with the same content."""
    return (
        request.requester_id == by
        and now - request.created_at < RESEND_WINDOW
        and (request.asked_term, request.reason, request.emergency)
        == (term.to_json(), tidy(reason), emergency)
    )


def refuse_resent_decision(
    case: Case, request: Request, by: str, approves: bool, comment: str, term: Term | None
) -> None:
    """Refuse a decision that this person sent within `RESEND_WINDOW`, with the same content.

    Raises:
        SentAlready: It was taken.
    """
    this = (by, approves, tidy(comment), term.to_json() if term else None)
    for decision in case.all(DECISIONS, request.id):
        that = (decision.person_id, decision.approve, decision.comment, decision.term)
        if this == that and case.now - decision.at < RESEND_WINDOW:
            raise SentAlready(f"Received: your decision on {request.ref} was sent a moment ago.")


def refuse_resent_form(requests: Sequence[Request]) -> NoReturn:
    """Refuse a form whose requests were taken a moment ago.

    Raises:
        SentAlready: Always; names the requests.
    """
    refs = sorted({request.ref for request in requests}, key=lambda ref: int(ref[3:]))
    if len(refs) == 1:
        raise SentAlready(f"Received: {refs[0]} was sent a moment ago. Its card shows what happens next.")
    raise SentAlready(
        f"Received: {join_words(refs)} were sent a moment ago. Their cards show what happens next."
    )


def _with_changes(case: Case, table: type[Row], rows: Iterable[Row]) -> list[Row]:
    """These rows as the unit of work leaves them, and all others that it has changed."""
    unchanged = [row for row in rows if row.id not in case.before.get(table, {})]
    return unchanged + case.changed(table)
