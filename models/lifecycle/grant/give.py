"""Giving: from the last approval to the access that is really there, or to a failure that somebody sees."""

import hashlib
import json
from datetime import timedelta

from sqlalchemy import bindparam, update

from models.catalogue.words import RequestKind
from models.jobs import Urgency
from models.lifecycle import audit_entries, redraw, separation_of_duties
from models.lifecycle.grant import end_dates, forced_end_date
from models.lifecycle.transitions import move_grant
from models.registry.directory import Directory
from models.registry.policy_snapshot import Snapshot
from models.store.tx import SYSTEM, Tx
from models.straight import straight
from models.tables.cards import CardKind
from models.tables.grants import Direction, Grant
from models.tables.requests import Request, Term
from models.tables.states import GrantEvent, GrantState

READABLE = 200
"""Longer settings of a connector are named by their digest in `Grant.target`."""
WHAT = {"slack_usergroup": ("usergroup",)}
"""Which settings of a connector say what it changes, where others say only how. Not listed here: all do."""

TAKE_AGAIN = timedelta(hours=1)
"""How often taking what stands as failed is tried again: the access may still be there."""
TRIES = {Direction.GIVE: 6, Direction.TAKE: 10}
"""Failures in a row (they may pass, says the connector) until a grant stands as failed: about 2 minutes for
giving, where somebody waits, and half an hour for taking."""


_LOOK_AGAIN = (
    update(Grant)
    .where(
        Grant.person_id == bindparam("person"),
        Grant.target == bindparam("at_target"),
        Grant.state == GrantState.REVOKING,
    )
    .values(retry_at=bindparam("now"))
)


def begin(tx: Tx, request: Request) -> None:
    """An approved request becomes a grant; an approved extension makes its grant's end later.

    Where the grant ended while the extension waited, the access is given anew.
    """
    if request.kind is RequestKind.EXTEND and request.grant_id is not None:
        grant = tx.locked(Grant, request.grant_id)
        if grant is not None and grant.state is GrantState.ACTIVE:
            end_dates.lengthen(tx, grant, request)
            return
    _create(tx, request)


def target_of(snapshot: Snapshot) -> str:
    """What an access's connector changes: grants with the same target are settled together."""
    connector = snapshot.access.connector
    if connector.type == "manual":
        return f"manual:{snapshot.app.key}/{snapshot.access.key}"
    what = {key: connector.params.get(key) for key in WHAT.get(connector.type, connector.params)}
    params = json.dumps(what, sort_keys=True, separators=(",", ":"))
    readable = f"{connector.type}:{params}"
    return (
        readable
        if len(readable) <= READABLE
        else f"{connector.type}:{hashlib.sha256(params.encode()).hexdigest()}"
    )


def settle_soon(tx: Tx, grant: Grant, urgency: Urgency) -> None:
    """Let the worker bring the grant's target to what it should be, at `grant.retry_at`."""
    tx.enqueue(
        "settle", f"settle:{grant.target}", run_at=grant.retry_at, urgency=urgency, target=grant.target
    )


def start(tx: Tx, grant: Grant) -> None:
    """A grant's start in the future has come."""
    move_grant(tx, grant, GrantEvent.START, SYSTEM)
    grant.due_at, grant.retry_at = grant.ends_at, tx.now
    _settle_first(tx, grant)
    redraw.redraw_grant(tx, grant)


def given(tx: Tx, grant: Grant, by: str = SYSTEM) -> None:
    """The connector has given it, or saw that it is there: the duration counts from now."""
    move_grant(tx, grant, GrantEvent.GIVEN, by)
    grant.active_at, grant.failing, grant.error, grant.attempts, grant.retry_at = tx.now, None, "", 0, None
    if grant.length is not None:
        grant.ends_at = tx.now + timedelta(seconds=grant.length)
    end_dates.arm(grant)
    forced_end_date.begun(tx, grant)
    redraw.show(tx, CardKind.ACCESS, grant.ref, grant.ref, grant.person_id)
    redraw.redraw_grant(tx, grant)


def failed(tx: Tx, grant: Grant, direction: Direction, error: str) -> None:
    """It did not work, and trying again by itself has come to an end: the admins see it, with Retry."""
    event = GrantEvent.GIVE_FAILED if direction is Direction.GIVE else GrantEvent.TAKE_FAILED
    move_grant(tx, grant, event, SYSTEM, error=error)
    grant.failing, grant.error, grant.retry_at = direction, error, None
    grant.due_at = tx.now + TAKE_AGAIN if direction is Direction.TAKE else grant.ends_at
    for person_id in Directory(tx.session).admins():
        redraw.show(tx, CardKind.FAILURE, f"{grant.ref}/{direction}", grant.ref, person_id)
    redraw.redraw_grant(tx, grant)


def retry(tx: Tx, grant: Grant, by: str) -> None:
    """Try a failed grant again, the way it failed; once only where nobody asked for it."""
    event = GrantEvent.RETRY_TAKE if grant.failing is Direction.TAKE else GrantEvent.RETRY_GIVE
    move_grant(tx, grant, event, by)
    grant.retry_at = tx.now
    grant.attempts = TRIES[grant.failing or Direction.GIVE] - 1 if by == SYSTEM else 0
    grant.due_at = None if event is GrantEvent.RETRY_TAKE else grant.ends_at
    settle_soon(tx, grant, Urgency.TAKE if event is GrantEvent.RETRY_TAKE else Urgency.GIVE)
    redraw.redraw_grant(tx, grant)


def _create(tx: Tx, request: Request) -> None:
    separation_of_duties.hold(tx, request)
    term, snapshot = Term.from_json(request.term), Snapshot.from_json(request.policy)
    later = term.start is not None and term.start > tx.now
    grant = Grant(
        request_id=request.id,
        person_id=request.beneficiary_id,
        app_key=request.app_key,
        access_key=request.access_key,
        app_name=request.app_name,
        access_name=request.access_name,
        policy=request.policy,
        connector=snapshot.access.connector.stored(),
        target=target_of(snapshot),
        state=GrantState.SCHEDULED if later else GrantState.GRANTING,
        length=int(term.length.total_seconds()) if term.length else None,
        starts_at=term.start,
        ends_at=term.end,
        due_at=term.start if later else term.end,
        retry_at=None if later else tx.now,
        notices=[],
        created_at=tx.now,
    )
    tx.session.add(grant)
    tx.session.flush()
    request.grant_id = grant.id
    audit_entries.of_grant(
        tx, grant, SYSTEM, f"grant.{grant.state}", request=request.ref, target=grant.target, term=request.term
    )
    if not later:
        _settle_first(tx, grant)
    redraw.redraw_request(tx, request)
    separation_of_duties.moved(tx, grant)


def _settle_first(tx: Tx, grant: Grant) -> None:
    """Have it given. What is just being taken from the same person at the same target is looked at again.

    The next round lets that go, and nobody takes by hand what this grant gives.
    """
    theirs = {"person": grant.person_id, "at_target": grant.target, "now": tx.now}
    straight(tx.session, _LOOK_AGAIN, theirs)
    settle_soon(tx, grant, Urgency.GIVE)
