"""An emergency: access was approved at once, so all who should know hear of it, and somebody reviews it."""

from models.lifecycle import redraw, transitions
from models.lifecycle.request.plan import question_of
from models.policy import EmergencyFollowUp, emergency_follow_up
from models.registry.directory import Directory
from models.registry.policy_snapshot import policy_of
from models.registry.reviews import unreviewed
from models.store.case import Case
from models.store.outcome import SYSTEM, Outcome
from models.tables.cards import CardKind
from models.tables.requests import Request
from models.tables.reviews import Review, ReviewState


def begin(out: Outcome, request: Request) -> None:
    """Tell everybody, and open the review.

    Several emergencies in a row are allowed, since in a true one a refusal does more harm; each is told of
    and reviewed on its own, and says how many of the same person for the same access are still unreviewed.
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
    transitions.of_request(
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
        redraw.show(out, CardKind.ALERT, request.ref, request.ref, person_id)
    ask(out, review, request)


def reviewers(case: Case, request: Request) -> tuple[str, ...]:
    """Who may review this emergency now; never who asked for it or had it."""
    return _aftermath(case, request).reviewers


def ask(out: Outcome, review: Review, request: Request) -> list[str]:
    """Ask whoever may review it now, by the card about the emergency; returns who has that card for it.

    Where nobody may, these are all the admins, even the one whom it is about: the card says what to do.
    """
    before, asked = list(review.asked), list(reviewers(out.case, request))
    review = out.change(review, asked=asked)
    if asked != before or not before:
        record(out, review, request, "review.open", SYSTEM, asked=asked)
    people = asked or list(Directory(out.case).admins())
    for person_id in people:
        redraw.show(out, CardKind.ALERT, request.ref, request.ref, person_id)
    redraw.redraw(out, request.ref)
    redraw.refresh_homes(out, {*before, *people})
    return people


def record(out: Outcome, review: Review, request: Request, action: str, by: str, /, **data: object) -> None:
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
