"""Deciding.

An approver's approve or reject, with a comment, and with another duration where they change it.
"""

from models.errors import AlreadyDecided, Closed, NotAllowed, NotAnApprover, OwnRequest
from models.lifecycle import audit_entries, redraw, separation_of_duties
from models.lifecycle.references import lock_request
from models.lifecycle.request import change_duration, comment_rules, just_sent, stages
from models.policy import TallyStatus
from models.registry.directory import UNMET, names_of
from models.store.tx import SYSTEM, Tx
from models.tables.requests import Decision, Request, Term
from models.tables.states import RequestEvent, RequestState, StageState

NAMED = 5
"""How many people a refusal names before it counts the rest."""


def approve(tx: Tx, ref: str, by: str, *, comment: str = "", term: Term | None = None) -> Request:
    """Approve, with `term` where the approver changes the duration. Returns the request as it stands then.

    Raises NotAnApprover, OwnRequest, AlreadyDecided, Closed or Invalid; each says who may or what is right.
    """
    return _decide(tx, ref, by, True, comment, term)


def reject(tx: Tx, ref: str, by: str, *, comment: str = "") -> Request:
    """Reject. Raises as `approve` does."""
    return _decide(tx, ref, by, False, comment, None)


def may_decide(tx: Tx, ref: str, by: str) -> Request:
    """Look whether this person may decide now, and change nothing; raises as `approve` does."""
    request = lock_request(tx, ref)
    _open_stage(tx, request, by)
    if separation_of_duties.of_request(tx.session, request):
        redraw.redraw_request(tx, request)  # they may have come up after the cards were drawn
    return request


def _count(tx: Tx, request: Request, stage: stages.OpenStage, by: str, note: str) -> None:
    """Look whether the open stage is decided now, and go on if so: the next stage, or the request's end.

    `by` is whose step has decided it; `note` is kept where that rejects the request.
    """
    status = stage.tally().status
    if status is TallyStatus.APPROVED:
        stages.advance(tx, request, stage, by)
    elif status is TallyStatus.REJECTED:
        stage.row.state, stage.row.closed_at = StageState.REJECTED, tx.now
        stages.close(tx, request, RequestEvent.REJECT, by, note, stage.ground.rows)


def look_again(tx: Tx, request: Request) -> None:
    """People have changed: ask whoever belongs to the open stage now.

    It may be decided already by those who are left.
    """
    _count(tx, request, stages.ask(tx, request), SYSTEM, "Too few are left who can approve it.")
    redraw.redraw_request(tx, request)


def _decide(tx: Tx, ref: str, by: str, approves: bool, comment: str, term: Term | None) -> Request:
    request = lock_request(tx, ref)
    try:
        stage = _open_stage(tx, request, by)
    except (AlreadyDecided, Closed):
        just_sent.refuse_decision(tx, request, by, approves, comment, term)
        raise
    comment = comment_rules.fitting(request, comment, approves=approves)
    found = separation_of_duties.at_click(tx, request)
    if approves:
        separation_of_duties.refuse(tx.session, request, found)
    candidate = stage.candidate(by)
    seat = candidate.seat if candidate else ""
    if term is not None:
        change_duration.change(tx, request, by, term)
    elif approves:
        change_duration.still_possible(tx, request)
    decision = Decision(
        request_id=request.id,
        person_id=by,
        position=request.position,
        seat_id=seat,
        approve=approves,
        comment=comment,
        term=term.to_json() if term else None,
        at=tx.now,
    )
    tx.session.add(decision)
    tx.session.flush()
    audit_entries.of_request(
        tx,
        request,
        by,
        "decision.approve" if approves else "decision.reject",
        stage=stage.row.name,
        position=request.position,
        comment=comment,
        because=stage.because(by),
        stands_in_for=seat,
        term=term.to_json() if term else None,
        **({"conflicts": separation_of_duties.stored(found)} if found else {}),
    )
    _count(tx, request, stage.after(decision), by, comment)
    redraw.redraw_request(tx, request)
    return request


def _open_stage(tx: Tx, request: Request, by: str) -> stages.OpenStage:
    still_open(tx, request)
    stage = stages.current(tx, request)
    _not_twice(tx, request, stage, by)
    own = by in (request.requester_id, request.beneficiary_id)
    if own and not stage.ground.snapshot.policy.self_approve:
        raise OwnRequest(f"Nobody decides on their own request. {_who_can(tx, stage)}")
    person = stage.ground.who.person(by)
    if stage.because(by) is not None and person is None:
        raise NotAllowed(UNMET)
    if stage.because(by) is None or person is None or not person.active:
        raise NotAnApprover(f"You cannot decide on {request.ref}. {_who_can(tx, stage)}")
    return stage


def _not_twice(tx: Tx, request: Request, stage: stages.OpenStage, by: str) -> None:
    for decision in stage.decisions:
        if decision.person_id == by:
            raise AlreadyDecided(f"You have decided on {request.ref} already.")
        if decision.seat_id == by:
            name = names_of(tx.session, {decision.person_id})[decision.person_id]
            raise AlreadyDecided(f"{name} has decided on {request.ref} in your place.")


def still_open(tx: Tx, request: Request) -> Request:
    """The request, if it is pending; else raises Closed, which says by whom it was closed."""
    if request.state is RequestState.PENDING:
        return request
    by = request.closed_by or ""
    who = names_of(tx.session, {by})[by]
    raise Closed(f"{request.ref} is {request.state.label.lower()} already, by {who}.")


def _who_can(tx: Tx, stage: stages.OpenStage) -> str:
    asked = [c.person_id for c in stage.now.asked or stage.now.approvers]
    if not asked:
        return "Nobody can at the moment; an admin has to look at it."
    names = names_of(tx.session, set(asked))
    return f"{_listed([names[one] for one in asked])} can."


def _listed(names: list[str]) -> str:
    if len(names) > NAMED:
        return f"{', '.join(names[:NAMED])} and {len(names) - NAMED} more"
    return " or ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
