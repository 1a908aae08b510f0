"""What a request would come to: looked at for the form's preview, and again when it is sent."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from models.catalogue.access_refs import access_ref
from models.catalogue.spec import AccessSpec, AppSpec
from models.catalogue.words import OnBehalf, RequestKind
from models.errors import Denied, Duplicate, Invalid, NotAllowed, NotFound
from models.lifecycle import separation_of_duties
from models.lifecycle.request import just_sent
from models.lifecycle.request.duplicates import in_the_way, kind_of
from models.policy import (
    Aftermath,
    Decision,
    Hold,
    Holding,
    Length,
    Outcome,
    Question,
    aftermath,
    check_length,
    decide,
)
from models.policy.on_behalf import ON_BEHALF, manages
from models.policy.planning import told
from models.registry import apps
from models.registry.directory import Directory, names_of
from models.registry.policy_snapshot import Snapshot
from models.tables.grants import Grant
from models.tables.requests import Request, Term
from models.tables.reviews import unreviewed
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
    decision: Decision
    length: Length
    after: Aftermath | None = None
    """Of an emergency: who is told, and who reviews it."""
    unreviewed: int = 0
    """Of an emergency: how many earlier ones for the same are still to be reviewed."""


def plan(session: Session, draft: Draft, now: datetime, directory: Directory | None = None) -> list[Planned]:
    """Look at each access of a draft by the rules, and at people as `directory` knows them (default: anew).

    Raises the Refusal (with its field) that sending would meet.
    """
    directory = directory or Directory(session)
    _may_ask(directory, draft)
    app = _app(session, draft)
    if not draft.access_keys:
        raise Invalid("Choose at least one access.", field="access")
    if draft.kind is not RequestKind.EXTEND:
        _not_twice(session, draft, now)
    snapshots = [Snapshot(app, _access(app, key)) for key in dict.fromkeys(draft.access_keys)]
    chosen = [
        Holding(access_ref(app.key, one.access.key), one.policy.title, Hold.SAME_TIME) for one in snapshots
    ]
    questions = [
        separation_of_duties.looked_at(session, _drafted(session, draft, one, now), chosen)
        for one in snapshots
    ]
    return [_planned(session, directory, draft, *one) for one in zip(snapshots, questions, strict=True)]


def may_ask_for_others(session: Session, app: AppSpec, person_id: str) -> bool:
    """Whether the form lets this person choose somebody else. For whom exactly, the policy says."""
    if app.on_behalf is OnBehalf.ADMINS:
        return manages(app.owners, person_id, Directory(session))
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
        if person is None or not person.active or person.bot or person.stranger:
            raise NotAllowed("Only people of this workspace can ask for access.")


def _app(session: Session, draft: Draft) -> AppSpec:
    if draft.grant_id is not None:
        # An extension keeps to the policy of today, but works for an app that is switched off for newcomers.
        grant = session.get_one(Grant, draft.grant_id)
        return apps.find(session, draft.app_key) or Snapshot.from_json(grant.policy).app
    app = apps.find(session, draft.app_key)
    if app is None:
        raise NotFound("Choose an application from the list.", field="app")
    if not app.enabled:
        raise Denied(f"{app.name} cannot be asked for at the moment.", field="app")
    return app


def _access(app: AppSpec, key: str) -> AccessSpec:
    for access in app.access:
        if access.key == key and access.enabled:
            return access
    raise NotFound(f"{app.name} has no such access any more. Choose again.", field="access")


def _not_twice(session: Session, draft: Draft, now: datetime) -> None:
    wanted = [(draft.beneficiary_id, draft.app_key, key) for key in draft.access_keys]
    there = in_the_way(session, wanted)
    if not there:
        return
    asked = [_behind(session, one) for one in there.values()]
    if len(there) == len(set(wanted)) and all(one and _just_sent(one, draft, now) for one in asked):
        raise just_sent.taken([one for one in asked if one])
    found = next(there[one] for one in wanted if one in there)
    if isinstance(found, Request):
        said = f"{found.access_name} is already asked for in {found.ref}, which is pending."
        raise Duplicate(f"{said} Withdraw that first." if draft.emergency else said, field="access")
    raise Duplicate(_held_already(session, draft, found), field="access")


def _behind(session: Session, found: Request | Grant) -> Request | None:
    """The request, or the one that an access comes from which is not there yet."""
    if isinstance(found, Request):
        return found
    return None if found.state is GrantState.ACTIVE else session.get_one(Request, found.request_id)


def _just_sent(request: Request, draft: Draft, now: datetime) -> bool:
    return just_sent.is_the_same(
        request, draft.requester_id, draft.term, draft.reason, now, emergency=draft.emergency
    )


def _held_already(session: Session, draft: Draft, grant: Grant) -> str:
    if draft.requester_id == grant.person_id:
        return f"You have {grant.access_name} already. To keep it longer, press Extend on App Home."
    name = names_of(session, {grant.person_id})[grant.person_id]
    return f"{name} has {grant.access_name} already. They can keep it longer with Extend on App Home."


def _drafted(session: Session, draft: Draft, snapshot: Snapshot, now: datetime) -> Question:
    kind = draft.kind
    if kind is not RequestKind.EXTEND:
        kind = kind_of(session, draft.beneficiary_id, snapshot.app.key, snapshot.access.key)
    return _question(
        draft.requester_id,
        draft.beneficiary_id,
        snapshot,
        draft.term,
        kind,
        now,
        emergency=draft.emergency,
    )


def _planned(
    session: Session, directory: Directory, draft: Draft, snapshot: Snapshot, question: Question
) -> Planned:
    length = _length(snapshot, draft, directory, question.at)
    decision = decide(question, directory)
    if decision.outcome in (Outcome.DENY, Outcome.NOBODY):
        raise Denied(_why(decision, question, directory), field=_field_of(decision))
    planned = Planned(snapshot, question, decision, length)
    return _in_emergency(planned, directory, session) if draft.emergency else planned


def _in_emergency(planned: Planned, directory: Directory, session: Session) -> Planned:
    question = planned.question
    earlier = unreviewed(session, question.beneficiary, question.app.key, question.access.key)
    return replace(planned, after=aftermath(question, directory), unreviewed=earlier)


def _why(decision: Decision, question: Question, directory: Directory) -> str:
    """The reasons, said to the one who asks: where it is their own, what they have is what "you have"."""
    said = {
        told(clash, question, directory): clash.said("You have")
        for clash in decision.conflicts
        if not question.on_behalf
    }
    return " ".join(said.get(reason.text, reason.text) for reason in decision.because)


def _field_of(decision: Decision) -> str:
    return "beneficiary" if any(one.rule == ON_BEHALF for one in decision.because) else "access"


def _length(snapshot: Snapshot, draft: Draft, directory: Directory, now: datetime) -> Length:
    beneficiary = directory.person(draft.beneficiary_id)
    length = check_length(
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
