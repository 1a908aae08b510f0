"""What is due: the scheduler asks, a batch at a time, in the order of urgency. Each batch is one transaction.

Revokes come before starts, then requests that nobody decided: their end, their escalation, the warning; then
notices and reminders. What was due
while the bot was away is done once: of several notices that were missed, only the last is sent.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, bindparam, select
from sqlalchemy.exc import DBAPIError

from models.lifecycle import audit_entries, clock_set_back, mass_revocation, redraw
from models.lifecycle.grant import end_dates, extensions, give, revoke
from models.lifecycle.people import delegations
from models.lifecycle.request import emergency_review, escalate, remind, stages
from models.registry.policy_snapshot import Snapshot
from models.store.tx import SYSTEM, Tx
from models.tables import deliveries
from models.tables.cards import CardKind
from models.tables.delegations import Delegation
from models.tables.grants import Direction, Grant
from models.tables.requests import Request
from models.tables.reviews import Review
from models.tables.states import GrantState, RequestEvent, RequestState

BATCH = 200

Row = TypeVar("Row", Grant, Request, Delegation, Review)


class Broken(Exception):
    """What is due of one row cannot be done; `what` names it, for `sweep` to pass it over."""

    def __init__(self, what: str) -> None:
        super().__init__(f"cannot do what is due: {what}")
        self.what = what


def sweep(tx: Tx, passed_over: Collection[str] = ()) -> bool:
    """Do one batch of what is due; True if there may be more.

    Raises Broken, having done nothing, where something in the batch cannot be done: called again with that
    passed over, it does the others.
    """
    clock_set_back.mend(tx)
    mass_revocation.hold_back(tx)
    return any(part.batch(tx, passed_over) >= BATCH for part in PARTS)


@dataclass(frozen=True)
class _Part(Generic[Row]):
    """One kind of what is due."""

    doing: str
    rows: Select[Row]
    at: Any
    """The column that says when."""
    work: Callable[[Tx, Row], None]

    @cached_property
    def _due(self) -> Select[Row]:
        """Asked each second of each part. A statement that is made once costs half of one made anew."""
        due = self.rows.where(self.at <= bindparam("now")).order_by(self.at).limit(bindparam("most"))
        return due.with_for_update(skip_locked=True)

    def batch(self, tx: Tx, passed_over: Collection[str]) -> int:
        """Do it for up to `BATCH` rows, the longest due first; returns for how many."""
        due = self._due
        mine = [what for what in passed_over if what.startswith(f"{self.doing} ")]
        if mine:
            due = due.where(self.at.class_.id.not_in([int(what.rpartition("-")[2]) for what in mine]))
        rows = tx.session.scalars(due, {"now": tx.now, "most": BATCH}).all()
        for row in rows:
            self._do(tx, row)
        return len(rows)

    def _do(self, tx: Tx, row: Row) -> None:
        what = f"{self.doing} {row.ref}"
        try:
            self.work(tx, row)
        except DBAPIError:
            raise  # the database's trouble, not the row's
        except Exception as error:
            raise Broken(what) from error


def tidy(tx: Tx) -> None:
    """Forget the deliveries that cannot come again."""
    deliveries.forget(tx.session, tx.now)


def _move(tx: Tx, grant: Grant) -> None:
    ended = grant.ends_at is not None and grant.ends_at <= tx.now
    if grant.state is GrantState.FAILED and grant.failing is Direction.TAKE:
        give.retry(tx, grant, SYSTEM)
    elif ended and (held := _held_over(tx, grant)) is not None:
        grant.due_at = held
    elif ended:
        revoke.time_up(tx, grant)
    elif grant.state is GrantState.SCHEDULED:
        give.start(tx, grant)
    else:  # its end was moved after the index was set; look again then
        grant.due_at = grant.ends_at


def _held_over(tx: Tx, grant: Grant) -> datetime | None:
    """Until when a pending extension holds up the end, where the app has a grace period."""
    if grant.ends_at is None or grant.state is not GrantState.ACTIVE:
        return None
    extension = extensions.waiting(tx.session, grant)
    if extension is None:
        return None
    until = grant.ends_at + (Snapshot.from_json(grant.policy).policy.grace or timedelta())
    if until <= tx.now:
        return None
    audit_entries.of_grant(tx, grant, SYSTEM, "grant.grace", request=extension.ref, until=until.isoformat())
    return until


def _expire(tx: Tx, request: Request) -> None:
    stages.close(tx, request, RequestEvent.EXPIRE, SYSTEM)


def _notify(tx: Tx, grant: Grant) -> None:
    if grant.ends_at is None:  # it has no end any more, and so no notices
        grant.notice_at = None
        return
    passed = end_dates.passed_notices(grant, tx.now)
    grant.notices = sorted({*grant.notices, *passed})
    grant.notice_at = end_dates.next_notice(grant)
    if grant.state is GrantState.ACTIVE and grant.ends_at > tx.now:
        last = min(passed, default=0)
        subject = f"{grant.ref}/{last}/{int(grant.ends_at.timestamp())}"
        redraw.show(tx, CardKind.NOTICE, subject, grant.ref, grant.person_id)
        audit_entries.of_grant(tx, grant, SYSTEM, "grant.notice", before_end=last)


_PENDING = select(Request).where(Request.state == RequestState.PENDING)
PARTS: tuple[_Part[Any], ...] = (
    _Part("move", select(Grant), Grant.due_at, _move),
    _Part("expire", _PENDING, Request.expires_at, _expire),
    _Part("escalate", _PENDING, Request.escalate_at, escalate.escalate),
    _Part("warn", _PENDING, Request.warn_at, remind.warn),
    _Part("notice", select(Grant), Grant.notice_at, _notify),
    _Part("remind", _PENDING, Request.remind_at, remind.remind_again),
    _Part("stand in", select(Delegation), Delegation.due_at, delegations.turn),
    _Part("review", select(Review), Review.remind_at, emergency_review.remind),
)
"""In the order of urgency."""
