"""Asking for access: a draft becomes requests of one submission, and their first stages open."""

import uuid
from dataclasses import replace

from models.catalogue.words import Need, RequestKind
from models.errors import Duplicate, Invalid, NotAllowed
from models.lifecycle import audit_entries, redraw, separation_of_duties
from models.lifecycle.grant import end_dates, extensions
from models.lifecycle.references import lock_grant
from models.lifecycle.request import deadlines, just_sent, stages
from models.lifecycle.request.plan import Draft, Planned, plan
from models.lifecycle.request.rate_limits import refuse_requests
from models.policy import Outcome, PlannedStage
from models.rate_limits import USUAL, Limits
from models.registry.directory import Directory
from models.store.tx import Tx
from models.tables.base import Json
from models.tables.cards import CardKind
from models.tables.grants import Grant
from models.tables.people import Person
from models.tables.requests import Action, Request, Stage, Term
from models.tables.states import GrantState, RequestState, StageState
from models.text_cleanup import tidy

REASON_LIMIT = 2000


def submit(tx: Tx, draft: Draft, limits: Limits = USUAL) -> list[Request]:
    """Send a draft. Returns its requests, pending (or approved already, where a rule says so).

    Raises a Refusal with the field that it belongs to, and then nothing is sent.
    """
    draft = replace(draft, reason=tidy(draft.reason))
    # One after the other for each person, so that the same is not asked for twice at once, nobody asks while
    # they are found to have left, and no two pass a limit together.
    for person_id in sorted({draft.beneficiary_id, draft.requester_id}):
        tx.locked(Person, person_id)
    wanted = len(draft.access_keys)
    refuse_requests(tx, draft.requester_id, wanted, limits, emergency=draft.emergency)
    who = Directory(tx.session)
    planned = plan(tx.session, draft, tx.now, who)
    _check_reason(draft, planned)
    submission = uuid.uuid4().hex
    requests = [_write(tx, draft, one, submission) for one in planned]
    for request, one in zip(requests, planned, strict=True):
        rows = [_stage(request, stage) for stage in one.decision.stages]
        tx.session.add_all(rows)
        for person_id in {request.requester_id, request.beneficiary_id}:
            redraw.show(tx, CardKind.REQUEST, request.ref, request.ref, person_id)
        stages.begin(tx, request, rows, who, approved_by_rule=one.decision.outcome is Outcome.AUTO)
        redraw.redraw_request(tx, request)
        if one.decision.conflicts:
            separation_of_duties.moved(tx, request)
    return requests


def extend(tx: Tx, grant_ref: str, by: str, term: Term, reason: str, limits: Limits = USUAL) -> Request:
    """Ask for a longer end on a grant that is active; decided like a new request."""
    grant, pending = _extendable(tx, grant_ref, by)
    if pending is not None:
        again = just_sent.is_the_same(pending, by, term, reason, tx.now)
        raise just_sent.taken([pending]) if again else _waits_already(pending)
    end_dates.must_be_later(grant, term)
    draft = Draft(
        by, grant.person_id, grant.app_key, (grant.access_key,), term, reason, RequestKind.EXTEND, grant.id
    )
    return submit(tx, draft, limits)[0]


def may_extend(tx: Tx, grant_ref: str, by: str) -> Grant:
    """Look whether this person may ask for more time now, and change nothing; raises as `extend` does."""
    grant, pending = _extendable(tx, grant_ref, by)
    if pending is not None:
        raise _waits_already(pending)
    return grant


def _extendable(tx: Tx, grant_ref: str, by: str) -> tuple[Grant, Request | None]:
    """The grant, if more time can be asked for, with the request for it that waits already."""
    grant = lock_grant(tx, grant_ref)
    if by != grant.person_id:
        raise NotAllowed("Only the person who has this access can ask for more time.")
    if grant.state is not GrantState.ACTIVE:
        raise NotAllowed(f"{grant.access_name} is {grant.state.label.lower()}. Ask for it again instead.")
    if grant.ends_at is None:
        raise NotAllowed(f"{grant.access_name} has no end, so it needs no more time.")
    return grant, extensions.waiting(tx.session, grant)


def _waits_already(pending: Request) -> Duplicate:
    return Duplicate(f"More time is already asked for in {pending.ref}, which is pending.")


def _check_reason(draft: Draft, planned: list[Planned]) -> None:
    if not draft.reason and draft.emergency:
        raise Invalid("Say what the emergency is. Everybody who is told of it reads it.", field="reason")
    if not draft.reason and any(one.snapshot.policy.reason is Need.REQUIRED for one in planned):
        raise Invalid("Say what you need it for. The approvers decide by it.", field="reason")
    if len(draft.reason) > REASON_LIMIT:
        raise Invalid(f"The reason has {len(draft.reason)} characters. {REASON_LIMIT} fit.", field="reason")


def _write(tx: Tx, draft: Draft, planned: Planned, submission: str) -> Request:
    request = _row(tx, draft, planned, submission)
    tx.session.add(request)
    tx.session.flush()
    _record(tx, request, planned)
    return request


def _row(tx: Tx, draft: Draft, planned: Planned, submission: str) -> Request:
    app, access, policy = planned.snapshot.app, planned.snapshot.access, planned.snapshot.policy
    return Request(
        submission=submission,
        kind=planned.question.kind,
        action=Action.ADD,
        app_key=app.key,
        access_key=access.key,
        app_name=app.name,
        access_name=access.name,
        policy=planned.snapshot.to_json(),
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
        created_at=tx.now,
        expires_at=tx.now + policy.request_expiry,
        remind_at=None,  # set when a stage opens, as `escalate_at` is
        warn_at=deadlines.warn_at(policy, tx.now),
    )


def _stage(request: Request, planned: PlannedStage) -> Stage:
    return Stage(
        request_id=request.id,
        position=planned.position,
        name=planned.name,
        rule=str(planned.rule),
        spec=planned.spec.stored(),
        because=planned.because.text,
        state=StageState.WAITING,
    )


def _record(tx: Tx, request: Request, planned: Planned) -> None:
    audit_entries.of_request(
        tx,
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
        stages=[_stage_told(stage) for stage in planned.decision.stages],
        policy=request.policy,
    )


def _stage_told(stage: PlannedStage) -> Json:
    return {
        "name": stage.name,
        "rule": str(stage.rule),
        "because": stage.because.text,
        "approvers": {candidate.person_id: candidate.because for candidate in stage.approvers},
    }
