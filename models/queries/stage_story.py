"""One stage's story, as part of its request's."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeVar

from models.catalogue.spec.enums import OnReject
from models.policy import Tally, tally
from models.store.case import Case
from models.tables.requests import (
    ASKED,
    DECISIONS,
    REASSIGNED,
    STAGES,
    Asked,
    Decision,
    Reassignment,
    Stage,
)

R = TypeVar("R", Asked, Decision, Reassignment)


@dataclass(frozen=True)
class StageStory:
    """One stage with those it asks and what they decided."""

    stage: Stage
    asked: tuple[Asked, ...]
    decisions: tuple[Decision, ...]
    passed: tuple[Reassignment, ...] = ()
    """What was passed on in it, in order."""

    @cached_property
    def tally(self) -> Tally:
        """Where the stage stands, by those who were asked and those who decided."""
        seats = dict.fromkeys([*(d.votes_for for d in self.decisions), *(a.votes_for for a in self.asked)])
        votes = tuple((d.votes_for, d.approve) for d in self.decisions)
        waited = {a.votes_for: a.person_id for a in self.asked if not a.quiet}
        quiet = {a.votes_for for a in self.asked} - waited.keys()
        rule = self.stage.rule
        found = tally(
            int(rule) if rule.isdigit() else rule,
            tuple(seats),
            votes,
            quiet,
            on_reject=self.on_reject,
            alternates={a.votes_for for a in self.asked if a.alternate},
        )
        return replace(found, waiting=tuple(waited.get(seat, seat) for seat in found.waiting))

    @property
    def overdue(self) -> bool:
        """Whether its time has passed, and nobody could be asked besides who was asked already."""
        return self.stage.escalated_at is not None and not any(one.alternate for one in self.asked)

    @property
    def on_reject(self) -> OnReject:
        """What one rejection does in it, where it wants a number of approvals."""
        return OnReject(self.stage.spec.get("on_reject", OnReject.COUNT))


def stage_stories(case: Case, request_id: int) -> tuple[StageStory, ...]:
    """Those of a request, in the order of its stages."""
    asked = by_stage(sorted(case.all(ASKED, request_id), key=lambda one: one.asked_at))
    decisions, passed = (by_stage(case.all(group, request_id)) for group in (DECISIONS, REASSIGNED))
    return tuple(
        StageStory(stage, tuple(asked[at]), tuple(decisions[at]), tuple(passed[at]))
        for stage in case.all(STAGES, request_id)
        for at in [(stage.request_id, stage.position)]
    )


def by_stage(rows: Iterable[R]) -> dict[tuple[int, int], list[R]]:
    """These rows by their request's id and the position of their stage, in their order."""
    found = defaultdict[tuple[int, int], list[R]](list)
    for row in rows:
        found[row.request_id, row.position].append(row)
    return found
