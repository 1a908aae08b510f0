"""Reassign a decision to somebody better suited: by whoever is asked, by an owner, or by an admin."""

from collections.abc import Collection
from dataclasses import dataclass

from models.catalogue.spec import ApproverRole, Reassign
from models.errors import Invalid, NotAllowed, NotAnApprover, OwnRequest
from models.lifecycle import redraw, transitions
from models.lifecycle.request import decide, stages
from models.lifecycle.request.plan import question_of
from models.lifecycle.request.stages import OpenStage
from models.policy import PersonFacts, Question
from models.policy.approvers import find_candidates, why_not_approver
from models.registry.by_reference import lock_request
from models.registry.policy_snapshot import stage_spec
from models.store.case import Case
from models.store.outcome import Outcome
from models.tables.cards import CardKind
from models.tables.requests import STAGES, Reassignment, Request
from models.text import tidy_text

NOTE_LIMIT = 500
_MOST_NAMED = 5


@dataclass(frozen=True)
class Reassignable:
    """The decisions on a request that somebody can reassign."""

    request: Request
    seats: tuple[str, ...]
    """Whose decision it can be, their own first. One empty id where nobody is asked."""
    anyone: bool
    """Whether anybody can be chosen, and not only those who may decide on such requests anyway."""


def may_reassign(case: Case, ref: str, by: str) -> Reassignable:
    """Return what this person can reassign now; raises as `reassign` does."""
    return _reassignable(_open_stage(case, ref), by)


def reassign(out: Outcome, ref: str, by: str, to: str, *, seat: str, note: str = "") -> Request:
    """Have `to` decide in the place of `seat` (an id; empty where nobody is asked), from now on.

    Raises:
        OwnRequest: It is about a request of `by`.
        NotAnApprover: `by` is not asked, no owner and no admin.
        NotAllowed: The app's decisions cannot be reassigned.
        Closed: The request is not pending any more.
        Invalid: `to` cannot decide, or the note is too long; field "person", "seat" or "note".
    """
    stage = _open_stage(out.case, ref)
    if seat not in _reassignable(stage, by).seats:
        raise Invalid("This approver is no longer asked. Choose again.", field="seat")
    note = tidy_text(note, "The note", field="note", limit=NOTE_LIMIT)
    _check_approver(out.case, stage, by, to)
    row = out.add(
        Reassignment,
        request_id=stage.request.id,
        position=stage.row.position,
        seat_id=seat,
        to_id=to,
        by_id=by,
        note=note,
        at=out.now,
    )
    return _carry_out(out, stage, row)


def _open_stage(case: Case, ref: str) -> OpenStage:
    return stages.current_stage(case, decide.only_pending(case, lock_request(case, ref)))


def _reassignable(stage: OpenStage, by: str) -> Reassignable:
    request, snapshot, who = stage.request, stage.sources.snapshot, stage.sources.who
    if by in (request.requester_id, request.beneficiary_id):
        raise OwnRequest("You can't choose who decides on your own request.")
    person, mine = who.person(by), stage.candidate(by)
    fit = person is not None and person.unfit is None
    in_charge = person is not None and fit and (who.is_admin(by) or snapshot.owned_by(person))
    if not fit or not (in_charge or mine):
        raise NotAnApprover(
            f"Only approvers of {request.ref}, owners of {request.app_name} and admins can reassign it."
        )
    if snapshot.policy.reassign is Reassign.NOBODY:
        raise NotAllowed(f"{request.app_name} doesn't allow approvers to reassign decisions.")
    own = (mine.votes_for,) if mine else ()
    others = stage.plan.voters or ("",)
    seats = tuple(dict.fromkeys((*own, *others))) if in_charge else own
    return Reassignable(request, seats, anyone=snapshot.policy.reassign is Reassign.ANYONE)


def _check_approver(case: Case, stage: OpenStage, by: str, to: str) -> None:
    """Check that `to` can decide on the request.

    Raises:
        Invalid: They cannot, with the reason; field "person".
    """
    snapshot, who = stage.sources.snapshot, stage.sources.who
    question = question_of(stage.request, snapshot, case.now)
    person = who.person(to)
    late = stage.row.escalated_at is not None  # whoever is in charge may step in themselves
    if to == by and not late:
        raise Invalid("Choose someone else, not yourself.", field="person")
    if person is None:
        raise Invalid("Keyturn doesn't know this person. Choose someone else.", field="person")
    if to in question.people:
        raise Invalid(f"{person.name} can't decide on their own request.", field="person")
    asked = {candidate.person_id for candidate in stage.plan.asked}
    if to in asked:
        raise Invalid(f"{person.name} is already asked. Choose someone else.", field="person")
    if problem := why_not_approver(person, question, stage.course.already_voted):
        raise Invalid(f"{person.name} {problem}, so they can't decide on it.", field="person")
    if snapshot.policy.reassign is Reassign.ELIGIBLE:
        besides = asked if late else asked | {by}
        _check_eligible(case, stage, question, person, besides=besides)


def _check_eligible(
    case: Case, stage: OpenStage, question: Question, to: PersonFacts, *, besides: Collection[str]
) -> None:
    """Check that `to` may decide on such requests anyway.

    Raises:
        Invalid: They may not; names others, but nobody of `besides`, who are asked already.
    """
    request, who = stage.request, stage.sources.who
    named = [name for row in case.all(STAGES, request.id) for name in stage_spec(row).deciders_and_alternates]
    eligible = find_candidates(
        dict.fromkeys((*named, ApproverRole.OWNERS, ApproverRole.ADMINS)), question, who, ineligible={}
    ).voters
    if to.id in eligible:
        return
    left = [person_id for person_id in eligible if person_id not in besides]
    names = [person.name for person_id in left[:_MOST_NAMED] if (person := who.person(person_id))]
    more = f" and {len(left) - _MOST_NAMED} more" if len(left) > _MOST_NAMED else ""
    others = f"These can: {', '.join(names)}{more}." if names else "Everyone else who can is already asked."
    raise Invalid(f"{to.name} can't decide on {request.app_name}. {others}", field="person")


def _carry_out(out: Outcome, stage: OpenStage, row: Reassignment) -> Request:
    request = stage.request
    transitions.record_request(
        out,
        request,
        row.by_id,
        "stage.reassigned",
        stage=stage.row.name,
        position=row.position,
        seat=row.seat_id,
        to=row.to_id,
        note=row.note,
    )
    if stage.row.channel:  # who comes in from outside need not be in the channel
        redraw.want_card(out, CardKind.APPROVAL, request.ref, request.ref, row.to_id)
    return decide.recheck_open_stage(out, request)
