"""Reconcile a target system with the grants: what its connector has to do, and what came of it.

The worker reads the changes of a target, calls the connector outside of any transaction, and hands the
outcomes back. What a person should hold on a target is the union of their live grants: nothing is revoked
that another live grant still gives. A round looks up at once what all its grants need.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, not_, select, text

from models.jobs import Urgency, backoff
from models.lifecycle import check_conflicts, redraw
from models.lifecycle.grant import revoke, tasks
from models.lifecycle.grant.give import TRIES, mark_active, mark_failed
from models.lifecycle.grant.verify_approvals import missing_approvals
from models.policy import PersonFacts
from models.registry.directory import Directory
from models.statements import among
from models.store.case import Case
from models.store.outcome import SYSTEM
from models.store.outcome import Outcome as Out
from models.tables.base import Json
from models.tables.grants import UNSETTLED, Cause, Direction, Grant
from models.tables.people import Person
from models.tables.states import GrantState

ROUND_SIZE = 200
"""The most changes of one target in one round."""


@dataclass(frozen=True)
class TargetChange:
    """One thing to do in a target system."""

    grant_id: int
    ref: str
    direction: Direction
    person_id: str
    email: str
    connector: Json
    held_otherwise: bool
    """To be revoked, but another live grant of the same person gives the same: nothing to do."""
    was_active: bool


@dataclass(frozen=True)
class Done:
    """The access is provisioned or revoked, or was so already."""


@dataclass(frozen=True)
class ByHand:
    """Somebody has to do it; a task is opened and the grant waits for it."""


@dataclass(frozen=True)
class ConnectorFailure:
    """The connector failed. `error` is for the admins, in plain words."""

    error: str
    transient: bool = True
    """Whether a later try may work."""
    wait: timedelta | None = None
    """How long the target system asks to wait (Retry-After); such a wait counts as no failure."""


ConnectorResult = Done | ByHand | ConnectorFailure

_AT_TARGET = (Grant.target == bindparam("target"), UNSETTLED)
_TO_DO = (
    select(Grant.id)
    .where(*_AT_TARGET, Grant.retry_at <= bindparam("now"))
    .order_by(Grant.state.desc(), Grant.id)
    .limit(ROUND_SIZE)
)
_TO_GIVE = (
    select(Grant.id)
    .where(*_AT_TARGET, text("state = 'granting'"), Grant.retry_at <= bindparam("now"))
    .where(Grant.id > bindparam("after"))
    .order_by(Grant.id)
    .limit(ROUND_SIZE)
)
_OTHERWISE = select(Grant.id).where(
    Grant.target == bindparam("target"),
    among(Grant.person_id, "people"),
    text("state IN ('granting', 'active')"),
)
_NEXT = (
    select(Grant.retry_at)
    .where(*_AT_TARGET, Grant.retry_at.is_not(None), not_(among(Grant.id, "besides")))
    .order_by(Grant.retry_at)
    .limit(1)
)
_LEFT_TO_TAKE = (
    select(Grant.id).where(*_AT_TARGET, text("state = 'revoking'"), not_(among(Grant.id, "besides"))).limit(1)
)


def cancel_or_fail_ineligible(out: Out, target: str) -> None:
    """Cancel or fail, before a round, the grants that must not be provisioned (any more).

    Nothing is given without the approvals that its stages ask for, to somebody who left, after its end, to a
    guest or a contractor without one, or beside what it conflicts with.
    """
    good, after = 0, 0
    while good < ROUND_SIZE:  # as many as a round can give
        ids = out.case.read(_TO_GIVE, target=target, now=out.now, after=after)
        good += _check_grants(out, ids) if ids else 0
        if len(ids) < ROUND_SIZE:
            return
        after = ids[-1]


def begin_round(out: Out, target: str) -> list[TargetChange]:
    """Check a round's grants and read its changes in one unit of work: nothing unchecked is given."""
    cancel_or_fail_ineligible(out, target)
    return pending_changes(out.case, target)


def pending_changes(case: Case, target: str) -> list[TargetChange]:
    """What to do at this target now: revocations first, each kind oldest first."""
    ids = case.read(_TO_DO, target=target, now=case.now)
    case.hand(Grant, ids)
    waiting = [grant for grant in (case.get_one(Grant, key) for key in ids) if _is_due(grant, case.now)]
    waiting.sort(key=lambda grant: (grant.state is GrantState.GRANTING, grant.id))
    who = Directory(case)
    who.look_up({grant.person_id for grant in waiting})
    kept = _holders_otherwise(case, target, [g for g in waiting if g.state is GrantState.REVOKING])
    return [_change(grant, who.person(grant.person_id), kept) for grant in waiting]


def save_outcomes(out: Out, target: str, outcomes: Mapping[int, tuple[Direction, ConnectorResult]]) -> None:
    """Save what came of a round, by grant id, and plan the next round where something is left."""
    case = out.case
    case.lock_now(Grant, outcomes.keys())
    grants = [case.lock(Grant, grant_id) for grant_id in sorted(outcomes)]
    case.hand(Person, {grant.person_id for grant in grants if grant is not None})
    for grant in grants:
        if grant is not None:
            direction, outcome = outcomes[grant.id]
            if grant.state is _state_for(direction):
                _settle(out, grant, direction, outcome)
    _plan_next_round(out, target, outcomes)


def _is_due(grant: Grant, now: datetime) -> bool:
    """Whether a round has to include this grant now."""
    unsettled = grant.state in (GrantState.GRANTING, GrantState.REVOKING)
    return unsettled and grant.retry_at is not None and grant.retry_at <= now


def _state_for(direction: Direction) -> GrantState:
    """The state of a grant for which this direction still holds.

    While the connector worked, the grant may have changed direction: then the next round sees to it.
    """
    return GrantState.GRANTING if direction is Direction.GIVE else GrantState.REVOKING


def _change(grant: Grant, person: PersonFacts | None, kept: Collection[str]) -> TargetChange:
    direction = Direction.GIVE if grant.state is GrantState.GRANTING else Direction.TAKE
    return TargetChange(
        grant_id=grant.id,
        ref=grant.ref,
        direction=direction,
        person_id=grant.person_id,
        email=person.email if person else "",
        connector=grant.connector,
        held_otherwise=direction is Direction.TAKE and grant.person_id in kept,
        was_active=grant.active_at is not None,
    )


def _holders_otherwise(case: Case, target: str, taking: Collection[Grant]) -> set[str]:
    """Of the people whose access is revoked, those who keep it by another live grant."""
    if not taking:
        return set()
    people = sorted({grant.person_id for grant in taking})
    ids = case.read(_OTHERWISE, target=target, people=people)
    case.hand(Grant, ids)
    others = (case.get_one(Grant, key) for key in ids)
    live = (GrantState.GRANTING, GrantState.ACTIVE)
    return {other.person_id for other in others if other.state in live}


def _settle(out: Out, grant: Grant, direction: Direction, outcome: ConnectorResult) -> None:
    if isinstance(outcome, ConnectorFailure):
        _record_failure(out, grant, direction, outcome)
    elif isinstance(outcome, ByHand):
        tasks.open_task(out, out.change(grant, retry_at=None), direction)
    elif direction is Direction.GIVE:
        mark_active(out, grant)
    else:
        revoke.mark_ended(out, grant)


def _record_failure(out: Out, grant: Grant, direction: Direction, trouble: ConnectorFailure) -> None:
    attempts = grant.attempts if trouble.wait is not None else grant.attempts + 1
    if grant.attempts == 0:  # its cards were to show at once what came of it
        redraw.redraw_grant(out, grant)
    grant = out.change(grant, error=trouble.error, attempts=attempts)
    if not trouble.transient or attempts >= TRIES[direction]:
        mark_failed(out, grant, direction, trouble.error)
    else:
        out.change(grant, retry_at=out.now + (trouble.wait or backoff(attempts)))


def _plan_next_round(
    out: Out, target: str, outcomes: Mapping[int, tuple[Direction, ConnectorResult]]
) -> None:
    """Enqueue the target's next round, for when something of it is due; with the urgency of what is left."""
    case, besides = out.case, list(outcomes)
    rows = [grant for grant in (case.get(Grant, key) for key in besides) if grant is not None]
    left = [grant for grant in rows if grant.state in (GrantState.GRANTING, GrantState.REVOKING)]
    moments = [grant.retry_at for grant in left if grant.retry_at is not None]
    moments += case.read(_NEXT, target=target, besides=besides)
    if moments:
        taking = any(grant.state is GrantState.REVOKING for grant in left)
        taking = taking or bool(case.read(_LEFT_TO_TAKE, target=target, besides=besides))
        out.enqueue(
            "settle",
            f"settle:{target}",
            run_at=max(min(moments), out.now),
            not_before=_asked_to_wait(out.now, outcomes),
            urgency=Urgency.TAKE if taking else Urgency.GIVE,
            target=target,
        )


def _asked_to_wait(
    now: datetime, outcomes: Mapping[int, tuple[Direction, ConnectorResult]]
) -> datetime | None:
    """Until when the target system wants no calls; that holds for later changes too."""
    troubles = (outcome for _, outcome in outcomes.values() if isinstance(outcome, ConnectorFailure))
    waits = [trouble.wait for trouble in troubles if trouble.wait is not None]
    return now + max(waits) if waits else None


def _check_grants(out: Out, ids: Collection[int]) -> int:
    """Check grants that are about to be provisioned; returns how many may be."""
    case, good = out.case, 0
    case.lock_now(Grant, ids)
    locked = (case.lock(Grant, grant_id) for grant_id in ids)
    grants = [g for g in locked if g is not None and g.state is GrantState.GRANTING and _is_due(g, case.now)]
    who = Directory(case)
    who.look_up({grant.person_id for grant in grants})
    unapproved = missing_approvals(case, grants)
    for grant in grants:
        person = who.person(grant.person_id)
        if person is None or not person.active:
            revoke.revoke_grant(out, grant, SYSTEM, Cause.OFFBOARDING)
        elif grant.ends_at is not None and grant.ends_at <= out.now:
            revoke.expire_grant(out, grant)
        elif problem := unapproved.get(grant.id) or _ineligible(case, grant, person):
            mark_failed(out, grant, Direction.GIVE, problem)
        else:
            good += 1
    return good


def _ineligible(case: Case, grant: Grant, person: PersonFacts) -> str | None:
    return _endless(grant, person) or check_conflicts.reason_not_to_give(case, grant, person.name)


def _endless(grant: Grant, person: PersonFacts) -> str | None:
    if not person.temporary or grant.ends_at is not None or grant.length is not None:
        return None
    return f"{person.name} is now {person.temporary}, and needs an end date for access."
