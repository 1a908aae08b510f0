"""Approve or reject a request, and what a decision's comment has to say."""

from models.errors import AlreadyDecided, Closed, Invalid, NotAllowed, NotAnApprover, OwnRequest
from models.lifecycle import redraw, separation_of_duties, transitions
from models.lifecycle.close_request import close_request
from models.lifecycle.request import change_duration, duplicates, look_ahead, stages
from models.lifecycle.request.stages import OpenStage
from models.policy import Conflict, TallyStatus
from models.policy.approvers import is_barred_from_own
from models.registry.by_reference import lock_request
from models.registry.directory import UNMET, names_of
from models.registry.policy_snapshot import policy_of
from models.store.case import Case
from models.store.outcome import SYSTEM, Outcome
from models.tables.requests import Decision, Request, Term
from models.tables.states import RequestEvent, RequestState, StageState
from models.text import join_words, tidy

COMMENT_LIMIT = 2000


def fitting(case: Case, request: Request, comment: str, *, approves: bool) -> str:
    """The comment as it is kept.

    Raises Invalid (field "comment") where it is too long, or missing and needed by the policy of the request.
    """
    comment = tidy(comment)
    if len(comment) > COMMENT_LIMIT:
        raise Invalid(f"The comment has {len(comment)} characters. {COMMENT_LIMIT} fit.", field="comment")
    policy = policy_of(case, request.policy).policy
    if not comment and policy.decision_comment.needed(approves=approves):
        raise Invalid(_missing(request, approves=approves), field="comment")
    return comment


def _missing(request: Request, *, approves: bool) -> str:
    if approves:
        return f"Say why you approve it. {request.app_name} wants a comment with every decision."
    return f"Say why you reject it. {request.app_name} wants to know that."


MAX_NAMES = 5
"""How many people a refusal names before it counts the rest."""


def approve(out: Outcome, ref: str, by: str, *, comment: str = "", term: Term | None = None) -> Request:
    """Approve, with `term` where the approver changes the duration. Returns the request as it stands then.

    Raises NotAnApprover, OwnRequest, AlreadyDecided, Closed or Invalid; each says who may or what is right.
    """
    return _decide(out, ref, by, True, comment, term)


def reject(out: Outcome, ref: str, by: str, *, comment: str = "") -> Request:
    """Reject. Raises as `approve` does."""
    return _decide(out, ref, by, False, comment, None)


def may_decide(out: Outcome, ref: str, by: str) -> Request:
    """Look whether this person may decide now, and change nothing; raises as `approve` does."""
    request = lock_request(out.case, ref)
    look_ahead.read_ahead(out.case, request, by, approves=False)
    _open_stage(out.case, request, by)
    if separation_of_duties.of_request(out.case, request):
        redraw.redraw_request(out, request)  # they may have come up after the cards were drawn
    return request


def recheck_open_stage(out: Outcome, request: Request) -> Request:
    """Ask whoever belongs to the open stage now, since people have changed.

    It may be decided already by those who are left.
    """
    stage = stages.ask(out, request)
    request = _count(out, stage.request, stage, SYSTEM, "Too few are left who can approve it.")
    redraw.redraw_request(out, request)
    return request


def still_open(case: Case, request: Request) -> Request:
    """The request, if it is pending; else raises Closed, which says by whom it was closed."""
    if request.state is RequestState.PENDING:
        return request
    by = request.closed_by or ""
    who = names_of(case, {by})[by]
    raise Closed(f"{request.ref} is {request.state.label.lower()} already, by {who}.")


def _decide(out: Outcome, ref: str, by: str, approves: bool, comment: str, term: Term | None) -> Request:
    case = out.case
    request = lock_request(case, ref)
    look_ahead.read_ahead(case, request, by, approves=approves)
    duplicates.refuse_decision(case, request, by, approves, comment, term)
    stage = _open_stage(case, request, by)
    comment = fitting(case, request, comment, approves=approves)
    conflicts = separation_of_duties.at_click(case, request)
    if approves:
        separation_of_duties.refuse(case, request, conflicts)
    if term is not None:
        request = change_duration.change(out, request, by, term)
    elif approves:
        change_duration.still_possible(case, request)
    candidate = stage.candidate(by)
    decision = out.add(
        Decision,
        request_id=request.id,
        person_id=by,
        position=request.position,
        seat_id=candidate.on_behalf_of if candidate else "",
        approve=approves,
        comment=comment,
        term=term.to_json() if term else None,
        at=out.now,
    )
    _record(out, stage, decision, conflicts)
    request = _count(out, request, stage.after(request, decision), by, comment)
    redraw.redraw_request(out, request)
    return request


def _record(out: Outcome, stage: OpenStage, decision: Decision, conflicts: tuple[Conflict, ...]) -> None:
    transitions.of_request(
        out,
        stage.request,
        decision.person_id,
        "decision.approve" if decision.approve else "decision.reject",
        stage=stage.row.name,
        position=decision.position,
        comment=decision.comment,
        because=stage.because(decision.person_id),
        stands_in_for=decision.seat_id,
        term=decision.term,
        **({"conflicts": separation_of_duties.stored(conflicts)} if conflicts else {}),
    )


def _count(out: Outcome, request: Request, stage: OpenStage, by: str, note: str) -> Request:
    """Look whether the open stage is decided now, and go on if so: the next stage, or the request's end.

    `by` is whose step has decided it; `note` is kept where that rejects the request.
    """
    status = stage.tally().status
    if status is TallyStatus.APPROVED:
        return stages.advance(out, request, stage, by)
    if status is TallyStatus.REJECTED:
        out.change(stage.row, state=StageState.REJECTED, closed_at=out.now)
        return close_request(out, request, RequestEvent.REJECT, by, note)
    return request


def _open_stage(case: Case, request: Request, by: str) -> OpenStage:
    stage = stages.current(case, still_open(case, request))
    _refuse_second_decision(case, stage, by)
    parties = (request.requester_id, request.beneficiary_id)
    if is_barred_from_own(stage.sources.snapshot.policy, by, parties):
        raise OwnRequest(f"Nobody decides on their own request. {_who_can(case, stage)}")
    person, candidate = stage.sources.who.person(by), stage.candidate(by)
    if candidate is not None and person is None:
        raise NotAllowed(UNMET)
    if candidate is None or person is None or person.unfit:
        raise NotAnApprover(f"You cannot decide on {request.ref}. {_who_can(case, stage)}")
    return stage


def _refuse_second_decision(case: Case, stage: OpenStage, by: str) -> None:
    ref = stage.request.ref
    for decision in stage.decisions:
        if decision.person_id == by:
            raise AlreadyDecided(f"You have decided on {ref} already.")
        if decision.seat_id == by:
            name = names_of(case, {decision.person_id})[decision.person_id]
            raise AlreadyDecided(f"{name} has decided on {ref} in your place.")


def _who_can(case: Case, stage: OpenStage) -> str:
    asked = [c.person_id for c in stage.now.asked or stage.now.approvers]
    if not asked:
        return "Nobody can at the moment; an admin has to look at it."
    names = names_of(case, set(asked))
    word = "or" if len(asked) <= MAX_NAMES else "and"
    return f"{join_words([names[person_id] for person_id in asked], word=word, limit=MAX_NAMES)} can."
