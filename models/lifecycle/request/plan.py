"""Plan requests: what a draft would come to, for the form's preview and again when it is sent."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from models.catalogue.spec import AccessSpec, AppSpec
from models.catalogue.spec.enums import OnBehalf, RequestKind
from models.catalogue.spec.references import access_ref
from models.errors import Denied, Duplicate, Invalid, NotAllowed, NotFound
from models.lifecycle import check_conflicts
from models.lifecycle.request import duplicates
from models.policy import (
    DurationCheck,
    EmergencyFollowUp,
    Holding,
    HoldingState,
    PolicyDecision,
    Question,
    Verdict,
    check_duration,
    decide,
    emergency_follow_up,
)
from models.policy.decide import ON_BEHALF, is_owner_or_admin
from models.policy.stages import conflict_sentence
from models.registry import apps
from models.registry.directory import Directory, names_of
from models.registry.policy_snapshot import Snapshot, policy_of, snapshot_of
from models.store.case import Case
from models.tables.base import is_a
from models.tables.grants import Grant
from models.tables.requests import Request, Term
from models.tables.reviews import UNREVIEWED
from models.tables.states import GrantState


@dataclass(frozen=True)
class Draft:
    """A request before it is sent; several accesses make several requests."""

    requester_id: str
    beneficiary_id: str
    app_key: str
    access_keys: tuple[str, ...]
    term: Term
    reason: str = ""
    kind: RequestKind = RequestKind.NEW
    grant_id: int | None = None
    """The grant that an extension is about."""
    emergency: bool = False
    """Whether the access is needed at once, to be reviewed afterwards."""


@dataclass(frozen=True)
class Planned:
    """One request that a draft would make, with the policy's decision on it and on its duration."""

    snapshot: Snapshot
    question: Question
    decision: PolicyDecision
    length: DurationCheck
    after: EmergencyFollowUp | None = None
    """Of an emergency: who is notified, and who reviews it."""
    unreviewed: int = 0
    """Of an emergency: how many earlier ones for the same are still to be reviewed."""


def plan(case: Case, draft: Draft, directory: Directory | None = None) -> list[Planned]:
    """Apply the policy to each access of a draft, with people as `directory` knows them (default: anew).

    Raises:
        Refusal: The draft cannot be sent; `field` names the part of the form to change.
        Invalid: No access is chosen, or the duration is not possible.
    """
    directory = directory or Directory(case)
    _refuse_non_members(directory, draft)
    app = _app_of(case, draft)
    if not draft.access_keys:
        raise Invalid("Choose at least one access.", field="access")
    if draft.kind is not RequestKind.EXTEND:
        _refuse_duplicates(case, draft)
    accesses = _accesses(app, dict.fromkeys(draft.access_keys))
    snapshots = [snapshot_of(case, app, access) for access in accesses]
    questions = _questions(case, draft, snapshots)
    plans = [
        _plan_access(directory, draft, snapshot, question)
        for snapshot, question in zip(snapshots, questions, strict=True)
    ]
    return [_with_aftermath(case, directory, planned) for planned in plans] if draft.emergency else plans


def can_request_for_others(case: Case, app: AppSpec, person_id: str) -> bool:
    """Whether the form lets this person request for somebody else. For whom exactly, the policy says."""
    if app.on_behalf is OnBehalf.ADMINS:
        return is_owner_or_admin(app.owners, person_id, Directory(case))
    return app.on_behalf is not OnBehalf.NOBODY


def question_of(request: Request, snapshot: Snapshot, at: datetime) -> Question:
    """The policy question of a stored request, put again at the moment `at`."""
    return _question(
        request.requester_id,
        request.beneficiary_id,
        snapshot,
        Term.from_json(request.term),
        request.kind,
        at,
        emergency=request.emergency,
    )


def unreviewed(case: Case, person_id: str, app_key: str, access_key: str) -> int:
    """Count the emergencies of one person for one access that are still to be reviewed."""
    reviews = case.all(UNREVIEWED, person_id)
    return sum((review.app_key, review.access_key) == (app_key, access_key) for review in reviews)


def _refuse_non_members(directory: Directory, draft: Draft) -> None:
    for person_id in {draft.requester_id, draft.beneficiary_id}:
        person = directory.person(person_id)
        if person is None or person.barred:
            raise NotAllowed("Only people of this workspace can request access.")


def _app_of(case: Case, draft: Draft) -> AppSpec:
    app = apps.find_app(case, draft.app_key)
    if draft.grant_id is not None:
        # An extension keeps to the policy of today, but works for an app that is switched off for newcomers.
        return app or policy_of(case, case.get_one(Grant, draft.grant_id).policy).app
    if app is None:
        raise NotFound("Choose an app from the list.", field="app")
    if not app.enabled:
        raise Denied(f"{app.name} can't be requested right now.", field="app")
    return app


def _accesses(app: AppSpec, keys: Collection[str]) -> list[AccessSpec]:
    offered = {access.key: access for access in app.access if access.enabled}
    accesses = [offered[key] for key in keys if key in offered]
    if len(accesses) < len(keys):
        raise NotFound(f"{app.name} no longer has this access. Choose another.", field="access")
    return accesses


def _refuse_duplicates(case: Case, draft: Draft) -> None:
    """Refuse what the beneficiary holds or has requested already.

    Raises:
        Duplicate: Names the request or the grant; `SentAlready` where the same draft was just sent.
    """
    wanted = [(draft.beneficiary_id, draft.app_key, key) for key in draft.access_keys]
    there = duplicates.pending_or_held(case, set(wanted))
    if not there:
        return
    requests = _requests_among(case, there.values())
    if len(requests) == len(set(wanted)) and all(_is_resent(case, draft, request) for request in requests):
        duplicates.refuse_resent_form(requests)
    first = next(there[key] for key in wanted if key in there)
    if is_a(first, Grant):
        raise Duplicate(_held_sentence(case, draft, first), field="access")
    sentence = _pending_sentence(case, draft, first)
    raise Duplicate(f"{sentence} Withdraw it first." if draft.emergency else sentence, field="access")


def _requests_among(case: Case, there: Iterable[Request | Grant]) -> list[Request]:
    """The requests among these rows, and those of grants that are not active yet."""
    pending = [row for row in there if is_a(row, Request)]
    coming = [row.request_id for row in there if is_a(row, Grant) and row.state is not GrantState.ACTIVE]
    case.hand(Request, coming)
    return pending + [case.get_one(Request, key) for key in coming]


def _is_resent(case: Case, draft: Draft, request: Request) -> bool:
    return duplicates.is_resent(
        request, draft.requester_id, draft.term, draft.reason, case.now, emergency=draft.emergency
    )


def _pending_sentence(case: Case, draft: Draft, request: Request | Grant) -> str:
    access = "this" if len(draft.access_keys) == 1 else request.access_name
    if draft.requester_id == draft.beneficiary_id:
        return f"You already have an open request for {access} ({request.ref})."
    name = names_of(case, {draft.beneficiary_id})[draft.beneficiary_id]
    return f"{name} already has an open request for {access} ({request.ref})."


def _held_sentence(case: Case, draft: Draft, grant: Grant) -> str:
    if draft.requester_id == grant.person_id:
        return f"You already have {grant.access_name}. To keep it longer, press Extend on App Home."
    name = names_of(case, {grant.person_id})[grant.person_id]
    return f"{name} already has {grant.access_name}. They can extend it on App Home."


def _questions(case: Case, draft: Draft, snapshots: Sequence[Snapshot]) -> list[Question]:
    app, keys = snapshots[0].app, [snapshot.access.key for snapshot in snapshots]
    kinds = dict.fromkeys(keys, draft.kind)
    if draft.kind is not RequestKind.EXTEND:
        kinds = duplicates.kinds_of(case, draft.beneficiary_id, app.key, keys)
    chosen = [
        Holding(access_ref(app.key, snapshot.access.key), snapshot.policy.title, HoldingState.SAME_TIME)
        for snapshot in snapshots
    ]
    questions = (
        _question(
            draft.requester_id,
            draft.beneficiary_id,
            snapshot,
            draft.term,
            kinds[snapshot.access.key],
            case.now,
            emergency=draft.emergency,
        )
        for snapshot in snapshots
    )
    return [check_conflicts.with_conflicts(case, question, chosen) for question in questions]


def _plan_access(directory: Directory, draft: Draft, snapshot: Snapshot, question: Question) -> Planned:
    length = _length(snapshot, draft, directory, question.at)
    decision = decide(question, directory)
    if decision.verdict in (Verdict.DENY, Verdict.NOBODY):
        raise Denied(_denial(decision, question, directory), field=_denied_field(decision))
    return Planned(snapshot, question, decision, length)


def _with_aftermath(case: Case, directory: Directory, planned: Planned) -> Planned:
    question = planned.question
    earlier = unreviewed(case, question.beneficiary, question.app.key, question.access.key)
    return replace(planned, after=emergency_follow_up(question, directory), unreviewed=earlier)


def _denial(decision: PolicyDecision, question: Question, directory: Directory) -> str:
    """The reasons, addressed to the requester; where they request for themselves, a clash says "you have"."""
    own_words = {
        conflict_sentence(conflict, question, directory): conflict.sentence("You have")
        for conflict in decision.conflicts
        if not question.on_behalf
    }
    return " ".join(own_words.get(reason.text, reason.text) for reason in decision.because)


def _denied_field(decision: PolicyDecision) -> str:
    return "beneficiary" if any(reason.rule == ON_BEHALF for reason in decision.because) else "access"


def _length(snapshot: Snapshot, draft: Draft, directory: Directory, now: datetime) -> DurationCheck:
    beneficiary = directory.person(draft.beneficiary_id)
    length = check_duration(
        snapshot.policy,
        draft.term.length,
        draft.term.start,
        draft.term.end,
        now,
        temporary=bool(beneficiary and beneficiary.temporary),
        emergency=draft.emergency,
    )
    if not length.ok:
        raise Invalid(length.message, field="term")
    return length


def _question(
    requester_id: str,
    beneficiary_id: str,
    snapshot: Snapshot,
    term: Term,
    kind: RequestKind,
    at: datetime,
    *,
    emergency: bool,
) -> Question:
    length = term.length or (term.end - (term.start or at) if term.end else None)
    return Question(
        requester=requester_id,
        beneficiary=beneficiary_id,
        app=snapshot.app,
        access=snapshot.access,
        duration=length,
        starts_at=term.start,
        at=at,
        kind=kind,
        emergency=emergency,
    )
