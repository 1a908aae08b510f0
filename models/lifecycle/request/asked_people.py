"""Ask the approvers of an open stage, follow changes of people and groups, and set the deadlines."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from models.catalogue.spec import AccessPolicy
from models.lifecycle import redraw, transitions
from models.policy import Candidate, PlannedStage, escalation_wait
from models.registry.by_reference import lock_request
from models.registry.directory import Directory
from models.registry.policy_snapshot import policy_of
from models.store.outcome import SYSTEM, Outcome
from models.tables.base import Json
from models.tables.cards import CardKind
from models.tables.people import Person
from models.tables.requests import ASKED, DECISIONS, STAGES, Asked, Request, Stage
from models.tables.states import StageState


def start_deadlines(out: Outcome, request: Request, planned: PlannedStage) -> Request:
    """Set when a stage that has just opened sends its first reminder, and when it escalates."""
    policy = policy_of(out.case, request.policy).policy
    wait = escalation_wait(planned.spec, request.expires_at - out.now)
    return out.change(
        request,
        reminders=0,
        remind_at=out.now + policy.remind_after,
        escalate_at=None if wait is None else out.now + wait,
    )


def warn_at(policy: AccessPolicy, asked_at: datetime) -> datetime:
    """When to warn that a request of this moment is about to expire."""
    expiry = policy.request_expiry
    return asked_at + expiry - min(policy.expiry_warning, expiry / 2)


def open_and_ask(out: Outcome, request: Request, row: Stage, planned: PlannedStage) -> Stage:
    """Open a stage and ask everybody who may decide in it: each in a DM, or all at once in its channel."""
    many = len(planned.asked) > planned.spec.channel_over
    channel = planned.spec.channel if many else ""
    row = out.change(row, state=StageState.OPEN, opened_at=out.now, remark=planned.remark, channel=channel)
    for candidate in planned.approvers:
        _ask(out, request, row, candidate)
    if channel:
        redraw.want_channel_card(out, CardKind.APPROVAL, f"{request.ref}/{channel}", request.ref, channel)
    _record(out, "stage.opened", request, row, {"channel": channel, **_reasons(planned.approvers)})
    return row


def update_asked(out: Outcome, request: Request, row: Stage, planned: PlannedStage) -> Stage:
    """Ask in an open stage those who may decide by now, and drop those who may not any more."""
    asked = {a.person_id: a for a in out.case.all(ASKED, request.id) if a.position == row.position}
    deciders = {decision.person_id for decision in out.case.all(DECISIONS, request.id)}
    row = out.change(row, remark=planned.remark)
    dropped = sorted(asked.keys() - set(planned.ids) - deciders)
    for person_id in dropped:
        out.remove(asked[person_id])
    for candidate in planned.approvers:
        if candidate.person_id in asked:
            _update_row(out, request, row, asked[candidate.person_id], candidate)
        else:
            _ask(out, request, row, candidate)
    redraw.refresh_homes(out, dropped)
    added = [candidate for candidate in planned.approvers if _is_new(candidate, asked)]
    if added or dropped:
        _record(out, "stage.asked", request, row, {"dropped": dropped, **_reasons(added)})
    return row


def leave_channel(out: Outcome, ref: str, channel: str) -> None:
    """Ask each person of an open stage in a DM, since its channel cannot be used."""
    request = lock_request(out.case, ref)
    row = next((s for s in out.case.all(STAGES, request.id) if s.position == request.position), None)
    if row is None or row.state is not StageState.OPEN or row.channel != channel:
        return
    row = out.change(row, channel="")
    for asked in out.case.all(ASKED, request.id):
        if asked.position == row.position and not asked.quiet:
            redraw.want_card(out, CardKind.APPROVAL, request.ref, request.ref, asked.person_id)
    _record(out, "stage.channel_gone", request, row, {"channel": channel})
    redraw.redraw_request(out, request)


def alert_admins(out: Outcome, request: Request, row: Stage, planned: PlannedStage) -> Stage:
    """Give the admins the card, once for each reason why nobody can decide."""
    if row.because == planned.because.text:
        return row
    row = out.change(row, because=planned.because.text)
    _record(out, "stage.stuck", request, row, {"because": row.because})
    for person_id in Directory(out.case).admins():
        if person_id != request.requester_id:
            redraw.want_card(out, CardKind.APPROVAL, request.ref, request.ref, person_id)
    return row


def _reasons(candidates: Iterable[Candidate]) -> Json:
    """Who is asked and who else may decide, each with the reason, for the audit entry."""
    reasons: Json = {"approvers": {}, "quiet": {}}
    for candidate in candidates:
        reasons["quiet" if candidate.quiet else "approvers"][candidate.person_id] = candidate.because
    return reasons


def _ask(out: Outcome, request: Request, row: Stage, candidate: Candidate) -> None:
    out.add(
        Asked,
        request_id=request.id,
        position=row.position,
        person_id=candidate.person_id,
        asked_at=out.now,
        **_columns(candidate),
    )
    if out.case.get(Person, candidate.person_id) is None:  # Slack has not answered yet who they are
        out.enqueue("person", f"person:{candidate.person_id}", person=candidate.person_id)
    _show_card(out, request, row, candidate)


def _update_row(out: Outcome, request: Request, row: Stage, asked: Asked, candidate: Candidate) -> None:
    """Keep up to date why somebody may decide; whoever was quiet and is asked now gets the card."""
    if asked.quiet and not candidate.quiet:
        asked = out.change(asked, asked_at=out.now)
        _show_card(out, request, row, candidate)
    out.change(asked, **_columns(candidate))


def _columns(candidate: Candidate) -> dict[str, Any]:
    return {
        "because": candidate.because,
        "seat_id": candidate.on_behalf_of,
        "quiet": candidate.quiet,
        "alternate": candidate.alternate,
    }


def _is_new(candidate: Candidate, asked: dict[str, Asked]) -> bool:
    before = asked.get(candidate.person_id)
    return before is None or (before.quiet and not candidate.quiet)


def _show_card(out: Outcome, request: Request, row: Stage, candidate: Candidate) -> None:
    """Give an approver a card of their own, unless they are quiet or the card lies in a channel.

    To do on App Home shows it anyway. Alternates get one in any case: they need not be in the channel.
    """
    if candidate.quiet or (row.channel and not candidate.alternate):
        redraw.refresh_homes(out, [candidate.person_id])
    else:
        redraw.want_card(out, CardKind.APPROVAL, request.ref, request.ref, candidate.person_id)


def _record(out: Outcome, action: str, request: Request, row: Stage, data: Json) -> None:
    about = {"stage": row.name, "position": row.position}
    transitions.record_request(out, request, SYSTEM, action, **about, **data)
