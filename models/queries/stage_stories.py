"""The story of one stage: whom it asks, what they decided, and where that leaves it."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeVar

from sqlalchemy import select

from models.catalogue.spec.enums import OnReject
from models.policy import Tally, tally
from models.statements import among
from models.store.case import Case
from models.tables.requests import (
    ASKED,
    DECISIONS,
    REASSIGNED,
    STAGES,
    Asked,
    Decision,
    Reassignment,
    Request,
    Stage,
)

R = TypeVar("R", Asked, Decision, Reassignment)


@dataclass(frozen=True)
class StageStory:
    """One stage with those it asks and what they decided."""

    stage: Stage
    asked: tuple[Asked, ...]
    decisions: tuple[Decision, ...]
    reassigned: tuple[Reassignment, ...] = ()
    """The reassignments in it, in order."""

    @cached_property
    def tally(self) -> Tally:
        """Count the votes, by those who were asked and those who decided."""
        seats = dict.fromkeys([*(d.votes_for for d in self.decisions), *(a.votes_for for a in self.asked)])
        votes = tuple((d.votes_for, d.approve) for d in self.decisions)
        notified = {a.votes_for: a.person_id for a in self.asked if not a.quiet}
        quiet = {a.votes_for for a in self.asked} - notified.keys()
        rule = self.stage.rule
        counted = tally(
            int(rule) if rule.isdigit() else rule,
            tuple(seats),
            votes,
            quiet,
            on_reject=self.on_reject,
            alternates={a.votes_for for a in self.asked if a.alternate},
        )
        return replace(counted, waiting=tuple(notified.get(seat, seat) for seat in counted.waiting))

    @property
    def overdue(self) -> bool:
        """Whether it has escalated, and there was nobody else to ask."""
        return self.stage.escalated_at is not None and not any(row.alternate for row in self.asked)

    @property
    def on_reject(self) -> OnReject:
        """What a rejection does in it, where it needs a number of approvals."""
        return OnReject(self.stage.spec.get("on_reject", OnReject.COUNT))


def stage_stories(case: Case, request_id: int) -> tuple[StageStory, ...]:
    """The stories of a request's stages, in order."""
    asked = by_stage(sorted(case.all(ASKED, request_id), key=lambda row: row.asked_at))
    decisions, passed = (by_stage(case.all(group, request_id)) for group in (DECISIONS, REASSIGNED))
    return tuple(
        StageStory(stage, tuple(asked[at]), tuple(decisions[at]), tuple(passed[at]))
        for stage in case.all(STAGES, request_id)
        for at in [(stage.request_id, stage.position)]
    )


def by_stage(rows: Iterable[R]) -> dict[tuple[int, int], list[R]]:
    """Group rows by their request's id and the position of their stage, in their order."""
    grouped = defaultdict[tuple[int, int], list[R]](list)
    for row in rows:
        grouped[row.request_id, row.position].append(row)
    return grouped


_STAGES = select(Stage).where(among(Stage.request_id, "requests"))
_ASKED = select(Asked).where(among(Asked.request_id, "requests")).order_by(Asked.asked_at, Asked.person_id)
_DECISIONS = select(Decision).where(among(Decision.request_id, "requests")).order_by(Decision.at)


@dataclass(frozen=True)
class RequestProgress:
    """The progress of a pending request."""

    stage: StageStory
    """The stage that is open, with those it asks and what they decided."""
    stages: int
    """How many it has in all."""

    def quiet(self, person_id: str) -> bool:
        """Whether this person may decide without being asked."""
        return any(row.person_id == person_id and row.quiet for row in self.stage.asked)

    def because(self, person_id: str) -> str:
        """Why this person is asked; empty if they are not."""
        return next((row.because for row in self.stage.asked if row.person_id == person_id), "")


def progress_of(case: Case, requests: Iterable[Request]) -> dict[int, RequestProgress]:
    """The progress of each of these requests that has stages, by the request's id; read all at once."""
    positions = {request.id: request.position for request in requests}
    if not positions:
        return {}
    stages, asked, decisions = (
        by_stage(case.read(statement, requests=list(positions)))
        for statement in (_STAGES, _ASKED, _DECISIONS)
    )
    number = Counter(request_id for request_id, _ in stages)
    progress = dict[int, RequestProgress]()
    for at in positions.items():
        for stage in stages[at]:
            story = StageStory(stage, tuple(asked[at]), tuple(decisions[at]))
            progress[stage.request_id] = RequestProgress(story, number[stage.request_id])
    return progress
