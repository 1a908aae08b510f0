"""Count a stage: what its votes have decided, whether its people suffice, and when it escalates."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from models.catalogue.spec import StageSpec
from models.catalogue.spec.enums import OnReject


class TallyStatus(StrEnum):
    """Where a stage stands."""

    OPEN = "open"
    APPROVED = "approved"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Tally:
    """Where a stage stands, in numbers and people's ids."""

    status: TallyStatus
    approvals: int
    rejections: int
    still_needed: int
    """Approvals that are missing; 0 once it is approved."""
    waiting: tuple[str, ...]
    """Who has not decided, in the order of asking; nobody once it is closed."""


def tally(
    rule: str | int,
    asked: Collection[str],
    decisions: Sequence[tuple[str, bool]],
    quiet: Collection[str] = (),
    *,
    on_reject: OnReject = OnReject.COUNT,
    alternates: Collection[str] = (),
) -> Tally:
    """Count a stage. Everybody is named by the id of the person whose vote it is.

    Args:
        rule: "any" (the first decision counts), "all" (one rejection rejects) or a number of approvals,
            which approve whatever the rejections; out of reach, the stage is rejected.
        asked: everybody who was asked, those included who decided and may have left since.
        decisions: (person, approves) in order. Each person's first counts, if they were asked.
        quiet: those of the asked for whom nobody waits; "all" does without them until they decide.
        on_reject: whether one rejection ends the stage under a number, too.
        alternates: those asked by escalation. Under "all" each of theirs replaces a missing approval.
    """
    votes: dict[str, bool] = {}
    for person, approves in decisions:
        if person in asked:
            votes.setdefault(person, approves)
    if rule == "any":
        votes = dict(list(votes.items())[:1])
    voters = [
        person for person in dict.fromkeys(asked) if rule != "all" or person in votes or person not in quiet
    ]
    approvals = sum(votes.values())
    rejections = len(votes) - approvals
    needed = _needed(rule, len([person for person in voters if person not in alternates]))
    reachable = (1 if rule == "any" else len(voters)) - rejections
    status = TallyStatus.OPEN
    if rejections and (rule == "all" or on_reject is OnReject.VETO):
        status = TallyStatus.REJECTED
    elif approvals >= needed:
        status = TallyStatus.APPROVED
    elif rejections and reachable < needed:
        status = TallyStatus.REJECTED
    waiting: list[str] = []
    if status is TallyStatus.OPEN:
        waiting = [person for person in voters if person not in votes and person not in quiet]
    return Tally(
        status=status,
        approvals=approvals,
        rejections=rejections,
        still_needed=max(needed - approvals, 0),
        waiting=tuple(waiting),
    )


def _needed(rule: str | int, voters: int) -> int:
    if isinstance(rule, int):
        return rule
    return max(voters, 1) if rule == "all" else 1  # nobody asked is nobody who approves


class StageMatching:
    """Gives people to stages, each person to one.

    Stages come one after the other, and the earlier ones keep their number of people, though not always
    the same people (augmenting paths, as in Kuhn's algorithm).
    """

    def __init__(self) -> None:
        self._pools: dict[int, Sequence[str]] = {}
        self._stage_of: dict[str, int] = {}

    def assign(self, stage: int, pool: Sequence[str], count: int) -> bool:
        """Find `count` people of `pool` for a new stage. False, with none assigned, if there are too few."""
        before = dict(self._stage_of)
        self._pools[stage] = pool
        if all(self._assign_person(stage, set()) for _ in range(count)):
            return True
        self._stage_of = before
        return False

    def _assign_person(self, stage: int, visited: set[int]) -> bool:
        """Assign one more person, moving people between the stages that are not `visited` where it takes."""
        visited.add(stage)
        for person in self._pools[stage]:
            if person not in self._stage_of:
                self._stage_of[person] = stage
                return True
        for person in self._pools[stage]:
            other = self._stage_of[person]
            if other not in visited and self._assign_person(other, visited):
                self._stage_of[person] = stage
                return True
        return False


def escalation_wait(spec: StageSpec, left: timedelta) -> timedelta | None:
    """How long after its opening a stage escalates; None where it has no alternates.

    As the stage says. Half of the time that is `left` until the request expires where it says nothing, or
    more than that time.
    """
    if not spec.alternates:
        return None
    after = spec.escalate_after
    return after if after is not None and after < left else left / 2
