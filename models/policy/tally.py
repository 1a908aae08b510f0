"""Count a stage: what it has decided, whether its people suffice, and when it escalates."""

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
    """Where a stage stands, in numbers and names."""

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
    """Count a stage.

    Args:
        rule: "any" (the first decision counts), "all" (one rejection rejects) or a number of approvals,
            which approve whatever the rejections; out of reach, it is rejected.
        asked: everybody who was asked, those included who decided and may have left since.
        decisions: (person, approves) in the order in which they were made. Of a person's several the first
            counts, and those of people who were not asked do not.
        quiet: those of the asked for whom nobody waits; "all" does without them until they decide.
        on_reject: whether one rejection ends it under a number, too.
        alternates: those of the asked who are so because the others did not decide in time. Under "all" they
            add no approval that is needed: each of theirs takes the place of a missing one.
    """
    counted: dict[str, bool] = {}
    for person, approves in decisions:
        if person in asked:
            counted.setdefault(person, approves)
    if rule == "any":
        counted = dict(list(counted.items())[:1])
    approvals = sum(counted.values())
    rejections = len(counted) - approvals
    everybody = [one for one in dict.fromkeys(asked) if rule != "all" or one in counted or one not in quiet]
    needed = _needed(rule, len([one for one in everybody if one not in alternates]))
    reach = 1 if rule == "any" else len(everybody)
    ends = rule == "all" or on_reject is OnReject.VETO
    status = TallyStatus.REJECTED if ends and rejections else _status(needed, approvals, rejections, reach)
    waiting: list[str] = []
    if status is TallyStatus.OPEN:
        waiting = [person for person in everybody if person not in counted and person not in quiet]
    return Tally(
        status=status,
        approvals=approvals,
        rejections=rejections,
        still_needed=max(needed - approvals, 0),
        waiting=tuple(waiting),
    )


def _needed(rule: str | int, asked: int) -> int:
    if isinstance(rule, int):
        return rule
    return max(asked, 1) if rule == "all" else 1  # nobody asked is nobody who approves


def _status(needed: int, approvals: int, rejections: int, asked: int) -> TallyStatus:
    if approvals >= needed:
        return TallyStatus.APPROVED
    if rejections and (asked - rejections < needed):
        return TallyStatus.REJECTED
    return TallyStatus.OPEN


class Seating:
    """Gives people to stages, each person to one.

    Stages come one after the other, and the earlier ones keep their number of people, though not always
    the same people (augmenting paths, as in Kuhn's algorithm).
    """

    def __init__(self) -> None:
        self._pools: dict[int, Sequence[str]] = {}
        self._stage_of: dict[str, int] = {}

    def take(self, stage: int, pool: Sequence[str], count: int) -> bool:
        """Find `count` people of `pool` for a new stage. False, with none taken, if there are too few."""
        before = dict(self._stage_of)
        self._pools[stage] = pool
        if all(self._seat(stage, set()) for _ in range(count)):
            return True
        self._stage_of = before
        return False

    def _seat(self, stage: int, tried: set[int]) -> bool:
        tried.add(stage)
        for person in self._pools[stage]:
            if person not in self._stage_of:
                self._stage_of[person] = stage
                return True
        for person in self._pools[stage]:
            holder = self._stage_of[person]
            if holder not in tried and self._seat(holder, tried):
                self._stage_of[person] = stage
                return True
        return False


def escalation_wait(spec: StageSpec, left: timedelta) -> timedelta | None:
    """How long after its opening a stage escalates, with so much time left until the request expires.

    What the stage says; half of the time that is left where it says nothing, or something that would be too
    late. None where it has no alternates.
    """
    if not spec.alternates:
        return None
    after = spec.escalate_after
    return after if after is not None and after < left else left / 2
