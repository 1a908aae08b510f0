"""Reminding those whom a request waits for: by itself at growing intervals, before it expires, and on demand.

Nobody is reminded of what they were asked a moment ago, and one reminder holds back the next.
"""

from datetime import datetime, timedelta

from sqlalchemy import select

from models.durations import spoken_left
from models.errors import Closed, NotAllowed
from models.lifecycle import audit_entries, redraw
from models.lifecycle.references import lock_request
from models.lifecycle.request import decide, stages
from models.registry.policy_snapshot import Snapshot
from models.store.tx import SYSTEM, Tx
from models.tables.cards import CardKind
from models.tables.requests import Asked, Request
from models.tables.states import RequestState


def remind_again(tx: Tx, request: Request) -> None:
    """The next reminder is due; the one after it takes twice as long.

    Shortly before the warning that the request expires there is none: the warning does it.
    """
    wait = Snapshot.from_json(request.policy).policy.remind_after
    if request.warn_at is not None and request.warn_at - tx.now < wait / 2:
        request.remind_at = request.warn_at + wait
        return
    request.remind_at = tx.now + wait
    if not _still_waits(tx, request):
        return
    subject = f"{request.ref}/{request.position}/{request.reminders + 1}"
    if _remind(tx, request, SYSTEM, CardKind.REMINDER, subject, tx.now - wait / 2):
        request.reminders += 1
        request.remind_at = tx.now + wait * 2 ** min(request.reminders, 10)


def warn(tx: Tx, request: Request) -> None:
    """It is about to expire: tell those who are waited for, and the requester, once."""
    request.warn_at = None
    if not _still_waits(tx, request):
        return
    people = _waited_for(tx, request, tx.now - (request.expires_at - tx.now) / 2)
    if people:
        _tell(tx, request, CardKind.WARNING, request.ref, people)
        _hold_back(tx, request)
    redraw.show(tx, CardKind.WARNING, request.ref, request.ref, request.requester_id)
    expires = request.expires_at.isoformat()
    _record(tx, request, SYSTEM, "request.warned", people=people, expires=expires)


def remind(tx: Tx, ref: str, by: str) -> Request:
    """The requester has those reminded who are waited for.

    Raises NotAllowed for somebody else, or where it is too soon, and says when it can be done; Closed.
    """
    request = lock_request(tx, ref)
    if by != request.requester_id:
        raise NotAllowed("Only the person who asked can have the others reminded.")
    if request.state is not RequestState.PENDING:
        raise Closed(f"{request.ref} is {request.state.label.lower()} already.")
    if _still_waits(tx, request):
        wait = Snapshot.from_json(request.policy).policy.remind_wait
        _not_too_soon(tx, request, wait)
        subject = f"{request.ref}/{int(tx.now.timestamp())}"
        _remind(tx, request, by, CardKind.NUDGE, subject, tx.now - wait)
    return request


def _not_too_soon(tx: Tx, request: Request, wait: timedelta) -> None:
    asked = _asked_at(tx, request)
    if not asked:
        raise NotAllowed("There is nobody to remind at the moment; the admins have to look at it.")
    first = min(asked.values())
    reminded = request.reminded_at is not None and request.reminded_at > first
    last = request.reminded_at if request.reminded_at is not None and reminded else first
    left = last + wait - tx.now
    if left > timedelta():
        before = "reminded" if reminded else "asked"
        how_long = spoken_left(left).removesuffix(" left")
        raise NotAllowed(f"They were {before} not long ago. You can remind them in {how_long}.")


def _still_waits(tx: Tx, request: Request) -> bool:
    """Whether the same stage still waits once it is known who can decide now."""
    position = request.position
    decide.look_again(tx, request)
    return request.state is RequestState.PENDING and request.position == position


def _remind(tx: Tx, request: Request, by: str, kind: CardKind, subject: str, before: datetime) -> bool:
    """Remind those who were asked before this moment; False, with nothing done, where there is nobody."""
    people = _waited_for(tx, request, before)
    if not people:
        return False
    _tell(tx, request, kind, subject, people)
    _hold_back(tx, request)
    _record(tx, request, by, "request.reminded", people=people)
    return True


def _tell(tx: Tx, request: Request, kind: CardKind, subject: str, people: list[str]) -> None:
    """Each in a DM; where the stage is asked in a channel, all at once in there, but for its alternates."""
    stage = stages.current(tx, request)
    channel = stage.row.channel
    alone = {one.person_id for one in stage.now.asked if one.alternate or not channel}
    if channel and not alone.issuperset(people):
        redraw.show_in(tx, kind, f"{subject}/{channel}", request.ref, channel)
    for person_id in people:
        if person_id in alone:
            redraw.show(tx, kind, subject, request.ref, person_id)


def _hold_back(tx: Tx, request: Request) -> None:
    """Somebody has just been reminded: the next reminder by itself keeps its distance."""
    request.reminded_at = tx.now
    soonest = tx.now + Snapshot.from_json(request.policy).policy.remind_after
    request.remind_at = max(request.remind_at or soonest, soonest)
    redraw.redraw_request(tx, request)


def _waited_for(tx: Tx, request: Request, before: datetime) -> list[str]:
    """Whom the open stage waits for, of those whom it asked before this moment."""
    return [person_id for person_id, at in _asked_at(tx, request).items() if at <= before]


def _asked_at(tx: Tx, request: Request) -> dict[str, datetime]:
    """Whom the open stage waits for and pings, and since when."""
    here = select(Asked).where(Asked.request_id == request.id, Asked.position == request.position)
    asked_at = {one.person_id: one.asked_at for one in tx.session.scalars(here)}
    waiting = stages.current(tx, request).now.asked
    return {one.person_id: asked_at[one.person_id] for one in waiting if one.person_id in asked_at}


def _record(tx: Tx, request: Request, by: str, action: str, **data: object) -> None:
    audit_entries.of_request(tx, request, by, action, **data)
