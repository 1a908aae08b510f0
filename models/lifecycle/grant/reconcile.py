"""What a connector has to do for one target, and what becomes of each grant when it has tried.

The worker reads the changes of a target, calls the connector outside of any transaction, and hands the
outcomes back. What a person should hold on a target is the union of their live grants: nothing is taken
that another live grant still gives.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.jobs import Urgency, backoff
from models.lifecycle import separation_of_duties
from models.lifecycle.grant import revoke, tasks
from models.lifecycle.grant.give import TRIES, failed, given
from models.lifecycle.grant.verify_approvals import missing_approval
from models.policy import PersonFacts
from models.registry.directory import Directory
from models.store.tx import SYSTEM, Tx
from models.tables.base import Json
from models.tables.grants import UNSETTLED, Cause, Direction, Grant
from models.tables.states import GrantState

TOGETHER = 200
"""How many changes of one target are put into one round."""


@dataclass(frozen=True)
class Change:
    """One thing to do in a target system."""

    grant_id: int
    ref: str
    direction: Direction
    person_id: str
    email: str
    connector: Json
    kept: bool
    """To be taken, but another live grant of the same person gives the same: nothing to do."""
    was_active: bool


@dataclass(frozen=True)
class Done:
    """It is so: given, or taken, or it was so already."""


@dataclass(frozen=True)
class ByHand:
    """Somebody has to do it; a task is opened and the grant waits for it."""


@dataclass(frozen=True)
class Trouble:
    """It did not work. `error` is for the admins, in plain words."""

    error: str
    passing: bool = True
    """Whether it may work later by itself."""
    wait: timedelta | None = None
    """How long the other side asks to be left alone; such a wait is no failure."""


Outcome = Done | ByHand | Trouble


def changes(session: Session, target: str, now: datetime) -> list[Change]:
    """What is to be done at this target now, taking before giving, oldest first."""
    waiting = (
        select(Grant)
        .where(
            Grant.target == target,
            UNSETTLED,
            Grant.retry_at <= now,
        )
        .order_by(Grant.state.desc(), Grant.id)
        .limit(TOGETHER)
    )
    return [_change(session, grant) for grant in session.scalars(waiting)]


def next_try(session: Session, target: str) -> datetime | None:
    """When this target has to be looked at again; None if nothing is left to do."""
    waiting = select(func.min(Grant.retry_at)).where(Grant.target == target, UNSETTLED)
    return session.scalar(waiting)


def settled(tx: Tx, target: str, outcomes: Mapping[int, tuple[Direction, Outcome]]) -> None:
    """Write down what came of a round, by grant id, and plan the next one where something is left."""
    for grant_id, (direction, outcome) in sorted(outcomes.items()):
        grant = tx.locked(Grant, grant_id)
        if grant is not None and _still_wanted(grant, direction):
            _settle(tx, grant, direction, outcome)
    tx.session.flush()
    again = next_try(tx.session, target)
    if again is not None:
        tx.enqueue(
            "settle",
            f"settle:{target}",
            run_at=max(again, tx.now),
            not_before=_asked_to_wait(tx, outcomes),
            urgency=_urgency(tx.session, target),
            target=target,
        )


def _urgency(session: Session, target: str) -> Urgency:
    """What is left to take goes before what others wait to be given."""
    taking = select(Grant.id).where(Grant.target == target, UNSETTLED, Grant.state == GrantState.REVOKING)
    return Urgency.GIVE if session.scalars(taking.limit(1)).first() is None else Urgency.TAKE


def _asked_to_wait(tx: Tx, outcomes: Mapping[int, tuple[Direction, Outcome]]) -> datetime | None:
    """Until when the target system wants to be left alone; it holds for what is asked of it meanwhile too."""
    troubles = (outcome for _, outcome in outcomes.values() if isinstance(outcome, Trouble))
    waits = [trouble.wait for trouble in troubles if trouble.wait is not None]
    return tx.now + max(waits) if waits else None


def _change(session: Session, grant: Grant) -> Change:
    person = Directory(session).person(grant.person_id)
    direction = Direction.GIVE if grant.state is GrantState.GRANTING else Direction.TAKE
    return Change(
        grant_id=grant.id,
        ref=grant.ref,
        direction=direction,
        person_id=grant.person_id,
        email=person.email if person else "",
        connector=grant.connector,
        kept=direction is Direction.TAKE and _held_otherwise(session, grant),
        was_active=grant.active_at is not None,
    )


def _held_otherwise(session: Session, grant: Grant) -> bool:
    other = select(Grant.id).where(
        Grant.person_id == grant.person_id,
        Grant.target == grant.target,
        Grant.id != grant.id,
        Grant.state.in_((GrantState.GRANTING, GrantState.ACTIVE)),
    )
    return session.scalars(other).first() is not None


def _still_wanted(grant: Grant, direction: Direction) -> bool:
    """While the connector worked, the grant may have gone another way: then the next round sees to it."""
    wanted = GrantState.GRANTING if direction is Direction.GIVE else GrantState.REVOKING
    return grant.state is wanted


def _settle(tx: Tx, grant: Grant, direction: Direction, outcome: Outcome) -> None:
    if isinstance(outcome, Trouble):
        _trouble(tx, grant, direction, outcome)
    elif isinstance(outcome, ByHand):
        grant.retry_at = None
        tasks.open_task(tx, grant, direction)
    elif direction is Direction.GIVE:
        given(tx, grant)
    else:
        revoke.taken(tx, grant)


def _trouble(tx: Tx, grant: Grant, direction: Direction, trouble: Trouble) -> None:
    grant.error = trouble.error
    if trouble.wait is None:
        grant.attempts += 1
    if not trouble.passing or grant.attempts >= TRIES[direction]:
        failed(tx, grant, direction, trouble.error)
    else:
        grant.retry_at = tx.now + (trouble.wait or backoff(grant.attempts))


def guard(tx: Tx, target: str) -> None:
    """Before a round.

    Nothing is given without the approvals that its stages ask for, to somebody who left, after its end, to a
    guest or a contractor without one, or beside what it conflicts with.
    """
    waiting = (
        select(Grant)
        .where(Grant.target == target, UNSETTLED, Grant.state == GrantState.GRANTING)
        .where(Grant.retry_at <= tx.now)
        .order_by(Grant.id)
    )
    for grant in tx.session.scalars(waiting.with_for_update()).all():
        person = Directory(tx.session).person(grant.person_id)
        if person is None or not person.active:
            revoke.take_away(tx, grant, SYSTEM, Cause.OFFBOARDING)
        elif grant.ends_at is not None and grant.ends_at <= tx.now:
            revoke.time_up(tx, grant)
        elif obstacle := _obstacle(tx.session, grant, person):
            failed(tx, grant, Direction.GIVE, obstacle)


def _obstacle(session: Session, grant: Grant, person: PersonFacts) -> str | None:
    return (
        missing_approval(session, grant)
        or _endless(grant, person)
        or separation_of_duties.obstacle(session, grant, person.name)
    )


def _endless(grant: Grant, person: PersonFacts) -> str | None:
    if not person.temporary or grant.ends_at is not None or grant.length is not None:
        return None
    return f"{person.name} is {person.temporary} by now, and has access for a limited time only."
