"""Reviewing an emergency: somebody else than its user finds it justified, or misused."""

from datetime import timedelta

from models.errors import Closed, Invalid, NotAllowed, NotFound, OwnRequest
from models.lifecycle import redraw
from models.lifecycle.grant import end_dates, revoke
from models.lifecycle.request import emergency
from models.registry.by_reference import lock_grant, lock_review, number_of
from models.registry.directory import UNMET, Directory, names_of
from models.registry.policy_snapshot import policy_of
from models.store.case import Case
from models.store.outcome import SYSTEM, Outcome
from models.tables.cards import CardKind
from models.tables.grants import Cause
from models.tables.requests import Request
from models.tables.reviews import OPEN_REVIEWS, Review, ReviewState
from models.text import tidy

COMMENT_LIMIT = 2000
LONGEST = timedelta(days=7)
"""Between two reminders, unless the first comes later."""


def may_close(case: Case, ref: str, by: str) -> Review:
    """Look whether this person may close the review now; raises as `justified` does."""
    return _open(case, ref, by)[0]


def justified(out: Outcome, ref: str, by: str, comment: str = "") -> Review:
    """Close the review: it was right to use the emergency.

    Raises OwnRequest, NotAllowed, Closed or Invalid; each says who may or what is right.
    """
    review, request = _open(out.case, ref, by)
    return _close(out, review, request, ReviewState.JUSTIFIED, by, _fitting(comment))


def misused(out: Outcome, ref: str, by: str, comment: str) -> Review:
    """Close the review: it was not right, so what is left of the access is taken away at once.

    Raises as `justified` does.
    """
    request = _request(out.case, ref)
    if request.grant_id is not None:  # first, as everybody does who takes a grant away
        end_dates.hold(out.case, request.grant_id)
        lock_grant(out.case, f"GR-{request.grant_id}")
    review, request = _open(out.case, ref, by)
    comment = _fitting(comment)
    if not comment:
        raise Invalid("Say what was wrong with it.", field="comment")
    review = _close(out, review, request, ReviewState.MISUSED, by, comment)
    _take_away(out, request, by, comment)
    return review


def remind(out: Outcome, review: Review) -> None:
    """Ask again whoever may review it now, and wait longer before the next time."""
    request = out.case.get_one(Request, review.request_id)
    spec = policy_of(out.case, request.policy).policy.emergency
    within = spec.review_within if spec else LONGEST
    number = review.reminders + 1
    wait = min(within * 2 ** min(number, 10), max(within, LONGEST))
    review = out.change(review, reminders=number, remind_at=out.now + wait)
    people = emergency.ask(out, review, request)
    for person_id in people:
        redraw.show(out, CardKind.REVIEW, f"{review.ref}/{number}", request.ref, person_id)
    emergency.record(out, review, request, "review.reminded", SYSTEM, people=people)


def move_on(out: Outcome, person_id: str) -> None:
    """Ask others for the open reviews of somebody who may review nothing any more."""
    theirs = [review for review in out.case.all(OPEN_REVIEWS) if person_id in review.asked]
    out.case.hand(Request, [review.request_id for review in theirs])
    for each in theirs:
        review = lock_review(out.case, each.ref)
        if review.state is ReviewState.OPEN:
            emergency.ask(out, review, out.case.get_one(Request, review.request_id))


def _request(case: Case, ref: str) -> Request:
    review = case.get(Review, number_of(ref, "RV"))
    if review is None:
        raise NotFound(f"There is no {ref}.")
    return case.get_one(Request, review.request_id)


def _open(case: Case, ref: str, by: str) -> tuple[Review, Request]:
    review = lock_review(case, ref)
    request = case.get_one(Request, review.request_id)
    may = emergency.reviewers(case, request)
    if by in (request.requester_id, request.beneficiary_id):
        raise OwnRequest(_not_your_own(case, may))
    if by not in may:
        waits_for = _names(case, may) or "an admin"
        raise NotAllowed(f"{review.ref} is not yours to close. It waits for {waits_for}.")
    if Directory(case).person(by) is None:
        raise NotAllowed(UNMET)
    if review.state is not ReviewState.OPEN:
        by_whom = _names(case, (review.closed_by,)) if review.closed_by else "somebody"
        raise Closed(f"{by_whom} has closed {review.ref} already: {review.state}.")
    return review, request


def _not_your_own(case: Case, may: tuple[str, ...]) -> str:
    if may:
        return f"Nobody reviews their own emergency. This one waits for {_names(case, may)}."
    return (
        "Nobody reviews their own emergency, and nobody else may review this one yet. "
        "Name another owner or admin, who can then close it."
    )


def _names(case: Case, people: tuple[str, ...]) -> str:
    names = names_of(case, set(people))
    return " or ".join(names[person_id] for person_id in people[:5])


def _fitting(comment: str) -> str:
    """The comment as it is kept; raises Invalid where it is too long."""
    comment = tidy(comment)
    if len(comment) > COMMENT_LIMIT:
        sentence = f"The comment has {len(comment)} characters. {COMMENT_LIMIT} fit."
        raise Invalid(sentence, field="comment")
    return comment


def _close(
    out: Outcome, review: Review, request: Request, state: ReviewState, by: str, comment: str
) -> Review:
    review = out.change(review, state=state, closed_by=by, note=comment, closed_at=out.now, remind_at=None)
    emergency.record(out, review, request, f"review.{state}", by, note=comment)
    for person_id in dict.fromkeys((request.requester_id, request.beneficiary_id)):
        redraw.show(out, CardKind.REVIEWED, review.ref, request.ref, person_id)
    redraw.redraw_request(out, request)
    redraw.refresh_homes(out, review.asked)
    return review


def _take_away(out: Outcome, request: Request, by: str, comment: str) -> None:
    """Take what is left of the access, unless it is over or on its way out."""
    if request.grant_id is None:
        return
    grant = lock_grant(out.case, f"GR-{request.grant_id}")
    if revoke.can_be_taken(grant):
        revoke.take_away(out, grant, by, Cause.REVIEW, comment)
