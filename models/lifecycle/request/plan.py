"""What a request would come to: looked at for the form's preview, and again when it is sent."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from models.catalogue.spec import AccessSpec, AppSpec
from models.catalogue.spec.enums import OnBehalf, RequestKind
from models.catalogue.spec.references import access_ref
from models.errors import Denied, Duplicate, Invalid, NotAllowed, NotFound
from models.lifecycle import separation_of_duties
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
from models.registry.reviews import unreviewed
from models.store.case import Case
from models.tables.base import is_a
from models.tables.grants import Grant
from models.tables.requests import Request, Term
from models.tables.states import GrantState


@dataclass(frozen=True)
class Draft:
    """What somebody is about to ask for; several accesses make several requests."""

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
    """Whether it is wanted at once, to be reviewed afterwards."""


@dataclass(frozen=True)
class Planned:
    """One request that a draft would make: the policy's word on it, and on its length."""

    snapshot: Snapshot
    question: Question
    decision: PolicyDecision
    length: DurationCheck
    after: EmergencyFollowUp | None = None
    """Of an emergency: who is told, and who reviews it."""
    unreviewed: int = 0
    """Of an emergency: how many earlier ones for the same are still to be reviewed."""


def plan(case: Case, draft: Draft, directory: Directory | None = None) -> list[Planned]:
    """Look at each access of a draft by the rules, and at people as `directory` knows them (default: anew).

    Raises the Refusal (with its field) that sending would meet.
    """
    directory = directory or Directory(case)
    _may_ask(directory, draft)
    app = _app(case, draft)
    if not draft.access_keys:
        raise Invalid("Choose at least one access.", field="access")
    if draft.kind is not RequestKind.EXTEND:
        _not_twice(case, draft)
    snapshots = [snapshot_of(case, app, one) for one in _accesses(app, dict.fromkeys(draft.access_keys))]
    questions = _questions(case, draft, snapshots)
    planned = [_planned(directory, draft, *one) for one in zip(snapshots, questions, strict=True)]
    return [_in_emergency(case, directory, one) for one in planned] if draft.emergency else planned


def may_ask_for_others(case: Case, app: AppSpec, person_id: str) -> bool:
    """Whether the form lets this person choose somebody else. For whom exactly, the policy says."""
    if app.on_behalf is OnBehalf.ADMINS:
        return is_owner_or_admin(app.owners, person_id, Directory(case))
    return app.on_behalf is not OnBehalf.NOBODY


def question_of(request: Request, snapshot: Snapshot, at: datetime) -> Question:
    """The question that a stored request asks, put again at `at`."""
    return _question(
        request.requester_id,
        request.beneficiary_id,
        snapshot,
        Term.from_json(request.term),
        request.kind,
        at,
        emergency=request.emergency,
    )


def _may_ask(directory: Directory, draft: Draft) -> None:
    for person_id in {draft.requester_id, draft.beneficiary_id}:
        person = directory.person(person_id)
        if person is None or person.barred:
            raise NotAllowed("Only people of this workspace can ask for access.")


def _app(case: Case, draft: Draft) -> AppSpec:
    app = apps.find(case, draft.app_key)
    if draft.grant_id is not None:
        # An extension keeps to the policy of today, but works for an app that is switched off for newcomers.
        return app or policy_of(case, case.get_one(Grant, draft.grant_id).policy).app
    if app is None:
        raise NotFound("Choose an application from the list.", field="app")
    if not app.enabled:
        raise Denied(f"{app.name} cannot be asked for at the moment.", field="app")
    return app


def _accesses(app: AppSpec, keys: Collection[str]) -> list[AccessSpec]:
    offered = {access.key: access for access in app.access if access.enabled}
    found = [offered[key] for key in keys if key in offered]
    if len(found) < len(keys):
        raise NotFound(f"{app.name} has no such access any more. Choose again.", field="access")
    return found


def _not_twice(case: Case, draft: Draft) -> None:
    wanted = [(draft.beneficiary_id, draft.app_key, key) for key in draft.access_keys]
    there = duplicates.in_the_way(case, set(wanted))
    if not there:
        return
    asked = _behind(case, there.values())
    if len(asked) == len(set(wanted)) and all(_just_sent(case, draft, one) for one in asked):
        raise duplicates.taken(asked)
    found = next(there[one] for one in wanted if one in there)
    if is_a(found, Grant):
        raise Duplicate(_held_already(case, draft, found), field="access")
    said = f"{found.access_name} is already asked for in {found.ref}, which is pending."
    raise Duplicate(f"{said} Withdraw that first." if draft.emergency else said, field="access")


def _behind(case: Case, there: Iterable[Request | Grant]) -> list[Request]:
    """The requests, and those that accesses come from which are not there yet."""
    asked = [one for one in there if is_a(one, Request)]
    coming = [one.request_id for one in there if is_a(one, Grant) and one.state is not GrantState.ACTIVE]
    case.hand(Request, coming)
    return asked + [case.get_one(Request, key) for key in coming]


def _just_sent(case: Case, draft: Draft, request: Request) -> bool:
    return duplicates.is_the_same(
        request, draft.requester_id, draft.term, draft.reason, case.now, emergency=draft.emergency
    )


def _held_already(case: Case, draft: Draft, grant: Grant) -> str:
    if draft.requester_id == grant.person_id:
        return f"You have {grant.access_name} already. To keep it longer, press Extend on App Home."
    name = names_of(case, {grant.person_id})[grant.person_id]
    return f"{name} has {grant.access_name} already. They can keep it longer with Extend on App Home."


def _questions(case: Case, draft: Draft, snapshots: Sequence[Snapshot]) -> list[Question]:
    app, keys = snapshots[0].app, [one.access.key for one in snapshots]
    kinds = dict.fromkeys(keys, draft.kind)
    if draft.kind is not RequestKind.EXTEND:
        kinds = duplicates.kinds_of(case, draft.beneficiary_id, app.key, keys)
    chosen = [
        Holding(access_ref(app.key, one.access.key), one.policy.title, HoldingState.SAME_TIME)
        for one in snapshots
    ]
    questions = (
        _question(
            draft.requester_id,
            draft.beneficiary_id,
            one,
            draft.term,
            kinds[one.access.key],
            case.now,
            emergency=draft.emergency,
        )
        for one in snapshots
    )
    return [separation_of_duties.looked_at(case, question, chosen) for question in questions]


def _planned(directory: Directory, draft: Draft, snapshot: Snapshot, question: Question) -> Planned:
    length = _length(snapshot, draft, directory, question.at)
    decision = decide(question, directory)
    if decision.verdict in (Verdict.DENY, Verdict.NOBODY):
        raise Denied(_why(decision, question, directory), field=_field_of(decision))
    return Planned(snapshot, question, decision, length)


def _in_emergency(case: Case, directory: Directory, planned: Planned) -> Planned:
    question = planned.question
    earlier = unreviewed(case, question.beneficiary, question.app.key, question.access.key)
    return replace(planned, after=emergency_follow_up(question, directory), unreviewed=earlier)


def _why(decision: PolicyDecision, question: Question, directory: Directory) -> str:
    """The reasons, said to the one who asks: where it is their own, what they have is what "you have"."""
    said = {
        conflict_sentence(conflict, question, directory): conflict.sentence("You have")
        for conflict in decision.conflicts
        if not question.on_behalf
    }
    return " ".join(said.get(reason.text, reason.text) for reason in decision.because)


def _field_of(decision: PolicyDecision) -> str:
    return "beneficiary" if any(one.rule == ON_BEHALF for one in decision.because) else "access"


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
