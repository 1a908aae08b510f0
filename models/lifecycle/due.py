"""What is due: the scheduler asks, a batch at a time, in the order of urgency. Each batch is one transaction.

Revokes come before starts, then requests that nobody decided, then notices, then reminders. What was due
while the bot was away is done once: of several notices that were missed, only the last is sent.
"""

from datetime import datetime

from sqlalchemy import select

from models import deliveries
from models.cards import CardKind
from models.grants import Grant
from models.lifecycle import decide, ends, extensions, granting, revoking, screens, set_back, stages
from models.lifecycle.snapshot import Snapshot
from models.requests import Asked, Request
from models.states import GrantState, RequestEvent, RequestState
from models.store.tx import SYSTEM, Tx

BATCH = 200


def sweep(tx: Tx) -> bool:
    """Do one batch of what is due; True if there may be more."""
    set_back.mend(tx)
    return any(part(tx) >= BATCH for part in (grants, requests, notices, reminders))


def grants(tx: Tx) -> int:
    """Grants whose end or start has come, the longest overdue first; returns how many were moved."""
    due = select(Grant).where(Grant.due_at <= tx.now).order_by(Grant.due_at).limit(BATCH)
    rows = tx.session.scalars(due.with_for_update(skip_locked=True)).all()
    for grant in rows:
        _move(tx, grant)
    return len(rows)


def requests(tx: Tx) -> int:
    """Requests that nobody decided in time."""
    due = (
        select(Request)
        .where(Request.state == RequestState.PENDING, Request.expires_at <= tx.now)
        .order_by(Request.expires_at)
        .limit(BATCH)
    )
    rows = tx.session.scalars(due.with_for_update(skip_locked=True)).all()
    for request in rows:
        stages.close(tx, request, RequestEvent.EXPIRE, SYSTEM)
    return len(rows)


def notices(tx: Tx) -> int:
    """Notices that an access ends soon."""
    due = select(Grant).where(Grant.notice_at <= tx.now).order_by(Grant.notice_at).limit(BATCH)
    rows = tx.session.scalars(due.with_for_update(skip_locked=True)).all()
    for grant in rows:
        _notify(tx, grant)
    return len(rows)


def reminders(tx: Tx) -> int:
    """Approvers who have not decided.

    Asked again, at intervals that grow; whoever joined since is asked first.
    """
    due = (
        select(Request)
        .where(Request.state == RequestState.PENDING, Request.remind_at <= tx.now)
        .order_by(Request.remind_at)
        .limit(BATCH)
    )
    rows = tx.session.scalars(due.with_for_update(skip_locked=True)).all()
    for request in rows:
        _remind(tx, request)
    return len(rows)


def tidy(tx: Tx) -> None:
    """Forget the deliveries that cannot come again."""
    deliveries.forget(tx.session, tx.now)


def _move(tx: Tx, grant: Grant) -> None:
    ended = grant.ends_at is not None and grant.ends_at <= tx.now
    if grant.state is GrantState.FAILED and (grant.failing == "take"):
        granting.retry(tx, grant, SYSTEM)
    elif ended and (held := _held_over(tx, grant)) is not None:
        grant.due_at = held
    elif ended:
        revoking.time_up(tx, grant)
    elif grant.state is GrantState.SCHEDULED:
        granting.start(tx, grant)
    else:  # its end was moved after the index was set; look again then
        grant.due_at = grant.ends_at


def _held_over(tx: Tx, grant: Grant) -> datetime | None:
    """Until when a pending extension holds up the end, where the app has a grace period."""
    if grant.ends_at is None or grant.state is not GrantState.ACTIVE:
        return None
    extension = extensions.waiting(tx, grant)
    grace = Snapshot.from_json(grant.policy).policy.grace if extension else None
    if extension is None or grace is None or grant.ends_at + grace <= tx.now:
        return None
    until = grant.ends_at + grace
    tx.record(
        SYSTEM,
        "grant.grace",
        grant.ref,
        app=grant.app_key,
        person=grant.person_id,
        request=extension.ref,
        until=until.isoformat(),
    )
    return until


def _notify(tx: Tx, grant: Grant) -> None:
    if grant.ends_at is None:  # it has no end any more, and so no notices
        grant.notice_at = None
        return
    passed = ends.passed_notices(grant, tx.now)
    grant.notices = sorted({*grant.notices, *passed})
    grant.notice_at = ends.next_notice(grant)
    if grant.state is GrantState.ACTIVE and grant.ends_at > tx.now:
        last = min(passed, default=0)
        subject = f"{grant.ref}/{last}/{int(grant.ends_at.timestamp())}"
        screens.show(tx, CardKind.NOTICE, subject, grant.ref, grant.person_id)
        tx.record(
            SYSTEM, "grant.notice", grant.ref, app=grant.app_key, person=grant.person_id, before_end=last
        )


def _remind(tx: Tx, request: Request) -> None:
    after = Snapshot.from_json(request.policy).policy.remind_after
    request.reminders += 1
    request.remind_at = tx.now + after * 2 ** min(request.reminders, 10)
    late = _asked_before(tx, request, tx.now - after / 2)
    decide.look_again(tx, request)
    if request.state is not RequestState.PENDING:
        return
    waiting = stages.current(tx, request).now.approvers
    reminded = [one.person_id for one in waiting if one.person_id in late]
    for person_id in reminded:
        screens.show(tx, CardKind.REMINDER, f"{request.ref}/{request.reminders}", request.ref, person_id)
    tx.record(
        SYSTEM,
        "request.reminded",
        request.ref,
        app=request.app_key,
        person=request.beneficiary_id,
        people=reminded,
    )


def _asked_before(tx: Tx, request: Request, moment: datetime) -> set[str]:
    """Those whose card is old enough to have been forgotten."""
    asked = select(Asked.person_id).where(
        Asked.request_id == request.id, Asked.position == request.position, Asked.asked_at <= moment
    )
    return set(tx.session.scalars(asked))
