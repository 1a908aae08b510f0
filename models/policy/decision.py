"""The answers of the policy. Each carries the reasons that cards, previews and the audit trail quote."""

from dataclasses import dataclass
from enum import StrEnum

from models.catalogue.spec import StageSpec
from models.policy.clashes import Clash


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
        return frozenset(self.seats) - {candidate.holds for candidate in self.asked}

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
