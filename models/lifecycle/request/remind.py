"""Reminding those whom a request waits for: by itself at growing intervals, before it expires, and on demand.

Nobody is reminded of what they were asked a moment ago, and one reminder holds back the next.
"""

from datetime import datetime, timedelta

from models.durations import time_left_words
from models.errors import Closed, NotAllowed
from models.lifecycle import redraw, transitions
from models.lifecycle.request import decide, stages
from models.lifecycle.request.stages import OpenStage
from models.registry.by_reference import lock_request
from models.registry.policy_snapshot import policy_of
from models.store.case import Case
from models.store.outcome import SYSTEM, Outcome
from models.tables.cards import CardKind
from models.tables.requests import ASKED, Request
from models.tables.states import RequestState


def remind_again(out: Outcome, request: Request) -> None:
    """Send the next reminder; the one after it takes twice as long.

    Shortly before the warning that the request expires there is none: the warning does it.
    """
    wait = policy_of(out.case, request.policy).policy.remind_after
    if request.warn_at is not None and request.warn_at - out.now < wait / 2:
        out.change(request, remind_at=request.warn_at + wait)
        return
    stage = _still_waiting(out, out.change(request, remind_at=out.now + wait))
    people = _waited_for(out.case, stage, out.now - wait / 2) if stage else []
    if stage and people:
        number = stage.request.reminders + 1
        subject = f"{request.ref}/{request.position}/{number}"
        request = _remind(out, stage, SYSTEM, CardKind.REMINDER, subject, people)
        out.change(request, reminders=number, remind_at=out.now + wait * 2 ** min(number, 10))


def warn(out: Outcome, request: Request) -> None:
    """Tell those who are waited for, and the requester, once, that the request is about to expire."""
    stage = _still_waiting(out, out.change(request, warn_at=None))
    if stage is None:
        return
    people = _waited_for(out.case, stage, out.now - (request.expires_at - out.now) / 2)
    if people:
        _show(out, stage, CardKind.WARNING, request.ref, people)
        _hold_back(out, stage.request)
    redraw.show(out, CardKind.WARNING, request.ref, request.ref, request.requester_id)
    expires = request.expires_at.isoformat()
    transitions.of_request(out, request, SYSTEM, "request.warned", people=people, expires=expires)


def remind(out: Outcome, ref: str, by: str) -> Request:
    """Remind those who are waited for, as the requester wants.

    Raises NotAllowed for somebody else, or where it is too soon, and says when it can be done; Closed.
    """
    request = lock_request(out.case, ref)
    if by != request.requester_id:
        raise NotAllowed("Only the person who asked can have the others reminded.")
    if request.state is not RequestState.PENDING:
        raise Closed(f"{request.ref} is {request.state.label.lower()} already.")
    stage = _still_waiting(out, request)
    if stage is not None:
        wait = policy_of(out.case, request.policy).policy.remind_wait
        _refuse_too_soon(out.case, stage, wait)
        people = _waited_for(out.case, stage, out.now - wait)
        if people:
            subject = f"{request.ref}/{int(out.now.timestamp())}"
            _remind(out, stage, by, CardKind.NUDGE, subject, people)
    return out.case.get_one(Request, request.id)


def _refuse_too_soon(case: Case, stage: OpenStage, wait: timedelta) -> None:
    asked_at = _asked_at(case, stage)
    if not asked_at:
        raise NotAllowed("There is nobody to remind at the moment; the admins have to look at it.")
    first, last = min(asked_at.values()), stage.request.reminded_at
    reminded = last is not None and last > first
    left = (last if last is not None and reminded else first) + wait - case.now
    if left > timedelta():
        before = "reminded" if reminded else "asked"
        how_long = time_left_words(left).removesuffix(" left")
        raise NotAllowed(f"They were {before} not long ago. You can remind them in {how_long}.")


def _still_waiting(out: Outcome, request: Request) -> OpenStage | None:
    """The open stage, if it is the same once it is known who can decide now."""
    after = decide.recheck_open_stage(out, request)
    if after.state is not RequestState.PENDING or after.position != request.position:
        return None
    return stages.current(out.case, after)


def _remind(
    out: Outcome, stage: OpenStage, by: str, kind: CardKind, subject: str, people: list[str]
) -> Request:
    _show(out, stage, kind, subject, people)
    request = _hold_back(out, stage.request)
    transitions.of_request(out, request, by, "request.reminded", people=people)
    return request


def _show(out: Outcome, stage: OpenStage, kind: CardKind, subject: str, people: list[str]) -> None:
    """Each in a DM; where the stage is asked in a channel, all at once in there, but for its alternates."""
    ref, channel = stage.request.ref, stage.row.channel
    alone = {one.person_id for one in stage.now.asked if one.alternate or not channel}
    if channel and not alone.issuperset(people):
        redraw.show_in(out, kind, f"{subject}/{channel}", ref, channel)
    for person_id in people:
        if person_id in alone:
            redraw.show(out, kind, subject, ref, person_id)


def _hold_back(out: Outcome, request: Request) -> Request:
    """Somebody has just been reminded: the next reminder by itself keeps its distance."""
    soonest = out.now + policy_of(out.case, request.policy).policy.remind_after
    remind_at = max(request.remind_at or soonest, soonest)
    request = out.change(request, reminded_at=out.now, remind_at=remind_at)
    redraw.redraw_request(out, request)
    return request


def _waited_for(case: Case, stage: OpenStage, before: datetime) -> list[str]:
    """Whom the open stage waits for, of those whom it asked before this moment."""
    return [person_id for person_id, at in _asked_at(case, stage).items() if at <= before]


def _asked_at(case: Case, stage: OpenStage) -> dict[str, datetime]:
    """Whom the open stage waits for and pings, and since when."""
    asked = case.all(ASKED, stage.request.id)
    asked_at = {a.person_id: a.asked_at for a in asked if a.position == stage.row.position}
    waiting = [candidate.person_id for candidate in stage.now.asked]
    return {person_id: asked_at[person_id] for person_id in waiting if person_id in asked_at}
