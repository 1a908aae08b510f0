"""Run the stages of a request: open one, ask its approvers, go on when it is decided."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from models.catalogue.spec.references import ApproverRole, ids_among
from models.lifecycle.grant import give
from models.lifecycle.request import asked_people, emergency
from models.lifecycle.request.plan import question_of
from models.lifecycle.request.prefetch_decision import pending_in_hand
from models.lifecycle.transitions import close_request
from models.policy import (
    Candidate,
    PlannedStage,
    ReassignedVote,
    StageHistory,
    Tally,
    TallyStatus,
    open_stage,
    tally,
)
from models.registry.directory import Directory
from models.registry.policy_snapshot import Snapshot, policy_of, stage_spec
from models.store.case import Case
from models.store.outcome import SYSTEM, Outcome
from models.tables.people import Person
from models.tables.requests import ASKED, DECISIONS, REASSIGNED, STAGES, Decision, Request, Stage
from models.tables.states import RequestEvent, StageState


@dataclass(frozen=True)
class _Sources:
    """What the people of an open stage are worked out from, besides its decisions."""

    snapshot: Snapshot
    """The policy of the submission."""
    who: Directory
    at: datetime
    alternates: frozenset[str] = frozenset()
    """Those whom this stage asks, or asked, because nobody decided in time."""
    reassigned: tuple[ReassignedVote, ...] = ()

    def look_up(self, request: Request, row: Stage, decisions: tuple[Decision, ...]) -> "OpenStage":
        """The stage with its people, given these decisions."""
        question = question_of(request, self.snapshot, self.at)
        course = self._course(row, decisions)
        planned = open_stage(stage_spec(row), row.position, question, self.who, course)
        return OpenStage(request, row, planned, decisions, course, self)

    def _course(self, row: Stage, decisions: tuple[Decision, ...]) -> StageHistory:
        here = tuple(d for d in decisions if d.position == row.position)
        return StageHistory(
            decided=tuple(d.person_id for d in decisions),
            decided_here=len(here),
            approved_here=sum(d.approve for d in here),
            represented=tuple(d.seat_id for d in decisions if d.seat_id),
            reassignments=self.reassigned,
            escalated=row.escalated_at is not None,
            alternates=tuple(d.votes_for for d in here if d.person_id in self.alternates),
        )


@dataclass(frozen=True)
class OpenStage:
    """The open stage of a request, with the people who may decide now."""

    request: Request
    row: Stage
    plan: PlannedStage
    decisions: tuple[Decision, ...]
    """All of the request, those of earlier stages too."""
    course: StageHistory
    sources: _Sources

    @property
    def stage_decisions(self) -> tuple[Decision, ...]:
        """The decisions of this stage."""
        return tuple(d for d in self.decisions if d.position == self.row.position)

    def with_decision(self, request: Request, decision: Decision) -> "OpenStage":
        """The same stage with one more decision, which may have changed the request."""
        if self.plan.rule == "any":  # it is decided, whoever else could have decided
            decisions = (*self.decisions, decision)
            return OpenStage(request, self.row, self.plan, decisions, self.course, self.sources)
        return self.sources.look_up(request, self.row, (*self.decisions, decision))

    def because(self, person_id: str) -> str | None:
        """Why this person may decide; None if they may not."""
        candidate = self.candidate(person_id)
        return candidate.because if candidate else None

    def candidate(self, person_id: str) -> Candidate | None:
        """This person among those who may decide."""
        return next((c for c in self.plan.approvers if c.person_id == person_id), None)

    def tally(self) -> Tally:
        """Count the votes; those who have decided count among the asked."""
        votes = [(d.votes_for, d.approve) for d in self.stage_decisions]
        seats = dict.fromkeys([*[holds for holds, _ in votes], *self.plan.voters])
        return tally(
            self.plan.rule,
            tuple(seats),
            votes,
            self.plan.quiet_voters,
            on_reject=self.plan.spec.on_reject,
            alternates={*self.course.alternates, *self.plan.alternate_voters},
        )


def open_first_stage(
    out: Outcome, request: Request, rows: Sequence[Stage], who: Directory, *, approved_by_rule: bool
) -> Request:
    """Open the first stage of a new request, or approve the request where a rule does.

    `rows` are its stages, and `who` has looked up its people a moment ago.
    """
    if approved_by_rule:
        return approve_request(out, request, SYSTEM, "; ".join(r["text"] for r in request.because["reasons"]))
    sources = _Sources(policy_of(out.case, request.policy), who, out.now)
    return _ask_approvers(out, sources.look_up(request, rows[0], ())).request


def current_stage(case: Case, request: Request) -> OpenStage:
    """The open stage, with its people looked up now by the policy of the submission."""
    row = case.all(STAGES, request.id)[request.position]
    snapshot = policy_of(case, request.policy)
    _hand_people(case, request, snapshot)
    sources = _Sources(snapshot, Directory.of(case), case.now, _alternates(case, row), _reassigned(case, row))
    return sources.look_up(request, row, tuple(case.all(DECISIONS, request.id)))


def _alternates(case: Case, row: Stage) -> frozenset[str]:
    if row.escalated_at is None:
        return frozenset()
    asked = case.all(ASKED, row.request_id)
    return frozenset(a.person_id for a in asked if a.position == row.position and a.alternate)


def _reassigned(case: Case, row: Stage) -> tuple[ReassignedVote, ...]:
    rows = case.all(REASSIGNED, row.request_id)
    return tuple(
        ReassignedVote(r.seat_id, r.to_id, r.by_id, r.note) for r in rows if r.position == row.position
    )


def _hand_people(case: Case, request: Request, snapshot: Snapshot) -> None:
    """Read the people of all pending requests in hand at once.

    Those are requesters and beneficiaries, people whom stages name by their id, and managers who are asked.
    """
    people, asking_manager = ids_among(snapshot.app.owners), set[str]()
    for other in pending_in_hand(case, request, _hand_people):
        names = set(_names(case, other))
        people |= {other.requester_id, other.beneficiary_id, *ids_among(names)}
        if ApproverRole.MANAGER in names:
            asking_manager.add(other.beneficiary_id)
    case.hand(Person, people)
    if asking_manager:
        rows = (case.get(Person, person_id) for person_id in asking_manager)
        case.hand(Person, {row.manager_id for row in rows if row is not None and row.manager_id})


def _names(case: Case, request: Request) -> Iterator[str]:
    """The approvers that the stages from the open one on name, as written there."""
    for row in case.all(STAGES, request.id)[request.position :]:
        for key in ("approvers", "quiet", "alternates"):
            yield from row.spec.get(key, ())


def ask_approvers(out: Outcome, request: Request) -> OpenStage:
    """Open the request's present stage, if it is not open yet, and ask whoever may decide in it now."""
    return _ask_approvers(out, current_stage(out.case, request))


def _ask_approvers(out: Outcome, stage: OpenStage) -> OpenStage:
    request, row, planned = stage.request, stage.row, stage.plan
    if row.state is StageState.WAITING:
        request = asked_people.start_deadlines(out, request, planned)
        row = asked_people.open_and_ask(out, request, row, planned)
    else:
        row = asked_people.update_asked(out, request, row, planned)
    if not planned.approvers and stage.tally().status is TallyStatus.OPEN:
        row = asked_people.alert_admins(out, request, row, planned)
    return replace(stage, request=request, row=row)


def advance(out: Outcome, request: Request, stage: OpenStage, by: str) -> Request:
    """Close an approved stage, and open the next or approve the request."""
    out.change(stage.row, state=StageState.APPROVED, closed_at=out.now)
    if request.position + 1 == len(out.case.all(STAGES, request.id)):
        return approve_request(out, request, by)
    request = out.change(request, position=request.position + 1)
    return ask_approvers(out, request).request


def approve_request(out: Outcome, request: Request, by: str, note: str = "") -> Request:
    """Approve a request whose stages have all approved, or that a rule approves: its grant begins."""
    request = give.fulfil_request(out, close_request(out, request, RequestEvent.APPROVE, by, note))
    if request.emergency:
        emergency.begin_emergency(out, request)
    return request
