"""What stands behind a reference that Slack carries, and who may look at it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.catalogue.spec import AccessPolicy, Reassign, effective
from models.errors import NotAllowed, NotFound
from models.lifecycle.references import number_of
from models.lifecycle.request.comment import may_comment
from models.registry import apps
from models.registry.directory import Directory
from models.registry.policy_snapshot import Snapshot
from models.tables.cards import Card
from models.tables.grants import Grant, Task
from models.tables.requests import Asked, Request
from models.tables.reviews import Review
from models.tables.states import RequestState


def request_behind(session: Session, ref: str) -> Request:
    """The request of a reference: AR-1 itself, or that of a grant (GR-1), a task (TK-1) or a review (RV-1).

    Raises NotFound for anything else.
    """
    prefix = ref.partition("-")[0]
    if prefix == "RV":
        review = session.get(Review, number_of(ref, "RV"))
        ref = f"AR-{review.request_id}" if review else ref
    if prefix == "TK":
        task = session.get(Task, number_of(ref, "TK"))
        ref = f"GR-{task.grant_id}" if task else ""
    if prefix in ("GR", "TK"):
        grant = grant_behind(session, ref)
        return session.get_one(Request, grant.request_id)
    request = session.get(Request, number_of(ref, "AR"))
    if request is None:
        raise NotFound(f"There is no {ref}.")
    return request


def grant_behind(session: Session, ref: str) -> Grant:
    """The grant of a reference (GR-1); raises NotFound for anything else."""
    grant = session.get(Grant, number_of(ref, "GR"))
    if grant is None:
        raise NotFound(f"There is no {ref}.")
    return grant


def may_look(session: Session, request: Request, person_id: str) -> bool:
    """Whether this person may see a request's whole story: those involved, the app's owners, the admins."""
    if may_comment(session, request, person_id):
        return True
    person = Directory(session).person(person_id)
    if person is None or not person.active:
        return False
    return Snapshot.from_json(request.policy).owned_by(person) or _does_it(session, request, person_id)


def looked_at(session: Session, ref: str, person_id: str) -> Request:
    """The request behind a reference, for somebody who may see it; NotFound, or NotAllowed for the others."""
    request = request_behind(session, ref)
    if not may_look(session, request, person_id):
        raise NotAllowed(f"Only those involved in {request.ref} can see its details.")
    return request


def may_reassign(session: Session, request: Request, person_id: str) -> bool:
    """Whether Reassign is of use to this person, as far as is known; the verb looks again."""
    snapshot, directory = Snapshot.from_json(request.policy), Directory(session)
    person = directory.person(person_id)
    mine = person_id in (request.requester_id, request.beneficiary_id)
    off = request.state is not RequestState.PENDING or snapshot.policy.reassign is Reassign.NOBODY
    if person is None or not person.active or mine or off:
        return False
    here = select(Asked).where(Asked.request_id == request.id, Asked.position == request.position)
    asked = session.scalars(here.where(Asked.person_id == person_id)).first()
    return asked is not None or directory.is_admin(person_id) or snapshot.owned_by(person)


def card_at(session: Session, channel: str, ts: str) -> Card | None:
    """The card that is this message."""
    return session.scalars(select(Card).where(Card.channel == channel, Card.ts == ts)).first()


def policy_today(session: Session, grant: Grant) -> AccessPolicy:
    """The policy that more time on a grant is asked for by: today's, or the grant's where the app is gone.

    For a holder who always has an end it offers no other.
    """
    own = Snapshot.from_json(grant.policy)
    app = apps.find(session, grant.app_key)
    access = next((one for one in app.access if one.key == grant.access_key), None) if app else None
    policy = effective(app, access) if app and access else own.policy
    holder = Directory(session).person(grant.person_id)
    return policy.model_copy(update={"indefinite": False}) if holder and holder.temporary else policy


def _does_it(session: Session, request: Request, person_id: str) -> bool:
    tasks = select(Task).join(Grant, Grant.id == Task.grant_id).where(Grant.request_id == request.id)
    return any(person_id in task.asked for task in session.scalars(tasks))
