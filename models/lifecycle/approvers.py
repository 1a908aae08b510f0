"""Whom an open stage asks: kept in line with who may decide as people and groups change."""

from sqlalchemy import select

from models.base import Json
from models.cards import CardKind
from models.directory import Directory
from models.lifecycle import screens
from models.policy import PlannedStage
from models.requests import Asked, Decision, Request, Stage
from models.states import StageState
from models.store.tx import SYSTEM, Tx


def ask_first(tx: Tx, request: Request, row: Stage, planned: PlannedStage) -> None:
    """Open a stage, and ask everybody who may decide in it."""
    row.state, row.opened_at = StageState.OPEN, tx.now
    may = _may(planned)
    for person_id, because in may.items():
        _ask(tx, request, row, person_id, because)
    tx.session.flush()
    _record(tx, "stage.opened", request, row, {"approvers": may})


def ask_anew(tx: Tx, request: Request, row: Stage, planned: PlannedStage) -> None:
    """Ask in an open stage whoever may decide now and was not asked, and no longer ask whoever may not."""
    here = (Asked.request_id == request.id, Asked.position == row.position)
    asked = {one.person_id: one for one in tx.session.scalars(select(Asked).where(*here))}
    may = _may(planned)
    dropped = sorted(asked.keys() - may.keys() - _deciders(tx, request))
    for person_id in dropped:
        tx.session.delete(asked[person_id])
    for person_id in asked.keys() & may.keys():
        asked[person_id].because = may[person_id]
    added = {person_id: because for person_id, because in may.items() if person_id not in asked}
    for person_id, because in added.items():
        _ask(tx, request, row, person_id, because)
    tx.session.flush()
    if added or dropped:
        _record(tx, "stage.asked", request, row, {"approvers": added, "dropped": dropped})


def tell_admins(tx: Tx, request: Request, row: Stage, planned: PlannedStage) -> None:
    """Nobody can decide, and only an admin can mend that: the admins get the card too, once a reason."""
    if row.because == planned.because.text:
        return
    row.because = planned.because.text
    _record(tx, "stage.stuck", request, row, {"because": row.because})
    for person_id in Directory(tx.session).admins():
        if person_id != request.requester_id:
            screens.show(tx, CardKind.APPROVAL, request.ref, request.ref, person_id)


def _may(planned: PlannedStage) -> dict[str, str]:
    return {one.person_id: one.because for one in planned.approvers}


def _ask(tx: Tx, request: Request, row: Stage, person_id: str, because: str) -> None:
    asked = Asked(request_id=request.id, position=row.position, person_id=person_id)
    asked.because, asked.asked_at = because, tx.now
    tx.session.add(asked)
    screens.show(tx, CardKind.APPROVAL, request.ref, request.ref, person_id)


def _deciders(tx: Tx, request: Request) -> set[str]:
    decided = select(Decision.person_id).where(Decision.request_id == request.id)
    return set(tx.session.scalars(decided))


def _record(tx: Tx, action: str, request: Request, row: Stage, data: Json) -> None:
    about = {"stage": row.name, "position": row.position}
    tx.record(
        SYSTEM, action, request.ref, app=request.app_key, person=request.beneficiary_id, **about, **data
    )
