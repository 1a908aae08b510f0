"""Reviewing an emergency: somebody else than its user finds it justified, or misused."""

from datetime import timedelta

from sqlalchemy import select

from models.errors import Closed, Invalid, NotAllowed, NotFound, OwnRequest
from models.lifecycle import redraw
from models.lifecycle.grant import extensions, revoke
from models.lifecycle.references import lock_grant, lock_review, number_of
from models.lifecycle.request import reviewing
from models.registry.directory import UNMET, Directory, names_of
from models.registry.policy_snapshot import Snapshot
from models.store.tx import SYSTEM, Tx
from models.tables.cards import CardKind
from models.tables.grants import Cause
from models.tables.requests import Request
from models.tables.reviews import Review, ReviewState, open_review_of
from models.text_cleanup import tidy

COMMENT_LIMIT = 2000
LONGEST = timedelta(days=7)
"""Between two reminders, unless the first comes later."""


def may_close(tx: Tx, ref: str, by: str) -> Review:
    """Look whether this person may close the review now, and change nothing; raises as `justified` does."""
    return _open(tx, ref, by)[0]


def justified(tx: Tx, ref: str, by: str, comment: str = "") -> Review:
    """It was right to use it.

    Raises OwnRequest, NotAllowed, Closed or Invalid; each says who may or what is right.
    """
    review, request = _open(tx, ref, by)
    _close(tx, review, request, ReviewState.JUSTIFIED, by, _said(comment))
    return review


def misused(tx: Tx, ref: str, by: str, comment: str) -> Review:
    """It was not right; what is left of the access is taken away at once. Raises as `justified` does."""
    request = _request(tx, ref)
    if request.grant_id is not None:  # first, as everybody does who takes a grant away
        extensions.hold(tx, request.grant_id)
        lock_grant(tx, f"GR-{request.grant_id}")
    review, request = _open(tx, ref, by)
    comment = _said(comment)
    if not comment:
        raise Invalid("Say what was wrong with it.", field="comment")
    _close(tx, review, request, ReviewState.MISUSED, by, comment)
    _take(tx, request, by, comment)
    return review


def remind(tx: Tx, review: Review) -> None:
    """It is still open: ask again whoever may review it now, and wait longer before the next time."""
    request = tx.session.get_one(Request, review.request_id)
    spec = Snapshot.from_json(request.policy).policy.emergency
    within = spec.review_within if spec else LONGEST
    review.reminders += 1
    review.remind_at = tx.now + min(within * 2 ** min(review.reminders, 10), max(within, LONGEST))
    people = reviewing.ask(tx, review, request)
    for person_id in people:
        redraw.show(tx, CardKind.REVIEW, f"{review.ref}/{review.reminders}", request.ref, person_id)
    _record(tx, review, request, "review.reminded", SYSTEM, people=people)


def move_on(tx: Tx, person_id: str) -> None:
    """Somebody may review nothing any more: for their open reviews others are asked."""
    for review_id in tx.session.scalars(select(Review.id).where(open_review_of(person_id))).all():
        review = lock_review(tx, f"RV-{review_id}")
        if review.state is ReviewState.OPEN:
            reviewing.ask(tx, review, tx.session.get_one(Request, review.request_id))


def _request(tx: Tx, ref: str) -> Request:
    key = number_of(ref, "RV")
    found = select(Request).join(Review, Review.request_id == Request.id).where(Review.id == key)
    request = tx.session.scalars(found).one_or_none()
    if request is None:
        raise NotFound(f"There is no {ref}.")
    return request


def _open(tx: Tx, ref: str, by: str) -> tuple[Review, Request]:
    request, review = _request(tx, ref), lock_review(tx, ref)
    may = reviewing.reviewers(tx, request)
    if by in (request.requester_id, request.beneficiary_id):
        raise OwnRequest(_not_your_own(tx, may))
    if by not in may:
        raise NotAllowed(f"{review.ref} is not yours to close. It waits for {_names(tx, may) or 'an admin'}.")
    if Directory(tx.session).person(by) is None:
        raise NotAllowed(UNMET)
    if review.state is not ReviewState.OPEN:
        by_whom = _names(tx, (review.closed_by,)) if review.closed_by else "somebody"
        raise Closed(f"{by_whom} has closed {review.ref} already: {review.state}.")
    return review, request


def _not_your_own(tx: Tx, may: tuple[str, ...]) -> str:
    if may:
        return f"Nobody reviews their own emergency. This one waits for {_names(tx, may)}."
    return (
        "Nobody reviews their own emergency, and nobody else may review this one yet. "
        "Name another owner or admin, who can then close it."
    )


def _names(tx: Tx, people: tuple[str, ...]) -> str:
    names = names_of(tx.session, set(people))
    return " or ".join(names[one] for one in people[:5])


def _said(comment: str) -> str:
    comment = tidy(comment)
    if len(comment) > COMMENT_LIMIT:
        said = f"The comment has {len(comment)} characters. {COMMENT_LIMIT} fit."
        raise Invalid(said, field="comment")
    return comment


def _close(tx: Tx, review: Review, request: Request, state: ReviewState, by: str, comment: str) -> None:
    review.state, review.closed_by, review.note = state, by, comment
    review.closed_at, review.remind_at = tx.now, None
    _record(tx, review, request, f"review.{state}", by, note=comment)
    for person_id in dict.fromkeys((request.requester_id, request.beneficiary_id)):
        redraw.show(tx, CardKind.REVIEWED, review.ref, request.ref, person_id)
    redraw.redraw_request(tx, request)
    redraw.refresh_homes(tx, review.asked)


def _take(tx: Tx, request: Request, by: str, comment: str) -> None:
    if request.grant_id is None:
        return
    grant = lock_grant(tx, f"GR-{request.grant_id}")
    try:
        revoke.take_away(tx, grant, by, Cause.REVIEW, comment)
    except Closed:  # it is over, or on its way out
        return


def _record(tx: Tx, review: Review, request: Request, action: str, by: str, **data: object) -> None:
    tx.record(
        by,
        action,
        review.ref,
        app=request.app_key,
        person=request.beneficiary_id,
        request=request.ref,
        **data,
    )
