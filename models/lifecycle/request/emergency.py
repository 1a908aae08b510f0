"""Emergencies: access is approved at once, people are notified, and somebody else reviews it afterwards."""

from datetime import timedelta

from models.errors import Closed, Invalid, NotAllowed, NotFound, OwnRequest
from models.lifecycle import redraw, transitions
from models.lifecycle.grant import end_dates, revoke
from models.lifecycle.request.plan import question_of, unreviewed
from models.policy import EmergencyFollowUp, emergency_follow_up
from models.registry.by_reference import lock_grant, lock_review, number_of
from models.registry.directory import PERSON_UNKNOWN, Directory, names_of
from models.registry.policy_snapshot import policy_of
from models.store.case import Case
from models.store.outcome import SYSTEM, Outcome
from models.tables.cards import CardKind
from models.tables.grants import Cause
from models.tables.requests import Request
from models.tables.reviews import OPEN_REVIEWS, Review, ReviewState
from models.text import tidy_text

LONGEST_WAIT = timedelta(days=7)
"""Between two reminders, unless the first comes later."""


def begin_emergency(out: Outcome, request: Request) -> None:
    """Notify everybody who should know, and open the review.

    Several emergencies in a row are allowed, since in a real one a refusal does more harm. Each is reviewed
    on its own, and says how many of the same person for the same access are still unreviewed.
    """
    spec = policy_of(out.case, request.policy).policy.emergency
    people = _aftermath(out.case, request).notified
    review = out.add(
        Review,
        request_id=request.id,
        person_id=request.beneficiary_id,
        app_key=request.app_key,
        access_key=request.access_key,
        state=ReviewState.OPEN,
        asked=[],
        earlier=unreviewed(out.case, request.beneficiary_id, request.app_key, request.access_key),
        remind_at=out.now + spec.review_within if spec else out.now,
        created_at=out.now,
    )
    transitions.record_request(
        out,
        request,
        request.requester_id,
        "emergency.used",
        access=request.access_key,
        term=request.term,
        reason=request.reason,
        review=review.ref,
        earlier=review.earlier,
        told=list(people),
    )
    for person_id in people:
        redraw.want_card(out, CardKind.ALERT, request.ref, request.ref, person_id)
    ask_reviewers(out, review, request)


def reviewers(case: Case, request: Request) -> tuple[str, ...]:
    """The people who may review this emergency now; never its requester or beneficiary."""
    return _aftermath(case, request).reviewers


def ask_reviewers(out: Outcome, review: Review, request: Request) -> list[str]:
    """Ask whoever may review it now, by the card about the emergency; returns who gets that card.

    Where nobody may, all admins get it, even the one whom it is about: the card says what to do.
    """
    before, asked = list(review.asked), list(reviewers(out.case, request))
    review = out.change(review, asked=asked)
    if asked != before or not before:
        _record(out, review, request, "review.open", SYSTEM, asked=asked)
    people = asked or list(Directory(out.case).admins())
    for person_id in people:
        redraw.want_card(out, CardKind.ALERT, request.ref, request.ref, person_id)
    redraw.redraw_cards(out, request.ref)
    redraw.refresh_homes(out, {*before, *people})
    return people


def _record(out: Outcome, review: Review, request: Request, action: str, by: str, /, **data: object) -> None:
    """Write an audit entry about a review; it names the app and who had the access."""
    out.record(
        by,
        action,
        review.ref,
        app=request.app_key,
        person=request.beneficiary_id,
        request=request.ref,
        **data,
    )


def _aftermath(case: Case, request: Request) -> EmergencyFollowUp:
    question = question_of(request, policy_of(case, request.policy), case.now)
    return emergency_follow_up(question, Directory(case))


def may_close_review(case: Case, ref: str, by: str) -> Review:
    """Return the review, if this person may close it now; raises as `mark_justified` does."""
    return _open_review(case, ref, by)[0]


def mark_justified(out: Outcome, ref: str, by: str, comment: str = "") -> Review:
    """Close the review: it was right to use the emergency.

    Raises:
        OwnRequest: `by` requested or had the access.
        NotAllowed: `by` may not review it; says who can.
        Closed: The review is closed already.
        Invalid: The comment is too long; field "comment".
    """
    review, request = _open_review(out.case, ref, by)
    return _close(out, review, request, ReviewState.JUSTIFIED, by, tidy_text(comment, "The comment"))


def mark_misused(out: Outcome, ref: str, by: str, comment: str) -> Review:
    """Close the review: it was not right, so what is left of the access is revoked at once.

    Raises:
        Invalid: The comment is missing or too long; field "comment". The rest as `mark_justified` does.
    """
    request = _request(out.case, ref)
    if request.grant_id is not None:  # the grant first, as in every revocation
        end_dates.lock_extensions(out.case, request.grant_id)
        lock_grant(out.case, f"GR-{request.grant_id}")
    review, request = _open_review(out.case, ref, by)
    comment = tidy_text(comment, "The comment")
    if not comment:
        raise Invalid("Say what was wrong with it.", field="comment")
    review = _close(out, review, request, ReviewState.MISUSED, by, comment)
    _revoke_rest(out, request, by, comment)
    return review


def remind_reviewers(out: Outcome, review: Review) -> None:
    """Remind whoever may review it now; the interval to the next reminder doubles, up to `LONGEST_WAIT`."""
    request = out.case.get_one(Request, review.request_id)
    spec = policy_of(out.case, request.policy).policy.emergency
    within = spec.review_within if spec else LONGEST_WAIT
    number = review.reminders + 1
    wait = min(within * 2 ** min(number, 10), max(within, LONGEST_WAIT))
    review = out.change(review, reminders=number, remind_at=out.now + wait)
    people = ask_reviewers(out, review, request)
    for person_id in people:
        redraw.want_card(out, CardKind.REVIEW, f"{review.ref}/{number}", request.ref, person_id)
    _record(out, review, request, "review.reminded", SYSTEM, people=people)


def ask_other_reviewers(out: Outcome, person_id: str) -> None:
    """Ask again for the open reviews that ask this person: they may not review any more."""
    theirs = [review for review in out.case.all(OPEN_REVIEWS) if person_id in review.asked]
    out.case.hand(Request, [review.request_id for review in theirs])
    for each in theirs:
        review = lock_review(out.case, each.ref)
        if review.state is ReviewState.OPEN:
            ask_reviewers(out, review, out.case.get_one(Request, review.request_id))


def _request(case: Case, ref: str) -> Request:
    review = case.get(Review, number_of(ref, "RV"))
    if review is None:
        raise NotFound(f"There is no {ref}.")
    return case.get_one(Request, review.request_id)


def _open_review(case: Case, ref: str, by: str) -> tuple[Review, Request]:
    review = lock_review(case, ref)
    request = case.get_one(Request, review.request_id)
    may = reviewers(case, request)
    if by in (request.requester_id, request.beneficiary_id):
        raise OwnRequest(_not_your_own(case, may))
    if by not in may:
        waits_for = _names(case, may) or "an admin"
        raise NotAllowed(f"You can't review {review.ref}. It waits for {waits_for}.")
    if Directory(case).person(by) is None:
        raise NotAllowed(PERSON_UNKNOWN)
    if review.state is not ReviewState.OPEN:
        by_whom = _names(case, (review.closed_by,)) if review.closed_by else "somebody"
        raise Closed(f"{by_whom} has already closed {review.ref}: {review.state}.")
    return review, request


def _not_your_own(case: Case, may: tuple[str, ...]) -> str:
    if may:
        return f"You can't review your own emergency. This one waits for {_names(case, may)}."
    return (
        "You can't review your own emergency, and there is nobody else to review it. Add another "
        "owner or admin."
    )


def _names(case: Case, people: tuple[str, ...]) -> str:
    names = names_of(case, set(people))
    return " or ".join(names[person_id] for person_id in people[:5])


def _close(
    out: Outcome, review: Review, request: Request, state: ReviewState, by: str, comment: str
) -> Review:
    review = out.change(review, state=state, closed_by=by, note=comment, closed_at=out.now, remind_at=None)
    _record(out, review, request, f"review.{state}", by, note=comment)
    for person_id in dict.fromkeys((request.requester_id, request.beneficiary_id)):
        redraw.want_card(out, CardKind.REVIEWED, review.ref, request.ref, person_id)
    redraw.redraw_request(out, request)
    redraw.refresh_homes(out, review.asked)
    return review


def _revoke_rest(out: Outcome, request: Request, by: str, comment: str) -> None:
    """Revoke the grant, unless it is over or being revoked."""
    if request.grant_id is None:
        return
    grant = lock_grant(out.case, f"GR-{request.grant_id}")
    if revoke.can_be_revoked(grant):
        revoke.revoke_grant(out, grant, by, Cause.REVIEW, comment)
