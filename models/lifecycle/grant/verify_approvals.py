"""Before an access is given, the approvals that its stages ask for are looked for in the record."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.catalogue.spec import StageSpec
from models.policy import TallyStatus, tally
from models.policy.emergency import RULE
from models.registry.policy_snapshot import Snapshot
from models.tables.grants import Grant
from models.tables.requests import Asked, Decision, Request, Stage, Term, stages_of
from models.tables.reviews import Review
from models.tables.states import RequestState, StageState


def missing_approval(session: Session, grant: Grant) -> str | None:
    """A sentence that says which approval a grant lacks; None if all are there."""
    request = session.get(Request, grant.request_id)
    if request is None or request.state is not RequestState.APPROVED:
        return "Its request is not approved, so nothing was given."
    stages = stages_of(session, request.id)
    if not stages and not _by_a_rule(request):
        return "No rule and no person has approved it, so nothing was given."
    if request.emergency and (obstacle := _no_emergency(session, request)):
        return obstacle
    for stage in stages:
        if stage.state is not StageState.APPROVED or not _carried(session, request, stage):
            return f"The stage “{stage.name}” lacks approvals, so nothing was given."
    return None


def _by_a_rule(request: Request) -> bool:
    """Whether a rule that approves by itself spoke: in an emergency the rule for it, otherwise another."""
    rules = [str(reason["rule"]) for reason in request.because["reasons"]]
    return any(rule.startswith(RULE) is request.emergency for rule in rules)


def _no_emergency(session: Session, request: Request) -> str | None:
    """What is wrong with an emergency: its app must allow it, so long, and it has a review."""
    spec, term = Snapshot.from_json(request.policy).policy.emergency, Term.from_json(request.term)
    length = term.length or (term.end - request.created_at if term.end else None)
    if spec is None or length is None or length > spec.max:
        return "The app does not allow this in an emergency, so nothing was given."
    if session.scalars(select(Review.id).where(Review.request_id == request.id)).first() is None:
        return "Nobody was told of the emergency, so nothing was given."
    return None


def _carried(session: Session, request: Request, stage: Stage) -> bool:
    found = select(Decision).where(Decision.request_id == request.id, Decision.position == stage.position)
    decisions = session.scalars(found).all()
    asked = session.scalars(
        select(Asked.person_id).where(Asked.request_id == request.id, Asked.position == stage.position)
    ).all()
    own = {request.requester_id, request.beneficiary_id}
    self_approve = bool(request.policy.get("self_approve"))
    valid = [d for d in decisions if self_approve or d.person_id not in own]
    spec = StageSpec.model_validate(stage.spec)
    # Whoever decided belonged to the stage at that moment, even where they joined its group after it was
    # asked. Somebody who was asked may have left since: `all` means all who were still there.
    deciders = [d.person_id for d in valid]
    people = deciders if spec.rule == "all" else [*asked, *deciders]
    votes = tuple((d.person_id, d.approve) for d in valid)
    return tally(spec.rule, people, votes, on_reject=spec.on_reject).status is TallyStatus.APPROVED
