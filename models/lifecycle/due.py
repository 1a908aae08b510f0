"""Do what is due, for the scheduler: a batch at a time, in the order of urgency.

Revocations come before starts, then requests that nobody decided: their end, their escalation, the warning;
then notices and reminders. What was due while the bot was away is done once: of several notices that were
missed, only the last is sent.

Each row has an outcome of its own over one case: one that fails is dropped and named, and holds up nothing
else.
"""

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, TextClause, bindparam, not_, select, text

from models.lifecycle import clock_set_back, mass_revocation, transitions
from models.lifecycle.grant import end_dates, expiry_notices, fill_rounds, give, revoke
from models.lifecycle.people import delegations
from models.lifecycle.request import emergency, escalate, remind
from models.lifecycle.transitions import close_request
from models.registry.policy_snapshot import policy_of
from models.statements import among
from models.store.case import Busy, Case
from models.store.outcome import SYSTEM, Outcome
from models.tables.grants import Direction, Grant
from models.tables.people import Delegation, Person
from models.tables.requests import Request
from models.tables.reviews import Review
from models.tables.states import GrantState, RequestEvent, RequestState

BATCH = 100
"""Rows of one kind that are read at once."""
AT_ONCE = 0.005
"""Seconds of work for one transaction, so that nobody waits long behind it."""

_PENDING = text("requests.state = 'pending'")
"""As literal SQL: with a bound value SQLite passes by the indexes of what is pending."""

Begin = Callable[[], Outcome]
Row = TypeVar("Row", Grant, Request, Delegation, Review)


@dataclass
class Swept:
    """The result of a sweep."""

    outcomes: list[Outcome] = field(default_factory=list)
    broken: list[tuple[str, Exception]] = field(default_factory=list)
    """What failed, by names such as "move GR-1", and why."""
    done: int = 0
    """How many rows were dealt with."""
    more: bool = False
    """Whether there may be more that is due."""
    seconds: float = 0
    """Seconds of work, without what is read for many at once."""


def sweep(case: Case, begin: Begin, skip: Collection[str] = ()) -> Swept:
    """Do some of what is due: up to `BATCH` rows, and about `AT_ONCE` seconds of work.

    `begin` makes an outcome over the case; those that are to be saved are returned. `skip` names what failed
    before and is left alone.
    """
    swept = Swept()
    correction = "set back clock"
    if correction not in skip:
        _attempt(swept, begin, correction, clock_set_back.correct_times)
    for part in PARTS:
        part.carry_out(swept, case, begin, skip)
        if swept.more:
            break
    if swept.more:
        fill_rounds.delay_rounds(case, swept.outcomes)
    elif (out := fill_rounds.start_rounds(case, begin)) is not None:
        swept.outcomes.append(out)
    return swept


def _attempt(swept: Swept, begin: Begin, what: str, work: Callable[[Outcome], object]) -> bool:
    """Do one thing with an outcome of its own; True if it was done. Raises the database's own errors."""
    out = begin()
    try:
        work(out)
    except out.sql.errors:
        raise
    except Busy:  # somebody is at it: the next sweep looks again
        out.drop()
        return False
    except Exception as error:  # noqa: BLE001 - what is broken holds up nothing else
        out.drop()
        swept.broken.append((what, error))
        return False
    swept.outcomes.append(out)
    return True


def _nothing(_case: Case, _rows: Collection[Any]) -> None: ...


@dataclass(frozen=True)
class _Part(Generic[Row]):
    """One kind of what is due."""

    doing: str
    table: type[Row]
    at: str
    """The column that says when."""
    work: Callable[[Outcome, Row], object]
    look_up: Callable[[Case, Collection[Row]], None] = _nothing
    """Reads at once what the work needs for all the rows, besides their own groups."""

    @cached_property
    def _due(self) -> Select[Any]:
        columns = self.table.__table__.c
        return (
            select(self.table)
            .where(
                *self._conditions, columns[self.at] <= bindparam("now"), not_(among(columns.id, "without"))
            )
            .order_by(columns[self.at])
            .limit(bindparam("most"))
            .with_for_update(skip_locked=True)
        )

    def carry_out(self, swept: Swept, case: Case, begin: Begin, skip: Collection[str]) -> None:
        """Do it for the rows that were due first, until all are done or the time is over."""
        without = [
            int(what.rpartition("-")[2]) for what in skip if what.startswith(f"{self.doing} ")
        ]  # fmt: skip
        read = case.read(self._due, now=case.now, without=without, most=BATCH)
        if not read:
            return
        case.take(read)
        self.look_up(case, read)
        began, seen, settled = 0.0, 0, 0
        for row in read:
            due = self._is_due(case, row.id)
            done = due and _attempt(swept, begin, f"{self.doing} {row.ref}", self._do(row))
            swept.done += done
            settled += done or not due
            seen += 1
            if seen == 1:  # it has looked up what belongs to all of them
                began = time.monotonic() - swept.seconds
            swept.seconds = time.monotonic() - began
            if swept.seconds >= AT_ONCE:
                break
        swept.more = seen < len(read) or (len(read) >= BATCH and bool(settled or swept.broken))

    def _do(self, row: Row) -> Callable[[Outcome], object]:
        return lambda out: self.work(out, out.case.get_one(self.table, row.id))

    @property
    def _conditions(self) -> tuple[TextClause, ...]:
        return (_PENDING,) if self._pending_only else ()

    @property
    def _pending_only(self) -> bool:
        return self.table.__tablename__ == Request.__tablename__

    def _is_due(self, case: Case, key: int) -> bool:
        """Whether a row is still due: this sweep may have changed it already."""
        row = case.get(self.table, key)
        at: datetime | None = getattr(row, self.at, None)
        still = not self._pending_only or getattr(row, "state", None) is RequestState.PENDING
        return still and at is not None and at <= case.now


def _move_grant(out: Outcome, grant: Grant) -> None:
    ended = grant.ends_at is not None and grant.ends_at <= out.now
    if grant.state is GrantState.FAILED and grant.failing is Direction.TAKE:
        give.retry(out, grant, SYSTEM)
    elif ended and (pause := mass_revocation.pause_for(out.case, grant)) is not None:
        mass_revocation.hold_grant(out, grant, pause)
    elif ended and (until := _held_over(out, grant)) is not None:
        out.change(grant, due_at=until)
    elif ended:
        revoke.expire_grant(out, grant)
    elif grant.state is GrantState.SCHEDULED:
        give.start_scheduled(out, grant)
    else:  # its end was moved after the index was set; look again then
        out.change(grant, due_at=grant.ends_at)


def _held_over(out: Outcome, grant: Grant) -> datetime | None:
    """Until when a pending extension delays the end, where the app has a grace period."""
    if grant.ends_at is None or grant.state is not GrantState.ACTIVE:
        return None
    extension = end_dates.pending_extension(out.case, grant)
    if extension is None:
        return None
    until = grant.ends_at + (policy_of(out.case, grant.policy).policy.grace or timedelta())
    if until <= out.now:
        return None
    transitions.record_grant(
        out, grant, SYSTEM, "grant.grace", request=extension.ref, until=until.isoformat()
    )
    return until


def _holders(case: Case, grants: Collection[Grant]) -> None:
    case.hand(Person, {grant.person_id for grant in grants if grant.state is GrantState.SCHEDULED})


def _expire(out: Outcome, request: Request) -> None:
    close_request(out, request, RequestEvent.EXPIRE, SYSTEM)


def _grants(case: Case, requests: Collection[Request]) -> None:
    """Lock the grants that extensions are about."""
    case.lock_now(Grant, {request.grant_id for request in requests if request.grant_id is not None})


def _emergencies(case: Case, reviews: Collection[Review]) -> None:
    case.hand(Request, {review.request_id for review in reviews})


PARTS: tuple[_Part[Any], ...] = (
    _Part("move", Grant, "due_at", _move_grant, _holders),
    _Part("expire", Request, "expires_at", _expire, _grants),
    _Part("escalate", Request, "escalate_at", escalate.escalate),
    _Part("warn", Request, "warn_at", remind.warn_of_expiry),
    _Part("notice", Grant, "notice_at", expiry_notices.send),
    _Part("remind", Request, "remind_at", remind.send_reminder),
    _Part("stand in", Delegation, "due_at", delegations.begin_or_end),
    _Part("review", Review, "remind_at", emergency.remind_reviewers, _emergencies),
)
"""In the order of urgency."""
