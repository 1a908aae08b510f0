"""The stages of a request: opening one, asking its people, and going on when it is decided."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from models.catalogue.spec.references import ApproverRole, ids_among
from models.lifecycle.close_request import close_request
from models.lifecycle.grant import give
from models.lifecycle.request import asked_people, emergency
from models.lifecycle.request.look_ahead import pending_in_hand
from models.lifecycle.request.plan import question_of
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
    """Where the people of an open stage are looked up, besides its decisions."""

    snapshot: Snapshot
    """The policy of the submission."""
    who: Directory
    at: datetime
    alternates: frozenset[str] = frozenset()
    """Who is, or was, asked in this stage because nobody decided in time."""
    reassigned: tuple[ReassignedVote, ...] = ()

    def look_up(self, request: Request, row: Stage, decisions: tuple[Decision, ...]) -> "OpenStage":
        """The stage with its people, these decisions made."""
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
    """The stage that a request waits at, with the people who may decide now."""

    request: Request
    row: Stage
    now: PlannedStage
    decisions: tuple[Decision, ...]
    """All of the request, those of earlier stages too."""
    course: StageHistory
    sources: _Sources

    @property
    def decided(self) -> tuple[Decision, ...]:
        """The decisions of this stage."""
        return tuple(d for d in self.decisions if d.position == self.row.position)

    def after(self, request: Request, decision: Decision) -> "OpenStage":
        """The same stage with one decision more, which may have changed the request."""
        if self.now.rule == "any":  # it is decided, whoever else could have decided
            decisions = (*self.decisions, decision)
            return OpenStage(request, self.row, self.now, decisions, self.course, self.sources)
        return self.sources.look_up(request, self.row, (*self.decisions, decision))

    def because(self, person_id: str) -> str | None:
        """Why this person may decide; None if they may not."""
        candidate = self.candidate(person_id)
        return candidate.because if candidate else None

    def candidate(self, person_id: str) -> Candidate | None:
        """This person among those who may decide."""
        return next((c for c in self.now.approvers if c.person_id == person_id), None)

    def tally(self) -> Tally:
        """Where the stage stands, with those who have decided counted among the asked."""
        votes = [(d.votes_for, d.approve) for d in self.decided]
        seats = dict.fromkeys([*[holds for holds, _ in votes], *self.now.voters])
        return tally(
            self.now.rule,
            tuple(seats),
            votes,
            self.now.quiet_voters,
            on_reject=self.now.spec.on_reject,
            alternates={*self.course.alternates, *self.now.alternate_voters},
        )


def begin(
    out: Outcome, request: Request, rows: Sequence[Stage], who: Directory, *, approved_by_rule: bool
) -> Request:
    """Start a new request on its way: open its first stage, or approve it where a rule does.

    `rows` are its stages, and `who` has looked up its people a moment ago.
    """
    if approved_by_rule:
        return approve(out, request, SYSTEM, "; ".join(r["text"] for r in request.because["reasons"]))
    sources = _Sources(policy_of(out.case, request.policy), who, out.now)
    return _ask(out, sources.look_up(request, rows[0], ())).request


def current(case: Case, request: Request) -> OpenStage:
    """The open stage, its people looked up afresh by the policy of the submission."""
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
    """Read at once whom the rules look at, for all pending requests that are in hand.

    Those are requesters and beneficiaries, whom stages name by their id, and the managers that they ask.
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
    """Whom the stages that are not over name, as it is written there."""
    for row in case.all(STAGES, request.id)[request.position :]:
        for key in ("approvers", "quiet", "alternates"):
            yield from row.spec.get(key, ())


def ask(out: Outcome, request: Request) -> OpenStage:
    """Open the present stage, if it is not yet, and ask whoever belongs to it now."""
    return _ask(out, current(out.case, request))


def _ask(out: Outcome, stage: OpenStage) -> OpenStage:
    request, row, planned = stage.request, stage.row, stage.now
    if row.state is StageState.WAITING:
        request = asked_people.opened(out, request, planned)
        row = asked_people.ask_first(out, request, row, planned)
    else:
        row = asked_people.ask_anew(out, request, row, planned)
    if not planned.approvers and stage.tally().status is TallyStatus.OPEN:
        row = asked_people.tell_admins(out, request, row, planned)
    return replace(stage, request=request, row=row)


def advance(out: Outcome, request: Request, stage: OpenStage, by: str) -> Request:
    """This stage is approved: open the next, or approve the request."""
    out.change(stage.row, state=StageState.APPROVED, closed_at=out.now)
    if request.position + 1 == len(out.case.all(STAGES, request.id)):
        return approve(out, request, by)
    request = out.change(request, position=request.position + 1)
    return ask(out, request).request


def approve(out: Outcome, request: Request, by: str, note: str = "") -> Request:
    """All stages have approved (or a rule has): close the request and let the access be given."""
    request = give.begin(out, close_request(out, request, RequestEvent.APPROVE, by, note))
    if request.emergency:
        emergency.begin(out, request)
    return request
