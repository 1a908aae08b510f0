"""Approve or reject a request, and count the votes of its open stage."""

from models.errors import AlreadyDecided, Closed, Invalid, NotAllowed, NotAnApprover, OwnRequest
from models.lifecycle import check_conflicts, redraw, transitions
from models.lifecycle.request import change_duration, duplicates, prefetch_decision, stages
from models.lifecycle.request.stages import OpenStage
from models.lifecycle.transitions import close_request
from models.policy import Conflict, TallyStatus
from models.policy.approvers import is_barred_from_own
from models.registry.by_reference import lock_request
from models.registry.directory import PERSON_UNKNOWN, names_of
from models.registry.policy_snapshot import policy_of
from models.store.case import Case
from models.store.outcome import SYSTEM, Outcome
from models.tables.requests import Decision, Request, Term
from models.tables.states import RequestEvent, RequestState, StageState
from models.text import join_words, tidy_text


def check_comment(case: Case, request: Request, comment: str, *, approves: bool) -> str:
    """Tidy a decision's comment, and check that the policy of the request is content with it.

    Raises:
        Invalid: It is too long, or missing where the policy needs it; field "comment".
    """
    comment = tidy_text(comment, "The comment")
    policy = policy_of(case, request.policy).policy
    if not comment and policy.decision_comment.needed(approves=approves):
        raise Invalid(_missing_sentence(request, approves=approves), field="comment")
    return comment


def _missing_sentence(request: Request, *, approves: bool) -> str:
    if approves:
        return f"{request.app_name} requires a comment with every decision. Say why you approve it."
    return f"{request.app_name} requires a reason for every rejection. Say why you reject it."


MAX_NAMES = 5
"""How many people a refusal names before it counts the rest."""


def approve(out: Outcome, ref: str, by: str, *, comment: str = "", term: Term | None = None) -> Request:
    """Approve, with `term` where the approver changes the duration. Returns the request as it stands then.

    Raises:
        NotAnApprover: `by` may not decide; says who can.
        OwnRequest: `by` is the requester or the beneficiary, and the policy does not allow it.
        NotAllowed: It is not known who `by` is.
        AlreadyDecided: `by` has decided before, or their delegate has.
        SentAlready: `by` sent the very same a moment ago.
        Conflicting: A blocking conflict has come up.
        Closed: The request is not pending any more.
        Invalid: The comment or the duration is not possible; names the field.
    """
    return _decide(out, ref, by, True, comment, term)


def reject(out: Outcome, ref: str, by: str, *, comment: str = "") -> Request:
    """Reject. Raises as `approve` does."""
    return _decide(out, ref, by, False, comment, None)


def may_decide(out: Outcome, ref: str, by: str) -> Request:
    """Return the request, if this person may decide on it now; raises as `approve` does."""
    request = lock_request(out.case, ref)
    prefetch_decision.read_ahead(out.case, request, by, approves=False)
    _open_stage(out.case, request, by)
    if check_conflicts.clashes_of(out.case, request):
        redraw.redraw_request(out, request)  # conflicts may have come up after the cards were drawn
    return request


def recheck_open_stage(out: Outcome, request: Request) -> Request:
    """Ask whoever may decide in the open stage now, since people have changed.

    The decisions of those who are left may already settle the stage.
    """
    stage = stages.ask_approvers(out, request)
    request = _count(out, stage.request, stage, SYSTEM, "Too few people are left who can approve it.")
    redraw.redraw_request(out, request)
    return request


def only_pending(case: Case, request: Request) -> Request:
    """Return the request, if it is pending.

    Raises:
        Closed: It is not; says by whom it was closed.
    """
    if request.state is RequestState.PENDING:
        return request
    by = request.closed_by or ""
    who = names_of(case, {by})[by]
    raise Closed(f"{request.ref} was already {request.state.label.lower()} by {who}.")


def _decide(out: Outcome, ref: str, by: str, approves: bool, comment: str, term: Term | None) -> Request:
    case = out.case
    request = lock_request(case, ref)
    prefetch_decision.read_ahead(case, request, by, approves=approves)
    duplicates.refuse_resent_decision(case, request, by, approves, comment, term)
    stage = _open_stage(case, request, by)
    comment = check_comment(case, request, comment, approves=approves)
    conflicts = check_conflicts.lock_and_find_clashes(case, request)
    if approves:
        check_conflicts.refuse_conflict(case, request, conflicts)
    if term is not None:
        request = change_duration.change_term(out, request, by, term)
    elif approves:
        change_duration.refuse_impossible(case, request)
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
    request = _count(out, request, stage.with_decision(request, decision), by, comment)
    redraw.redraw_request(out, request)
    return request


def _record(out: Outcome, stage: OpenStage, decision: Decision, conflicts: tuple[Conflict, ...]) -> None:
    transitions.record_request(
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
        **({"conflicts": check_conflicts.clashes_as_json(conflicts)} if conflicts else {}),
    )


def _count(out: Outcome, request: Request, stage: OpenStage, by: str, note: str) -> Request:
    """Count the votes, and go on where they settle the stage: to the next, or to the request's end.

    `by` is the person whose step settled it; `note` is kept where the request is rejected.
    """
    status = stage.tally().status
    if status is TallyStatus.APPROVED:
        return stages.advance(out, request, stage, by)
    if status is TallyStatus.REJECTED:
        out.change(stage.row, state=StageState.REJECTED, closed_at=out.now)
        return close_request(out, request, RequestEvent.REJECT, by, note)
    return request


def _open_stage(case: Case, request: Request, by: str) -> OpenStage:
    stage = stages.current_stage(case, only_pending(case, request))
    _refuse_second_decision(case, stage, by)
    parties = (request.requester_id, request.beneficiary_id)
    if is_barred_from_own(stage.sources.snapshot.policy, by, parties):
        raise OwnRequest(f"You can't decide on your own request. {_who_can(case, stage)}")
    person, candidate = stage.sources.who.person(by), stage.candidate(by)
    if candidate is not None and person is None:
        raise NotAllowed(PERSON_UNKNOWN)
    if candidate is None or person is None or person.unfit:
        raise NotAnApprover(f"You can't decide on {request.ref}. {_who_can(case, stage)}")
    return stage


def _refuse_second_decision(case: Case, stage: OpenStage, by: str) -> None:
    ref = stage.request.ref
    for decision in stage.decisions:
        if decision.person_id == by:
            raise AlreadyDecided(f"You have already decided on {ref}.")
        if decision.seat_id == by:
            name = names_of(case, {decision.person_id})[decision.person_id]
            raise AlreadyDecided(f"{name} has already decided on {ref} as your delegate.")


def _who_can(case: Case, stage: OpenStage) -> str:
    asked = [c.person_id for c in stage.plan.asked or stage.plan.approvers]
    if not asked:
        return "Nobody can right now; an admin has to look at it."
    names = names_of(case, set(asked))
    word = "or" if len(asked) <= MAX_NAMES else "and"
    return f"{join_words([names[person_id] for person_id in asked], word=word, limit=MAX_NAMES)} can."
