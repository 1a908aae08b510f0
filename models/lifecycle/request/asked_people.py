"""Whom an open stage asks: kept in line with who may decide as people and groups change."""

from collections.abc import Iterable

from sqlalchemy import select

from models.lifecycle import audit_entries, redraw
from models.lifecycle.references import lock_request
from models.policy import Candidate, PlannedStage
from models.registry.directory import Directory
from models.store.tx import SYSTEM, Tx
from models.tables.base import Json
from models.tables.cards import CardKind
from models.tables.people import Person
from models.tables.requests import Asked, Decision, Request, Stage
from models.tables.states import StageState


def ask_first(tx: Tx, request: Request, row: Stage, planned: PlannedStage) -> None:
    """Open a stage, and ask everybody who may decide in it: each in a DM, or all at once in its channel."""
    row.state, row.opened_at = StageState.OPEN, tx.now
    row.remark = planned.remark
    many = len(planned.asked) > planned.spec.channel_over
    row.channel = planned.spec.channel if many else ""
    for candidate in planned.approvers:
        _ask(tx, request, row, candidate)
    tx.session.flush()
    if row.channel:
        redraw.show_in(tx, CardKind.APPROVAL, f"{request.ref}/{row.channel}", request.ref, row.channel)
    _record(tx, "stage.opened", request, row, {"channel": row.channel, **_told(planned.approvers)})


def ask_anew(tx: Tx, request: Request, row: Stage, planned: PlannedStage) -> None:
    """Ask in an open stage whoever may decide now and was not asked, and no longer ask whoever may not."""
    here = (Asked.request_id == request.id, Asked.position == row.position)
    asked = {one.person_id: one for one in tx.session.scalars(select(Asked).where(*here))}
    row.remark = planned.remark
    dropped = sorted(asked.keys() - set(planned.ids) - _deciders(tx, request))
    for person_id in dropped:
        tx.session.delete(asked[person_id])
    news = [one for one in planned.approvers if _is_news(one, asked.get(one.person_id))]
    for candidate in planned.approvers:
        if candidate.person_id not in asked:
            _ask(tx, request, row, candidate)
        else:
            _ask_otherwise(tx, request, row, asked[candidate.person_id], candidate)
    tx.session.flush()
    redraw.refresh_homes(tx, dropped)
    if news or dropped:
        _record(tx, "stage.asked", request, row, {"dropped": dropped, **_told(news)})


def leave_channel(tx: Tx, ref: str, channel: str) -> None:
    """A channel cannot be used: an open stage that is asked there asks each of its people in a DM instead."""
    request = lock_request(tx, ref)
    row = tx.session.get(Stage, (request.id, request.position))
    if row is None or row.state is not StageState.OPEN or row.channel != channel:
        return
    row.channel = ""
    here = select(Asked).where(
        Asked.request_id == request.id, Asked.position == row.position, Asked.quiet.is_(False)
    )
    for asked in tx.session.scalars(here):
        redraw.show(tx, CardKind.APPROVAL, request.ref, request.ref, asked.person_id)
    _record(tx, "stage.channel_gone", request, row, {"channel": channel})
    redraw.redraw_request(tx, request)


def tell_admins(tx: Tx, request: Request, row: Stage, planned: PlannedStage) -> None:
    """Nobody can decide, and only an admin can mend that: the admins get the card too, once a reason."""
    if row.because == planned.because.text:
        return
    row.because = planned.because.text
    _record(tx, "stage.stuck", request, row, {"because": row.because})
    for person_id in Directory(tx.session).admins():
        if person_id != request.requester_id:
            redraw.show(tx, CardKind.APPROVAL, request.ref, request.ref, person_id)


def _told(candidates: Iterable[Candidate]) -> Json:
    """Who is asked and who else may decide, each with the reason, for the record."""
    asked = {one.person_id: one.because for one in candidates if not one.quiet}
    return {"approvers": asked, "quiet": {one.person_id: one.because for one in candidates if one.quiet}}


def _ask(tx: Tx, request: Request, row: Stage, candidate: Candidate) -> None:
    asked = Asked(request_id=request.id, position=row.position, person_id=candidate.person_id)
    _keep(asked, candidate)
    asked.asked_at = tx.now
    tx.session.add(asked)
    if tx.session.get(Person, candidate.person_id) is None:  # Slack has not said yet who they are
        tx.enqueue("person", f"person:{candidate.person_id}", person=candidate.person_id)
    _tell(tx, request, row, candidate)


def _ask_otherwise(tx: Tx, request: Request, row: Stage, asked: Asked, candidate: Candidate) -> None:
    """Somebody who may decide already, perhaps for another reason now, or asked only now."""
    if asked.quiet and not candidate.quiet:
        asked.asked_at = tx.now
        _tell(tx, request, row, candidate)
    _keep(asked, candidate)


def _keep(asked: Asked, candidate: Candidate) -> None:
    asked.because, asked.seat_id = candidate.because, candidate.seat
    asked.quiet, asked.alternate = candidate.quiet, candidate.alternate


def _is_news(candidate: Candidate, asked: Asked | None) -> bool:
    return asked is None or (asked.quiet and not candidate.quiet)


def _tell(tx: Tx, request: Request, row: Stage, candidate: Candidate) -> None:
    """A card of their own, but for the quiet and where the card lies in a channel. To do shows it anyway.

    Alternates come in one by one, and need not be in the channel.
    """
    if candidate.quiet or (row.channel and not candidate.alternate):
        redraw.refresh_homes(tx, [candidate.person_id])
    else:
        redraw.show(tx, CardKind.APPROVAL, request.ref, request.ref, candidate.person_id)


def _deciders(tx: Tx, request: Request) -> set[str]:
    decided = select(Decision.person_id).where(Decision.request_id == request.id)
    return set(tx.session.scalars(decided))


def _record(tx: Tx, action: str, request: Request, row: Stage, data: Json) -> None:
    about = {"stage": row.name, "position": row.position}
    audit_entries.of_request(tx, request, SYSTEM, action, **about, **data)
