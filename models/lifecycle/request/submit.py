"""Submit a draft: its requests are written as one submission, and their first stages open."""

import uuid
from dataclasses import replace
from typing import NoReturn

from models.catalogue.spec.enums import Need, RequestKind
from models.errors import Duplicate, Invalid, NotAllowed
from models.lifecycle import check_conflicts, redraw, transitions
from models.lifecycle.grant import end_dates
from models.lifecycle.request import asked_people, duplicates, stages
from models.lifecycle.request.plan import Draft, Planned, plan
from models.lifecycle.request.rate_limits import DEFAULT_LIMITS, Limits, refuse_too_many_requests
from models.policy import PlannedStage, Verdict
from models.registry.by_reference import lock_grant
from models.registry.directory import Directory
from models.registry.policy_snapshot import save_policies
from models.store.case import Case
from models.store.outcome import Outcome
from models.tables.base import Json
from models.tables.cards import CardKind
from models.tables.grants import Grant
from models.tables.people import Person
from models.tables.requests import EXTENDING, Action, Request, Stage, Term
from models.tables.states import GrantState, RequestState, StageState
from models.text import check_text_length, tidy


def submit(out: Outcome, draft: Draft, limits: Limits = DEFAULT_LIMITS) -> list[Request]:
    """Send a draft. Returns its requests, pending (or approved already, where a rule says so).

    Raises:
        Refusal: Nothing is sent; `field` names the part of the form to change.
    """
    case, draft = out.case, replace(draft, reason=tidy(draft.reason))
    # One submission at a time for each person: no access is requested twice at once, nobody who is just
    # being offboarded gets in, and no two pass a limit together.
    for person_id in sorted({draft.beneficiary_id, draft.requester_id}):
        case.lock(Person, person_id)
    number, who = len(draft.access_keys), Directory(case)
    refuse_too_many_requests(case, draft.requester_id, number, limits, emergency=draft.emergency)
    planned = plan(case, draft, who)
    _check_reason(draft, planned)
    requests = _write(out, draft, planned)
    requests = [_open(out, request, plan, who) for request, plan in zip(requests, planned, strict=True)]
    conflicting = (request for request in requests if request.because["conflicts"])
    check_conflicts.redraw_conflicting(out, *conflicting)
    return requests


def extend(
    out: Outcome, grant_ref: str, by: str, term: Term, reason: str, limits: Limits = DEFAULT_LIMITS
) -> Request:
    """Request a later end for an active grant; decided like a new request. Raises as `submit` does."""
    grant, pending = _extendable_grant(out.case, grant_ref, by)
    if pending is not None:
        if duplicates.is_resent(pending, by, term, reason, out.now):
            duplicates.refuse_resent_form([pending])
        _refuse_second_extension(pending)
    end_dates.check_later(grant, term)
    draft = Draft(
        by, grant.person_id, grant.app_key, (grant.access_key,), term, reason, RequestKind.EXTEND, grant.id
    )
    return submit(out, draft, limits)[0]


def may_extend(case: Case, grant_ref: str, by: str) -> Grant:
    """Return the grant that this person may request an extension of now.

    Raises:
        NotAllowed: It is somebody else's, not active, or has no end.
        Duplicate: An extension is pending already.
    """
    grant, pending = _extendable_grant(case, grant_ref, by)
    if pending is not None:
        _refuse_second_extension(pending)
    return grant


def _extendable_grant(case: Case, grant_ref: str, by: str) -> tuple[Grant, Request | None]:
    """The grant, and the extension of it that is pending already.

    Raises:
        NotAllowed: It is somebody else's, not active, or has no end.
    """
    grant = lock_grant(case, grant_ref)
    if by != grant.person_id:
        raise NotAllowed("Only the person who has this access can extend it.")
    if grant.state is not GrantState.ACTIVE:
        raise NotAllowed(f"{grant.access_name} is {grant.state.label.lower()}. Request it again instead.")
    if grant.ends_at is None:
        raise NotAllowed(f"{grant.access_name} has no end date, so there is nothing to extend.")
    return grant, case.first(EXTENDING, grant.id)


def _refuse_second_extension(pending: Request) -> NoReturn:
    raise Duplicate(f"You have already requested an extension ({pending.ref}).")


def _check_reason(draft: Draft, planned: list[Planned]) -> None:
    if not draft.reason and draft.emergency:
        raise Invalid("Say what the emergency is. Everyone notified will see it.", field="reason")
    if not draft.reason and any(plan.snapshot.policy.reason is Need.REQUIRED for plan in planned):
        raise Invalid("Tell approvers why.", field="reason")
    check_text_length(draft.reason, "The reason", field="reason")


def _write(out: Outcome, draft: Draft, planned: list[Planned]) -> list[Request]:
    """Add the requests of one submission, each with its audit entry."""
    submission, digests = uuid.uuid4().hex, save_policies(out, [plan.snapshot for plan in planned])
    requests = [
        _add(out, draft, plan, submission, digest) for plan, digest in zip(planned, digests, strict=True)
    ]
    # What is read about one of them from here on is read for all at once.
    out.case.hand(Request, [request.id for request in requests])
    return requests


def _open(out: Outcome, request: Request, planned: Planned, who: Directory) -> Request:
    """Write a request's stages and open the first; returns the request as it stands then."""
    rows = [_add_stage(out, request, stage) for stage in planned.decision.stages]
    for person_id in {request.requester_id, request.beneficiary_id}:
        redraw.want_card(out, CardKind.REQUEST, request.ref, request.ref, person_id)
    by_rule = planned.decision.verdict is Verdict.AUTO
    request = stages.open_first_stage(out, request, rows, who, approved_by_rule=by_rule)
    redraw.redraw_request(out, request)
    return request


def _add(out: Outcome, draft: Draft, planned: Planned, submission: str, digest: str) -> Request:
    app, access, policy = planned.snapshot.app, planned.snapshot.access, planned.snapshot.policy
    request = out.add(
        Request,
        submission=submission,
        kind=planned.question.kind,
        action=Action.ADD,
        app_key=app.key,
        access_key=access.key,
        app_name=app.name,
        access_name=access.name,
        policy=digest,
        requester_id=draft.requester_id,
        beneficiary_id=draft.beneficiary_id,
        reason=draft.reason,
        term=draft.term.to_json(),
        asked_term=draft.term.to_json(),
        over_max=planned.length.over_max,
        emergency=draft.emergency,
        because={
            "reasons": [{"rule": r.rule, "text": r.text} for r in planned.decision.because],
            "conflicts": check_conflicts.clashes_as_json(planned.decision.conflicts),
        },
        state=RequestState.PENDING,
        grant_id=draft.grant_id,
        created_at=out.now,
        expires_at=out.now + policy.request_expiry,
        remind_at=None,  # set when a stage opens, as `escalate_at` is
        warn_at=asked_people.warn_at(policy, out.now),
    )
    _record(out, request, planned)
    return request


def _add_stage(out: Outcome, request: Request, planned: PlannedStage) -> Stage:
    return out.add(
        Stage,
        request_id=request.id,
        position=planned.position,
        name=planned.name,
        rule=str(planned.rule),
        spec=planned.spec.stored(),
        because=planned.because.text,
        state=StageState.WAITING,
    )


def _record(out: Outcome, request: Request, planned: Planned) -> None:
    transitions.record_request(
        out,
        request,
        request.requester_id,
        "request.pending",
        kind=request.kind.value,
        access=request.access_key,
        submission=request.submission,
        reason=request.reason,
        term=request.term,
        over_max=request.over_max,
        emergency=request.emergency,
        because=request.because["reasons"],
        conflicts=request.because["conflicts"],
        stages=[_approvers_of(stage) for stage in planned.decision.stages],
        policy=planned.snapshot.json,
    )


def _approvers_of(stage: PlannedStage) -> Json:
    return {
        "name": stage.name,
        "rule": str(stage.rule),
        "because": stage.because.text,
        "approvers": {candidate.person_id: candidate.because for candidate in stage.approvers},
    }
