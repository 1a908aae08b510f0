"""Verify, before access is given, the approvals that its stages ask for, in the audit trail too.

The tables alone prove nothing: a row that somebody put into `decisions` by hand counts only with the entry
that a real decision leaves in the trail, which is chained and signed.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import select, text

from models.policy import TallyStatus, tally
from models.policy.approvers import is_barred_from_own
from models.policy.decide import EMERGENCY_RULE
from models.registry.policy_snapshot import policy_of, stage_spec
from models.statements import among
from models.store.case import Case
from models.store.outcome import SYSTEM
from models.tables.audit import AuditEntry
from models.tables.grants import Grant
from models.tables.requests import ASKED, DECISIONS, STAGES, Decision, Request, Stage, Term
from models.tables.reviews import REVIEWS
from models.tables.states import RequestState, StageState

_ENTRIES = select(AuditEntry.subject, AuditEntry.action, AuditEntry.actor, AuditEntry.data).where(
    among(AuditEntry.subject, "subjects"), text("action IN ('decision.approve', 'request.approved')")
)


@dataclass(frozen=True)
class _Trail:
    """The approvals of some requests that the audit trail has."""

    approvals: set[tuple[str, str, int]] = field(default_factory=set)
    """By request, person and the position of the stage."""
    by_rule: set[str] = field(default_factory=set)
    """The requests that Keyturn itself approved."""


def missing_approvals(case: Case, grants: Iterable[Grant]) -> dict[int, str]:
    """Say in a sentence, by the grant's id, which approval each lacks; those that lack none are left out."""
    request_ids = {grant.id: grant.request_id for grant in grants}
    case.hand(Request, request_ids.values())
    trail = _trail(case, {f"AR-{request_id}" for request_id in request_ids.values()})
    missing = {grant_id: _missing(case, request_id, trail) for grant_id, request_id in request_ids.items()}
    return {grant_id: sentence for grant_id, sentence in missing.items() if sentence is not None}


def _trail(case: Case, subjects: set[str]) -> _Trail:
    trail = _Trail()
    for subject, action, actor, data in case.read(_ENTRIES, subjects=sorted(subjects)) if subjects else ():
        if action == "decision.approve":
            trail.approvals.add((subject, actor, data["position"]))
        elif actor == SYSTEM:
            trail.by_rule.add(subject)
    return trail


def _missing(case: Case, request_id: int, trail: _Trail) -> str | None:
    request = case.get(Request, request_id)
    if request is None or request.state is not RequestState.APPROVED:
        return "The request isn't approved, so no access was granted."
    stages = case.all(STAGES, request.id)
    if not stages and not (_approved_by_rule(request) and request.ref in trail.by_rule):
        return "No rule or person has approved it, so no access was granted."
    if request.emergency and (problem := _emergency_problem(case, request)):
        return problem
    for stage in stages:
        if stage.state is not StageState.APPROVED or not _is_approved(case, request, stage, trail):
            return f"The stage “{stage.name}” lacks approvals, so no access was granted."
    return None


def _approved_by_rule(request: Request) -> bool:
    """Whether an approving rule applied: in an emergency the rule for emergencies, otherwise another."""
    rules = [str(reason["rule"]) for reason in request.because["reasons"]]
    return any(rule.startswith(EMERGENCY_RULE) is request.emergency for rule in rules)


def _emergency_problem(case: Case, request: Request) -> str | None:
    """What is wrong with an emergency: its app must allow it, so long, and it has a review."""
    spec, term = policy_of(case, request.policy).policy.emergency, Term.from_json(request.term)
    length = term.length or (term.end - request.created_at if term.end else None)
    if spec is None or length is None or length > spec.max:
        return "The app doesn't allow this in an emergency, so no access was granted."
    if case.first(REVIEWS, request.id) is None:
        return "Nobody was notified of the emergency, so no access was granted."
    return None


def _is_approved(case: Case, request: Request, stage: Stage, trail: _Trail) -> bool:
    """Whether those who decided on a stage have approved it."""
    asked = [row.person_id for row in case.all(ASKED, request.id) if row.position == stage.position]
    policy, parties = policy_of(case, request.policy).policy, (request.requester_id, request.beneficiary_id)

    def counts(decision: Decision) -> bool:
        recorded = (request.ref, decision.person_id, decision.position) in trail.approvals
        may = not is_barred_from_own(policy, decision.person_id, parties)
        return decision.position == stage.position and may and (recorded or not decision.approve)

    valid = [decision for decision in case.all(DECISIONS, request.id) if counts(decision)]
    spec = stage_spec(stage)
    # Whoever decided belonged to the stage at that moment, even where they joined its group after it was
    # asked. Somebody who was asked may have left since: `all` means all who were still there.
    deciders = [decision.person_id for decision in valid]
    people = deciders if spec.rule == "all" else [*asked, *deciders]
    votes = tuple((decision.person_id, decision.approve) for decision in valid)
    return tally(spec.rule, people, votes, on_reject=spec.on_reject).status is TallyStatus.APPROVED
