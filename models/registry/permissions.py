"""Permissions: each once, for handlers, verbs, queries and the command line.

Two predicates of good standing lie behind all of them (`PersonFacts`): whoever is `barred` does nothing at
all, and whoever is `unfit` holds no role: neither admin, owner, approver, delegate nor task worker.
`tests/models/test_permissions.py` walks through roles, standings and permissions.
"""

from collections.abc import Collection

from sqlalchemy import BindParameter, ColumnElement, bindparam, literal_column, or_, select, union_all

from models.catalogue.spec import Reassign
from models.errors import NotAllowed
from models.policy.facts import PersonFacts
from models.registry.by_reference import find_request
from models.registry.directory import Directory, names_of
from models.registry.policy_snapshot import Snapshot, policy_of
from models.store.case import Case
from models.tables.cards import Card, CardKind
from models.tables.grants import TASKS, Grant, Task
from models.tables.requests import (
    ASKED,
    COMMENTS,
    DECISIONS,
    REASSIGNED,
    STAGES,
    Asked,
    Reassignment,
    Request,
)
from models.tables.states import RequestState
from models.text import join_words

_THERE: ColumnElement[int] = literal_column("1")
_REQUEST: BindParameter[int] = bindparam("request")
_PERSON: BindParameter[str] = bindparam("person")
_ABOUT: BindParameter[str] = bindparam("about")
# Without their rows: a stage may ask thousands.
_INVOLVED = union_all(
    select(_THERE).where(Asked.request_id == _REQUEST, Asked.person_id == _PERSON),
    select(_THERE).where(
        Reassignment.request_id == _REQUEST,
        or_(Reassignment.seat_id == _PERSON, Reassignment.by_id == _PERSON),
    ),
    select(_THERE).where(Card.about == _ABOUT, Card.kind == CardKind.ALERT, Card.person_id == _PERSON),
)
_NOTIFIED = select(Card.person_id).where(Card.about == _ABOUT, Card.kind == CardKind.ALERT)


def member(case: Case, person_id: str) -> PersonFacts | None:
    """This person, where they are known and belong to this workspace; else None."""
    person = Directory(case).person(person_id)
    return None if person is None or person.barred else person


def fit_for_role(case: Case, person_id: str) -> PersonFacts | None:
    """This person, where they are known and may hold a role; else None."""
    person = Directory(case).person(person_id)
    return None if person is None or person.unfit else person


def only_admins(case: Case, person_id: str, what: str = "set up apps") -> None:
    """Refuse anybody but an admin.

    Raises:
        NotAllowed: Says `what` they cannot do and whom to ask.
    """
    who = Directory(case)
    if who.is_admin(person_id):
        return
    admins = sorted(names_of(case, {admin for admin in who.admins() if who.is_admin(admin)}).values())
    ask = f" Ask {join_words(admins, word='or')}." if admins else ""
    raise NotAllowed(f"Only Keyturn’s admins can {what}.{ask}")


def is_in_charge(case: Case, snapshot: Snapshot, person_id: str) -> bool:
    """Whether somebody owns the app of this policy or is a workspace admin, and may hold that role."""
    person = fit_for_role(case, person_id)
    return person is not None and (Directory(case).is_admin(person_id) or snapshot.owned_by(person))


def can_manage(case: Case, grant: Grant, person_id: str) -> bool:
    """Whether somebody may revoke this grant, and retry or cancel it where it failed."""
    return is_in_charge(case, policy_of(case, grant.policy), person_id)


def can_use(case: Case, grant: Grant, person_id: str) -> bool:
    """Whether somebody holds this grant or requested it: they may give it back, or let it end sooner."""
    request = case.get_one(Request, grant.request_id)
    return person_id in (grant.person_id, request.requester_id)


def can_do(case: Case, task: Task, person_id: str) -> bool:
    """Whether a task asks this person, and they may still do tasks."""
    return person_id in task.asked and fit_for_role(case, person_id) is not None


def is_involved(case: Case, request: Request, person_id: str) -> bool:
    """Whether somebody may see a request's whole story and comment on it, open or closed.

    Involved are requester, beneficiary, whoever was asked or notified or reassigned it, the app's owners,
    the task workers and the admins, as long as they belong to this workspace.
    """
    if member(case, person_id) is None:
        return False
    return (
        person_id in (request.requester_id, request.beneficiary_id)
        or _was_asked_or_notified(case, request, person_id)
        or is_in_charge(case, policy_of(case, request.policy), person_id)
        or (fit_for_role(case, person_id) is not None and person_id in _task_workers(case, request))
    )


def only_involved(case: Case, request: Request, person_id: str) -> None:
    """Refuse anybody who may not comment.

    Raises:
        NotAllowed: `person_id` is not involved.
    """
    if not is_involved(case, request, person_id):
        raise NotAllowed(f"Only people involved in {request.ref} and admins can comment on it.")


def comment_readers(case: Case, request: Request, card_holders: Collection[str]) -> set[str]:
    """Whom a comment on this request is sent to, each by themselves.

    That is everyone involved, but quiet approvers, those who are asked in a channel, and admins only once
    they have taken part; an admin who is among the `card_holders` (they have a card about it) has.
    """
    who, snapshot, request_id = Directory(case), policy_of(case, request.policy), request.id
    part = {decision.person_id for decision in case.all(DECISIONS, request_id)}
    part |= {comment.person_id for comment in case.all(COMMENTS, request_id)}
    part |= {one for row in case.all(REASSIGNED, request_id) for one in (row.seat_id, row.by_id)}
    part |= {request.requester_id, request.beneficiary_id, *case.read(_NOTIFIED, about=request.ref)}
    channels = {stage.position: stage.channel for stage in case.all(STAGES, request_id)}
    asked = case.all(ASKED, request_id)
    addressed = {row.person_id for row in asked if not row.quiet and not channels[row.position]}
    aside = {row.person_id for row in asked} - addressed
    workers, owners = _task_workers(case, request), set(snapshot.owners(who)) - aside
    admins = {one for one in who.admins() if one in card_holders}
    members, roles = part | addressed, workers | owners | admins
    who.look_up(members | roles)
    known = (who.person(one) for one in members | roles)
    return {one.id for one in known if one and not (one.barred if one.id in members else one.unfit)}


def request_seen_by(case: Case, ref: str, person_id: str) -> Request:
    """The request of a reference, for somebody who may see it.

    Raises:
        NotFound: There is none.
        NotAllowed: They may not see it.
    """
    request = find_request(case, ref)
    if not is_involved(case, request, person_id):
        raise NotAllowed(f"Only people involved in {request.ref} can see its details.")
    return request


def can_reassign(case: Case, request: Request, person_id: str) -> bool:
    """Whether to offer Reassign to this person; the verb checks again."""
    snapshot = policy_of(case, request.policy)
    own = person_id in (request.requester_id, request.beneficiary_id)
    closed = request.state is not RequestState.PENDING or snapshot.policy.reassign is Reassign.NOBODY
    if own or closed or fit_for_role(case, person_id) is None:
        return False
    asked = {row.person_id for row in case.all(ASKED, request.id) if row.position == request.position}
    return person_id in asked or is_in_charge(case, snapshot, person_id)


def _was_asked_or_notified(case: Case, request: Request, person_id: str) -> bool:
    newly_asked = ((row.request_id, row.person_id) for row in case.changed(Asked))
    return (request.id, person_id) in newly_asked or bool(
        case.read(_INVOLVED, request=request.id, person=person_id, about=request.ref)
    )


def _task_workers(case: Case, request: Request) -> set[str]:
    """Whom the tasks of the request's grant ask or asked. An extension has no tasks of its own."""
    grant = case.get(Grant, request.grant_id) if request.grant_id else None
    if grant is None or grant.request_id != request.id:
        return set()
    return {person_id for task in case.all(TASKS, grant.id) for person_id in task.asked}
