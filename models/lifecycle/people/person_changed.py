"""Somebody has gone, or is not what they were.

What they asked for is cancelled, what they held is taken, what waits for them moves on.
"""

from collections.abc import Iterable

from sqlalchemy import String, cast, select, text

from models.catalogue.approvers import GroupRef, parse_approver
from models.catalogue.spec import StageSpec
from models.errors import Closed
from models.lifecycle.grant import forced_end_date, revoke, tasks
from models.lifecycle.request import decide, emergency_review, stages
from models.registry import directory
from models.store.tx import SYSTEM, Tx
from models.tables.cards import Card, CardKind
from models.tables.grants import Cause, Grant
from models.tables.people import Person, UserGroup
from models.tables.requests import Asked, Request, Stage
from models.tables.states import GrantState, RequestEvent, RequestState

_PENDING = text("requests.state = 'pending'")
"""As literal SQL: with a bound value SQLite passes by the indexes of what is pending."""


def people_seen(tx: Tx, people: Iterable[Person]) -> None:
    """Keep what Slack says of these people now, and act on it where it counts. Safe to repeat.

    Manager and department stand elsewhere in Slack (`directory.remember_profile`); they stay as they are.
    """
    for person in sorted(people, key=lambda one: one.id):
        _person_seen(tx, person)


def _person_seen(tx: Tx, person: Person) -> None:
    known = tx.locked(Person, person.id)
    before = None if known is None else standing(known)
    if known is not None:
        person.manager_id, person.department = known.manager_id, known.department
    directory.remember(tx, [person])
    tx.session.flush()
    if before is not None and before != standing(person):
        tx.record(
            SYSTEM, "person.changed", person.id, person=person.id, before=before, after=standing(person)
        )
    if not person.active:
        leave(tx, person.id)
        return
    forced_end_date.seen(tx, person.id)
    if before != standing(person):
        move_on(tx, person.id)


def standing(person: Person) -> dict[str, bool]:
    """What decides whether somebody may ask, decide and hold."""
    return {
        "active": person.active,
        "guest": person.guest,
        "stranger": person.stranger,
        "bot": person.bot,
    }


def group_seen(tx: Tx, group: UserGroup) -> None:
    """Keep what Slack says of a user group now; pending stages that ask it look again who can decide."""
    known = tx.session.get(UserGroup, group.id)
    changed = known is None or (known.enabled, set(known.members)) != (group.enabled, set(group.members))
    directory.remember_group(tx, group)
    tx.session.flush()
    if changed:
        _look_again(tx, _asking_group(tx, group))


def leave(tx: Tx, person_id: str) -> None:
    """A person was deactivated. Safe to repeat."""
    _cancel_requests(tx, person_id)
    _take_grants(tx, person_id)
    tasks.move_on(tx, person_id)
    move_on(tx, person_id)


def move_on(tx: Tx, person_id: str) -> None:
    """A person may not decide any more (or now may).

    The pending requests that ask them, or of which they have a card, look again who can.
    """
    asked = (
        select(Request.id)
        .join(Asked, (Asked.request_id == Request.id) & (Asked.position == Request.position))
        .where(_PENDING, Asked.person_id == person_id)
    )
    waiting = (
        select(Request.id)
        .join(Card, Card.about == "AR-" + cast(Request.id, String))
        .where(_PENDING, Card.kind == CardKind.APPROVAL, Card.person_id == person_id)
    )
    _look_again(tx, {*tx.session.scalars(waiting), *tx.session.scalars(asked)})
    emergency_review.move_on(tx, person_id)


def _look_again(tx: Tx, request_ids: Iterable[int]) -> None:
    for request_id in sorted(request_ids):
        request = tx.locked(Request, request_id)
        if request is not None and request.state is RequestState.PENDING:
            decide.look_again(tx, request)


def _asking_group(tx: Tx, group: UserGroup) -> list[int]:
    """The pending requests whose open stage names this group, by its id or its handle."""
    pending = (
        select(Request.id, Stage.spec)
        .join(Stage, (Stage.request_id == Request.id) & (Stage.position == Request.position))
        .where(_PENDING)
    )
    names = {GroupRef(id=group.id), GroupRef(handle=group.handle)}
    return [
        request_id
        for request_id, spec in tx.session.execute(pending)
        if names & {parse_approver(one) for one in StageSpec.model_validate(spec).everybody}
    ]


def _cancel_requests(tx: Tx, person_id: str) -> None:
    theirs = select(Request).where(
        (Request.requester_id == person_id) | (Request.beneficiary_id == person_id),
        Request.state == RequestState.PENDING,
    )
    for request in tx.session.scalars(theirs.order_by(Request.id).with_for_update()).all():
        stages.close(tx, request, RequestEvent.CANCEL, SYSTEM, "The person has left.")


def _take_grants(tx: Tx, person_id: str) -> None:
    states = (GrantState.SCHEDULED, GrantState.GRANTING, GrantState.ACTIVE, GrantState.FAILED)
    theirs = select(Grant).where(Grant.person_id == person_id, Grant.state.in_(states))
    for grant in tx.session.scalars(theirs.order_by(Grant.id).with_for_update()).all():
        try:
            revoke.take_away(tx, grant, SYSTEM, Cause.OFFBOARDING)
        except Closed:  # it went at the same moment
            continue
