"""Asking for access: a draft becomes requests of one submission, and their first stages open."""

import uuid
from dataclasses import replace

from models.catalogue.spec.enums import Need, RequestKind
from models.errors import Duplicate, Invalid, NotAllowed
from models.lifecycle import redraw, separation_of_duties, transitions
from models.lifecycle.grant import end_dates
from models.lifecycle.request import asked_people, duplicates, stages
from models.lifecycle.request.plan import Draft, Planned, plan
from models.lifecycle.request.rate_limits import USUAL, Limits, refuse_requests
from models.policy import PlannedStage, Verdict
from models.registry.by_reference import lock_grant
from models.registry.directory import Directory
from models.registry.policy_snapshot import keep_policies
from models.store.case import Case
from models.store.outcome import Outcome
from models.tables.base import Json
from models.tables.cards import CardKind
from models.tables.grants import Grant
from models.tables.people import Person
from models.tables.requests import EXTENDING, Action, Request, Stage, Term
from models.tables.states import GrantState, RequestState, StageState
from models.text import tidy

REASON_LIMIT = 2000


def submit(out: Outcome, draft: Draft, limits: Limits = USUAL) -> list[Request]:
    """Send a draft. Returns its requests, pending (or approved already, where a rule says so).

    Raises a Refusal with the field that it belongs to, and then nothing is sent.
    """
    case, draft = out.case, replace(draft, reason=tidy(draft.reason))
    # One after the other for each person, so that the same is not asked for twice at once, nobody asks while
    # they are found to have left, and no two pass a limit together.
    for person_id in sorted({draft.beneficiary_id, draft.requester_id}):
        case.lock(Person, person_id)
    wanted = len(draft.access_keys)
    refuse_requests(case, draft.requester_id, wanted, limits, emergency=draft.emergency)
    who = Directory(case)
    planned = plan(case, draft, who)
    _check_reason(draft, planned)
    requests = _write(out, draft, planned)
    sent = [_begin(out, request, one, who) for request, one in zip(requests, planned, strict=True)]
    separation_of_duties.moved(out, *(one for one in sent if one.because["conflicts"]))
    return sent


def extend(out: Outcome, grant_ref: str, by: str, term: Term, reason: str, limits: Limits = USUAL) -> Request:
    """Ask for a longer end on a grant that is active; decided like a new request."""
    grant, pending = _extendable(out.case, grant_ref, by)
    if pending is not None:
        again = duplicates.is_the_same(pending, by, term, reason, out.now)
        raise duplicates.taken([pending]) if again else _waits_already(pending)
    end_dates.must_be_later(grant, term)
    draft = Draft(
        by, grant.person_id, grant.app_key, (grant.access_key,), term, reason, RequestKind.EXTEND, grant.id
    )
    return submit(out, draft, limits)[0]


def may_extend(case: Case, grant_ref: str, by: str) -> Grant:
    """Look whether this person may ask for more time now; raises as `extend` does."""
    grant, pending = _extendable(case, grant_ref, by)
    if pending is not None:
        raise _waits_already(pending)
    return grant


def _extendable(case: Case, grant_ref: str, by: str) -> tuple[Grant, Request | None]:
    """The grant, if more time can be asked for, with the request for it that waits already."""
    grant = lock_grant(case, grant_ref)
    if by != grant.person_id:
        raise NotAllowed("Only the person who has this access can ask for more time.")
    if grant.state is not GrantState.ACTIVE:
        raise NotAllowed(f"{grant.access_name} is {grant.state.label.lower()}. Ask for it again instead.")
    if grant.ends_at is None:
        raise NotAllowed(f"{grant.access_name} has no end, so it needs no more time.")
    return grant, case.first(EXTENDING, grant.id)


def _waits_already(pending: Request) -> Duplicate:
    return Duplicate(f"More time is already asked for in {pending.ref}, which is pending.")


def _check_reason(draft: Draft, planned: list[Planned]) -> None:
    if not draft.reason and draft.emergency:
        raise Invalid("Say what the emergency is. Everybody who is told of it reads it.", field="reason")
    if not draft.reason and any(one.snapshot.policy.reason is Need.REQUIRED for one in planned):
        raise Invalid("Say what you need it for. The approvers decide by it.", field="reason")
    if len(draft.reason) > REASON_LIMIT:
        raise Invalid(f"The reason has {len(draft.reason)} characters. {REASON_LIMIT} fit.", field="reason")


def _write(out: Outcome, draft: Draft, planned: list[Planned]) -> list[Request]:
    """Add the requests of one submission, and what is recorded of each."""
    submission, digests = uuid.uuid4().hex, keep_policies(out, [one.snapshot for one in planned])
    requests = [
        _add(out, draft, one, submission, digest) for one, digest in zip(planned, digests, strict=True)
    ]
    # What is asked about one of them from here on is read for all at once.
    out.case.hand(Request, [request.id for request in requests])
    return requests


def _begin(out: Outcome, request: Request, planned: Planned, who: Directory) -> Request:
    """Give a request its stages, and start it on its way."""
    rows = [_add_stage(out, request, stage) for stage in planned.decision.stages]
    for person_id in {request.requester_id, request.beneficiary_id}:
        redraw.show(out, CardKind.REQUEST, request.ref, request.ref, person_id)
    by_rule = planned.decision.verdict is Verdict.AUTO
    request = stages.begin(out, request, rows, who, approved_by_rule=by_rule)
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
            "conflicts": separation_of_duties.stored(planned.decision.conflicts),
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
    transitions.of_request(
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
