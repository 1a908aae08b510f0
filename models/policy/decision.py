"""The answers of the policy, with the reasons that cards, previews and the audit trail quote."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from models.catalogue.spec import StageSpec
from models.policy.separation_of_duties import Clash


class Outcome(StrEnum):
    """What becomes of a request."""

    ASK = "ask"
    AUTO = "auto"
    DENY = "deny"
    NOBODY = "nobody"
    """It would have to be asked for, and there is nobody to ask."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Which rule spoke, and what it said, as a sentence for people."""

    rule: str
    text: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may decide, and why they: "owner of GitHub and in @oncall"."""

    person_id: str
    because: str
    seat: str = ""
    """Whose vote it is, where not their own: they stand in for this person."""
    quiet: bool = False
    """May decide, and gets no message about it."""
    alternate: bool = False
    """Whether they are asked because nobody decided in time."""

    @property
    def holds(self) -> str:
        """Whose vote a decision of theirs would be: one vote, whoever gives it."""
        return self.seat or self.person_id


@dataclass(frozen=True, slots=True)
class PlannedStage:
    """One stage with its people. Without any, nobody can decide, and `because` says why."""

    position: int
    """Counted from 0, over the stages that apply."""
    spec: StageSpec
    """What to look the people up by, when it opens and at every click."""
    needed: int
    """How many approvals it takes."""
    approvers: tuple[Candidate, ...]
    because: Reason
    fallback: bool = False
    """Whether owners or admins stand in for people who are missing."""
    alternates: tuple[Candidate, ...] = ()
    """Who is asked too if nobody decides in time; nobody once they are."""
    remark: str = ""
    """Who stands in or is asked too, and why, as a sentence; empty where it goes as the stage says."""
    left_out: tuple[str, ...] = ()
    """Who is named and cannot be asked, with the reason: "Bo is deactivated"."""

    @property
    def name(self) -> str:
        return self.spec.name

    @property
    def rule(self) -> str | int:
        return self.spec.rule

    @property
    def asked(self) -> tuple[Candidate, ...]:
        """Those who get a message."""
        return tuple(candidate for candidate in self.approvers if not candidate.quiet)

    @property
    def seats(self) -> tuple[str, ...]:
        """Whose votes there can still be, each once."""
        return tuple(dict.fromkeys(candidate.holds for candidate in self.approvers))

    @property
    def quiet_seats(self) -> frozenset[str]:
        """Those of `seats` that nobody is asked for."""
        asked = {one.holds for one in self.approvers if not one.quiet}
        return frozenset(one.holds for one in self.approvers) - asked

    @property
    def alternate_seats(self) -> frozenset[str]:
        """Those of `seats` that came in because nobody decided in time."""
        return frozenset(candidate.holds for candidate in self.approvers if candidate.alternate)

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(candidate.person_id for candidate in self.approvers)


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of a request and by which rules: there is always at least one reason.

    `stages` is filled where the outcome is ASK, and only there; each of them has people.
    """

    outcome: Outcome
    because: tuple[Reason, ...]
    stages: tuple[PlannedStage, ...] = ()
    conflicts: tuple[Clash, ...] = ()
    """What does not go together with it, whatever the outcome."""


@dataclass(frozen=True, slots=True)
class Passed:
    """A decision that was passed on to somebody else."""

    seat: str
    """Whose it was; empty where there was nobody to decide and somebody was named."""
    to: str
    by: str
    """An approver themself, an owner or an admin."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Course:
    """The past of an open stage. Without arguments: of one that has just opened, in a new request."""

    decided: tuple[str, ...] = ()
    """Everybody who has decided on this request, in this stage or an earlier one: one person counts once."""
    decided_here: int = 0
    """How many of them decided in this stage, and so need not be found again."""
    approved_here: int = 0
    """How many of those approved."""
    stood_in: tuple[str, ...] = ()
    """Those for whom a stand-in has decided on this request: their vote is given, too."""
    passed: tuple[Passed, ...] = ()
    """What was passed on in this stage, in order."""
    escalated: bool = False
    """Whether its time has passed, so that its alternates are asked too."""
    alternates: tuple[str, ...] = ()
    """Those of them who have decided in this stage."""

    @property
    def spent(self) -> dict[str, str]:
        """Who cannot decide any more, with the words for it."""
        return {
            **dict.fromkeys(self.stood_in, "had a stand-in who has decided"),
            **dict.fromkeys(self.decided, "has decided already"),
        }


def chains(passed: Sequence[Passed]) -> list[list[Passed]]:
    """What was passed on, by what was passed on further: each chain leads from one to the next."""
    found: list[list[Passed]] = []
    for one in passed:
        longer = next((chain for chain in found if one.seat and chain[-1].to == one.seat), None)
        if longer is None:
            found.append([one])
        else:
            longer.append(one)
    return found


JUST_OPENED = Course()
