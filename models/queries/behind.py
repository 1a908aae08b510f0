"""What stands behind a reference that Slack carries, and who may look at it."""

from sqlalchemy import bindparam, select

from models.catalogue.spec import AccessPolicy, Reassign, effective
from models.errors import NotAllowed, NotFound
from models.lifecycle.references import number_of
from models.lifecycle.request.comment import may_comment
from models.registry import apps
from models.registry.directory import Directory
from models.registry.policy_snapshot import policy_of
from models.store.case import Case
from models.tables.cards import Card
from models.tables.grants import TASKS, Grant, Task
from models.tables.requests import ASKED, Request
from models.tables.reviews import Review
from models.tables.states import RequestState

_CARD_AT = select(Card).where(Card.channel == bindparam("channel"), Card.ts == bindparam("ts"))


def request_behind(case: Case, ref: str) -> Request:
    """The request of a reference: AR-1 itself, or that of a grant (GR-1), a task (TK-1) or a review (RV-1).

    Raises NotFound for anything else.
    """
    prefix = ref.partition("-")[0]
    if prefix == "RV":
        review = case.get(Review, number_of(ref, "RV"))
        ref = f"AR-{review.request_id}" if review else ref
    if prefix == "TK":
        task = case.get(Task, number_of(ref, "TK"))
        ref = f"GR-{task.grant_id}" if task else ""
    if prefix in ("GR", "TK"):
        return case.get_one(Request, grant_behind(case, ref).request_id)
    request = case.get(Request, number_of(ref, "AR"))
    if request is None:
        raise NotFound(f"There is no {ref}.")
    return request


def grant_behind(case: Case, ref: str) -> Grant:
    """The grant of a reference (GR-1); raises NotFound for anything else."""
    grant = case.get(Grant, number_of(ref, "GR"))
    if grant is None:
        raise NotFound(f"There is no {ref}.")
    return grant


def may_look(case: Case, request: Request, person_id: str) -> bool:
    """Whether this person may see a request's whole story: those involved, the app's owners, the admins."""
    if may_comment(case, request, person_id):
        return True
    person = Directory(case).person(person_id)
    if person is None or not person.active:
        return False
    return policy_of(case, request.policy).owned_by(person) or _does_it(case, request, person_id)


def looked_at(case: Case, ref: str, person_id: str) -> Request:
    """The request behind a reference, for somebody who may see it; NotFound, or NotAllowed for the others."""
    request = request_behind(case, ref)
    if not may_look(case, request, person_id):
        raise NotAllowed(f"Only those involved in {request.ref} can see its details.")
    return request


def may_reassign(case: Case, request: Request, person_id: str) -> bool:
    """Whether Reassign is of use to this person, as far as is known; the verb looks again."""
    snapshot, directory = policy_of(case, request.policy), Directory(case)
    person = directory.person(person_id)
    mine = person_id in (request.requester_id, request.beneficiary_id)
    off = request.state is not RequestState.PENDING or snapshot.policy.reassign is Reassign.NOBODY
    if person is None or not person.active or mine or off:
        return False
    asked = {one.person_id for one in case.all(ASKED, request.id) if one.position == request.position}
    return person_id in asked or directory.is_admin(person_id) or snapshot.owned_by(person)


def card_at(case: Case, channel: str, ts: str) -> Card | None:
    """The card that is this message."""
    return next(iter(case.read(_CARD_AT, channel=channel, ts=ts)), None)


def policy_today(case: Case, grant: Grant) -> AccessPolicy:
    """The policy that more time on a grant is asked for by: today's, or the grant's where the app is gone.

    For a holder who always has an end it offers no other.
    """
    app = apps.find(case, grant.app_key)
    access = next((one for one in app.access if one.key == grant.access_key), None) if app else None
    policy = effective(app, access) if app and access else policy_of(case, grant.policy).policy
    holder = Directory(case).person(grant.person_id)
    return policy.model_copy(update={"indefinite": False}) if holder and holder.temporary else policy


def _does_it(case: Case, request: Request, person_id: str) -> bool:
    """Whether this person gives or takes by hand what came of it. An extension has no tasks of its own."""
    grant = case.get(Grant, request.grant_id) if request.grant_id else None
    if grant is None or grant.request_id != request.id:
        return False
    return any(person_id in task.asked for task in case.all(TASKS, grant.id))
