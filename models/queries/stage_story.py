"""One stage's story, as part of its request's."""

from dataclasses import dataclass, replace
from functools import cached_property

from sqlalchemy import BindParameter, bindparam, select
from sqlalchemy.orm import Session

from models.catalogue.words import OnReject
from models.policy import Tally, tally
from models.tables.requests import Asked, Decision, Reassignment, Stage, stages_of

# Every card asks these. A statement that is made once costs half of one that is made anew.
_REQUEST: BindParameter[int] = bindparam("request")
_ASKED = select(Asked).where(Asked.request_id == _REQUEST).order_by(Asked.asked_at)
_DECISIONS = select(Decision).where(Decision.request_id == _REQUEST).order_by(Decision.at)
_PASSED = select(Reassignment).where(Reassignment.request_id == _REQUEST).order_by(Reassignment.id)


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
        seats = dict.fromkeys([*(d.holds for d in self.decisions), *(a.holds for a in self.asked)])
        votes = tuple((d.holds, d.approve) for d in self.decisions)
        waited = {a.holds: a.person_id for a in self.asked if not a.quiet}
        quiet = {a.holds for a in self.asked} - waited.keys()
        rule = self.stage.rule
        found = tally(
            int(rule) if rule.isdigit() else rule,
            tuple(seats),
            votes,
            quiet,
            on_reject=self.on_reject,
            alternates={a.holds for a in self.asked if a.alternate},
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


def stage_stories(session: Session, request_id: int) -> tuple[StageStory, ...]:
    """Those of a request, in the order of its stages."""
    asked, decisions, passed = (
        session.scalars(statement, {"request": request_id}).all()
        for statement in (_ASKED, _DECISIONS, _PASSED)
    )
    return tuple(
        StageStory(
            stage,
            tuple(one for one in asked if one.position == stage.position),
            tuple(one for one in decisions if one.position == stage.position),
            tuple(one for one in passed if one.position == stage.position),
        )
        for stage in stages_of(session, request_id)
    )
