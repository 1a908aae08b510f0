"""Escalate: nobody has decided in time, so a stage asks its alternates too."""

from models.lifecycle import redraw, transitions
from models.lifecycle.request import decide, stages
from models.lifecycle.request.stages import OpenStage
from models.store.outcome import SYSTEM, Outcome
from models.tables.cards import CardKind
from models.tables.requests import STAGES, Request
from models.tables.states import RequestState


def escalate(out: Outcome, request: Request) -> None:
    """Ask the alternates of the open stage. Where none of them can be asked, owners and admins are notified.

    Owners and admins are not asked to decide: the stage has people who can.
    """
    request = out.change(request, escalate_at=None)
    row = out.change(out.case.all(STAGES, request.id)[request.position], escalated_at=out.now)
    stage = stages.current_stage(out.case, request)
    alternates = (candidate for candidate in stage.plan.approvers if candidate.alternate)
    transitions.record_request(
        out,
        request,
        SYSTEM,
        "stage.escalated",
        stage=row.name,
        position=row.position,
        because=stage.plan.remark,
        alternates={candidate.person_id: candidate.because for candidate in alternates},
    )
    request = decide.recheck_open_stage(out, request)
    still_open = request.state is RequestState.PENDING and request.position == row.position
    if still_open and stage.plan.approvers and not stage.plan.alternate_voters:
        _show_overdue(out, stage)


def _show_overdue(out: Outcome, stage: OpenStage) -> None:
    """Notify owners and admins who do not have the card already: they can reassign the decision."""
    request, row, who = stage.request, stage.row, stage.sources.who
    in_charge = dict.fromkeys((*stage.sources.snapshot.owners(who), *who.admins()))
    besides = {request.requester_id, request.beneficiary_id, *stage.plan.ids}
    people = [person_id for person_id in in_charge if person_id not in besides]
    for person_id in people:
        redraw.want_card(out, CardKind.OVERDUE, f"{request.ref}/{row.position}", request.ref, person_id)
    if people:
        transitions.record_request(out, request, SYSTEM, "stage.overdue", stage=row.name, people=people)
