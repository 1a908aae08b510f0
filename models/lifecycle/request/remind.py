"""Remind approvers: automatically at growing intervals, before the request expires, and on demand.

Nobody is reminded of what they were asked a moment ago, and each reminder delays the next.
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


def send_reminder(out: Outcome, request: Request) -> None:
    """Send the next automatic reminder; the interval to the one after it doubles.

    Shortly before the warning that the request expires none is sent: the warning is one.
    """
    wait = policy_of(out.case, request.policy).policy.remind_after
    if request.warn_at is not None and request.warn_at - out.now < wait / 2:
        out.change(request, remind_at=request.warn_at + wait)
        return
    stage = _recheck(out, out.change(request, remind_at=out.now + wait))
    people = _people_to_remind(out.case, stage, out.now - wait / 2) if stage else []
    if stage and people:
        number = stage.request.reminders + 1
        subject = f"{request.ref}/{request.position}/{number}"
        request = _remind(out, stage, SYSTEM, CardKind.REMINDER, subject, people)
        out.change(request, reminders=number, remind_at=out.now + wait * 2 ** min(number, 10))


def warn_of_expiry(out: Outcome, request: Request) -> None:
    """Warn the approvers waited for and the requester, once, that the request is about to expire."""
    stage = _recheck(out, out.change(request, warn_at=None))
    if stage is None:
        return
    people = _people_to_remind(out.case, stage, out.now - (request.expires_at - out.now) / 2)
    if people:
        _show(out, stage, CardKind.WARNING, request.ref, people)
        _delay_next(out, stage.request)
    redraw.want_card(out, CardKind.WARNING, request.ref, request.ref, request.requester_id)
    expires = request.expires_at.isoformat()
    transitions.record_request(out, request, SYSTEM, "request.warned", people=people, expires=expires)


def remind(out: Outcome, ref: str, by: str) -> Request:
    """Remind the approvers waited for, as the requester wants.

    Raises:
        NotAllowed: `by` is not the requester, or it is too soon; says when it can be done.
        Closed: The request is not pending any more.
    """
    request = lock_request(out.case, ref)
    if by != request.requester_id:
        raise NotAllowed("Only the requester can send a reminder.")
    if request.state is not RequestState.PENDING:
        raise Closed(f"{request.ref} is already {request.state.label.lower()}.")
    stage = _recheck(out, request)
    if stage is not None:
        wait = policy_of(out.case, request.policy).policy.remind_wait
        _refuse_too_soon(out.case, stage, wait)
        people = _people_to_remind(out.case, stage, out.now - wait)
        if people:
            subject = f"{request.ref}/{int(out.now.timestamp())}"
            _remind(out, stage, by, CardKind.NUDGE, subject, people)
    return out.case.get_one(Request, request.id)


def _refuse_too_soon(case: Case, stage: OpenStage, wait: timedelta) -> None:
    asked_at = _asked_at(case, stage)
    if not asked_at:
        raise NotAllowed("There is nobody to remind right now; an admin has to look at it.")
    first, last = min(asked_at.values()), stage.request.reminded_at
    reminded = last is not None and last > first
    left = (last if last is not None and reminded else first) + wait - case.now
    if left > timedelta():
        before = "reminded" if reminded else "asked"
        how_long = time_left_words(left).removesuffix(" left")
        raise NotAllowed(f"The approvers were {before} a short while ago. You can remind them in {how_long}.")


def _recheck(out: Outcome, request: Request) -> OpenStage | None:
    """Recheck the open stage, and return it if the request still waits there."""
    after = decide.recheck_open_stage(out, request)
    if after.state is not RequestState.PENDING or after.position != request.position:
        return None
    return stages.current_stage(out.case, after)


def _remind(
    out: Outcome, stage: OpenStage, by: str, kind: CardKind, subject: str, people: list[str]
) -> Request:
    _show(out, stage, kind, subject, people)
    request = _delay_next(out, stage.request)
    transitions.record_request(out, request, by, "request.reminded", people=people)
    return request


def _show(out: Outcome, stage: OpenStage, kind: CardKind, subject: str, people: list[str]) -> None:
    """Remind each in a DM; where the stage is asked in a channel, all there at once, except alternates."""
    ref, channel = stage.request.ref, stage.row.channel
    alone = {candidate.person_id for candidate in stage.plan.asked if candidate.alternate or not channel}
    if channel and not alone.issuperset(people):
        redraw.want_channel_card(out, kind, f"{subject}/{channel}", ref, channel)
    for person_id in people:
        if person_id in alone:
            redraw.want_card(out, kind, subject, ref, person_id)


def _delay_next(out: Outcome, request: Request) -> Request:
    """Note that approvers have just been reminded, and delay the next automatic reminder."""
    soonest = out.now + policy_of(out.case, request.policy).policy.remind_after
    remind_at = max(request.remind_at or soonest, soonest)
    request = out.change(request, reminded_at=out.now, remind_at=remind_at)
    redraw.redraw_request(out, request)
    return request


def _people_to_remind(case: Case, stage: OpenStage, before: datetime) -> list[str]:
    """The approvers waited for who were asked before this moment."""
    return [person_id for person_id, at in _asked_at(case, stage).items() if at <= before]


def _asked_at(case: Case, stage: OpenStage) -> dict[str, datetime]:
    """The approvers waited for, with the moment at which each was asked."""
    asked = case.all(ASKED, stage.request.id)
    asked_at = {a.person_id: a.asked_at for a in asked if a.position == stage.row.position}
    waiting = [candidate.person_id for candidate in stage.plan.asked]
    return {person_id: asked_at[person_id] for person_id in waiting if person_id in asked_at}
