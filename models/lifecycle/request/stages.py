"""The stages of a request: opening one, asking its people, and going on when it is decided."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select

from models.catalogue.approvers import ids_among
from models.catalogue.spec import StageSpec
from models.catalogue.words import RequestKind
from models.lifecycle import redraw
from models.lifecycle.grant import extensions, give
from models.lifecycle.request import asked_people, deadlines, emergency
from models.lifecycle.request.plan import question_of
from models.lifecycle.transitions import move_request
from models.policy import Candidate, Course, Passed, PlannedStage, Tally, TallyStatus, open_stage, tally
from models.registry.directory import Directory
from models.registry.policy_snapshot import Snapshot
from models.store.tx import SYSTEM, Tx
from models.tables.requests import Asked, Decision, Reassignment, Request, Stage, stages_of
from models.tables.states import RequestEvent, StageState

# Every decision asks these. A statement that is made once costs half of one that is made anew.
_DECISIONS = select(Decision).where(Decision.request_id == bindparam("request"))
_ALTERNATES = select(Asked.person_id).where(
    Asked.request_id == bindparam("request"), Asked.position == bindparam("position"), Asked.alternate
)
_REASSIGNED = (
    select(Reassignment)
    .where(Reassignment.request_id == bindparam("request"), Reassignment.position == bindparam("position"))
    .order_by(Reassignment.id)
)


@dataclass(frozen=True)
class _Ground:
    """What the people of a stage are found from, besides the decisions; read once."""

    request: Request
    rows: tuple[Stage, ...]
    """All of the request's stages, in order."""
    snapshot: Snapshot
    at: datetime
    who: Directory
    came_in: frozenset[str]
    """Who is, or was, asked because nobody decided in time."""
    passed: tuple[Passed, ...]

    def staffed(self, row: Stage, decisions: tuple[Decision, ...]) -> "OpenStage":
        spec = StageSpec.model_validate(row.spec)
        question = question_of(self.request, self.snapshot, self.at)
        course = self._course(row, decisions)
        planned = open_stage(spec, row.position, question, self.who, course)
        return OpenStage(row, planned, decisions, course, self)

    def _course(self, row: Stage, decisions: tuple[Decision, ...]) -> Course:
        here = tuple(d for d in decisions if d.position == row.position)
        return Course(
            decided=tuple(d.person_id for d in decisions),
            decided_here=len(here),
            approved_here=sum(d.approve for d in here),
            stood_in=tuple(d.seat_id for d in decisions if d.seat_id),
            passed=self.passed,
            escalated=row.escalated_at is not None,
            alternates=tuple(d.holds for d in here if d.person_id in self.came_in),
        )


@dataclass(frozen=True)
class OpenStage:
    """The stage that a request waits at, with the people who may decide now."""

    row: Stage
    now: PlannedStage
    decisions: tuple[Decision, ...]
    """All of the request, those of earlier stages too."""
    course: Course
    ground: _Ground

    @property
    def decided(self) -> tuple[Decision, ...]:
        """The decisions of this stage."""
        return tuple(d for d in self.decisions if d.position == self.row.position)

    def after(self, decision: Decision) -> "OpenStage":
        """The same stage with one decision more."""
        return self.ground.staffed(self.row, (*self.decisions, decision))

    def because(self, person_id: str) -> str | None:
        """Why this person may decide; None if they may not."""
        candidate = self.candidate(person_id)
        return candidate.because if candidate else None

    def candidate(self, person_id: str) -> Candidate | None:
        """This person among those who may decide."""
        return next((c for c in self.now.approvers if c.person_id == person_id), None)

    def tally(self) -> Tally:
        """Where the stage stands, with those who have decided counted among the asked."""
        seats = dict.fromkeys([*(d.holds for d in self.decided), *self.now.seats])
        votes = tuple((d.holds, d.approve) for d in self.decided)
        return tally(
            self.now.rule,
            tuple(seats),
            votes,
            self.now.quiet_seats,
            on_reject=self.now.spec.on_reject,
            alternates={*self.course.alternates, *self.now.alternate_seats},
        )


def begin(tx: Tx, request: Request, rows: Sequence[Stage], who: Directory, *, approved_by_rule: bool) -> None:
    """Start a new request on its way: open its first stage, or approve it where a rule does.

    `rows` are its stages, and `who` has looked up its people a moment ago.
    """
    if approved_by_rule:
        approve(tx, request, SYSTEM, rows, note="; ".join(r["text"] for r in request.because["reasons"]))
        return
    snapshot = Snapshot.from_json(request.policy)
    ground = _Ground(request, tuple(rows), snapshot, tx.now, who, frozenset(), ())
    _ask(tx, ground.staffed(rows[0], ()))


def current(tx: Tx, request: Request) -> OpenStage:
    """The open stage, its people looked up afresh by the policy of the submission."""
    rows = stages_of(tx.session, request.id)
    row = rows[request.position]
    decisions = tx.session.scalars(_DECISIONS, {"request": request.id}).all()
    snapshot, who = Snapshot.from_json(request.policy), Directory(tx.session)
    named = ids_among((*snapshot.app.owners, *row.spec["approvers"]))
    who.look_up({request.requester_id, request.beneficiary_id, *named})
    ground = _Ground(request, rows, snapshot, tx.now, who, _came_in(tx, row), _passed(tx, row))
    return ground.staffed(row, tuple(decisions))


def _came_in(tx: Tx, row: Stage) -> frozenset[str]:
    if row.escalated_at is None:
        return frozenset()
    return frozenset(tx.session.scalars(_ALTERNATES, {"request": row.request_id, "position": row.position}))


def _passed(tx: Tx, row: Stage) -> tuple[Passed, ...]:
    found = tx.session.scalars(_REASSIGNED, {"request": row.request_id, "position": row.position})
    return tuple(Passed(one.seat_id, one.to_id, one.by_id, one.note) for one in found)


def ask(tx: Tx, request: Request) -> OpenStage:
    """Open the present stage, if it is not yet, and ask whoever belongs to it now."""
    return _ask(tx, current(tx, request))


def _ask(tx: Tx, stage: OpenStage) -> OpenStage:
    request = stage.ground.request
    if stage.row.state is StageState.WAITING:
        deadlines.opened(request, stage.now, tx.now)
        asked_people.ask_first(tx, request, stage.row, stage.now)
    else:
        asked_people.ask_anew(tx, request, stage.row, stage.now)
    if not stage.now.approvers and stage.tally().status is TallyStatus.OPEN:
        asked_people.tell_admins(tx, request, stage.row, stage.now)
    return stage


def advance(tx: Tx, request: Request, stage: OpenStage, by: str) -> None:
    """This stage is approved: open the next, or approve the request."""
    stage.row.state, stage.row.closed_at = StageState.APPROVED, tx.now
    if request.position + 1 == len(stage.ground.rows):
        approve(tx, request, by, stage.ground.rows)
        return
    request.position += 1
    tx.session.flush()
    ask(tx, request)


def approve(tx: Tx, request: Request, by: str, rows: Sequence[Stage], note: str = "") -> None:
    """All stages have approved (or a rule has): close the request and let the access be given."""
    close(tx, request, RequestEvent.APPROVE, by, note, rows)
    give.begin(tx, request)
    if request.emergency:
        emergency.begin(tx, request)


def close(
    tx: Tx,
    request: Request,
    event: RequestEvent,
    by: str,
    note: str = "",
    rows: Sequence[Stage] | None = None,
) -> None:
    """End a request, with the stages that were not decided; raises Closed where somebody was first.

    `rows` are its stages, where they are in hand.
    """
    move_request(tx, request, event, by, note=note)
    request.closed_at, request.closed_by, request.closing_note = tx.now, by, note
    for stage in stages_of(tx.session, request.id) if rows is None else rows:
        if stage.state in (StageState.OPEN, StageState.WAITING):
            stage.state, stage.closed_at = StageState.CLOSED, tx.now
    if request.kind is RequestKind.EXTEND and event is not RequestEvent.APPROVE:
        extensions.end_grace(tx, request)
    redraw.redraw_request(tx, request)
