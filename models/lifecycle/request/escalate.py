"""Escalation: nobody has decided in time, so a stage asks its alternates too."""

from models.lifecycle import audit_entries, redraw
from models.lifecycle.request import decide, stages
from models.policy import PlannedStage
from models.registry.directory import Directory
from models.registry.policy_snapshot import Snapshot
from models.store.tx import SYSTEM, Tx
from models.tables.cards import CardKind
from models.tables.requests import Request, Stage
from models.tables.states import RequestState


def escalate(tx: Tx, request: Request) -> None:
    """Ask the alternates of the open stage. Where none of them can be asked, owners and admins are told.

    They are not asked in their place: the stage has people who can decide.
    """
    row = tx.session.get_one(Stage, (request.id, request.position))
    request.escalate_at, row.escalated_at = None, tx.now
    tx.session.flush()
    stage = stages.current(tx, request)
    audit_entries.of_request(
        tx,
        request,
        SYSTEM,
        "stage.escalated",
        stage=row.name,
        position=row.position,
        because=stage.now.remark,
        alternates={one.person_id: one.because for one in stage.now.approvers if one.alternate},
    )
    decide.look_again(tx, request)
    still = request.state is RequestState.PENDING and request.position == row.position
    if still and stage.now.approvers and not stage.now.alternate_seats:
        _tell(tx, request, row, stage.now)


def _tell(tx: Tx, request: Request, row: Stage, planned: PlannedStage) -> None:
    """Nobody else can be asked: whoever is in charge, and has not got the card already, can pass it on."""
    directory, snapshot = Directory(tx.session), Snapshot.from_json(request.policy)
    in_charge = dict.fromkeys((*snapshot.owners(directory), *directory.admins()))
    party = {request.requester_id, request.beneficiary_id}
    people = [one for one in in_charge if one not in party | set(planned.ids)]
    for person_id in people:
        redraw.show(tx, CardKind.OVERDUE, f"{request.ref}/{row.position}", request.ref, person_id)
    if people:
        audit_entries.of_request(tx, request, SYSTEM, "stage.overdue", stage=row.name, people=people)
