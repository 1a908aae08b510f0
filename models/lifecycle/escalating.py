"""Escalation: nobody has decided in time, so a stage asks its alternates too."""

from models.lifecycle import decide, recording, stages
from models.requests import Request, Stage
from models.store.tx import SYSTEM, Tx


def escalate(tx: Tx, request: Request) -> None:
    """Ask the alternates of the open stage. Where none of them can be asked, that is recorded and shown.

    Owners and admins are not asked in their place: the stage has people who can decide.
    """
    row = tx.session.get_one(Stage, (request.id, request.position))
    request.escalate_at, row.escalated_at = None, tx.now
    tx.session.flush()
    stage = stages.current(tx, request)
    recording.of_request(
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
