"""The policy's answers, with the reasons that cards, previews and the audit trail quote."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from models.catalogue.spec import StageSpec
from models.policy.conflicts import Conflict


class Verdict(StrEnum):
    """What becomes of a request."""

    ASK = "ask"
    """Approvers decide."""
    AUTO = "auto"
    """A rule approves it."""
    DENY = "deny"
    NOBODY = "nobody"
    """Approvers would have to decide, and nobody can be asked."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Which rule applied, and what it says, as a sentence for people."""

    rule: str
    text: str


@dataclass(frozen=True, slots=True)
class PolicyDecision:
    """What becomes of a request, and the rules that say so: there is always at least one reason.

    `stages` is filled where the verdict is ASK, and only there; each of them has approvers.
    """

    verdict: Verdict
    because: tuple[Reason, ...]
    stages: tuple["PlannedStage", ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    """Conflicts with other access, whatever the verdict."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may decide, and why: "owner of GitHub and in @oncall"."""

    person_id: str
    because: str
    on_behalf_of: str = ""
    """The absent approver whose delegate this is; empty for those who vote for themselves."""
    quiet: bool = False
    """May decide, and gets no message about it."""
    alternate: bool = False
    """Asked by escalation, because nobody decided in time."""

    @property
    def votes_for(self) -> str:
        """The id of the person whose vote it is: an approver and their delegate have one vote together."""
        return self.on_behalf_of or self.person_id


@dataclass(frozen=True, slots=True)
class PlannedStage:
    """One stage with its approvers. Without any, nobody can decide, and `because` says why."""

    position: int
    """Counted from 0, over the stages that apply."""
    spec: StageSpec
    """What to look the approvers up by, when the stage opens and at every click."""
    needed: int
    """How many approvals it takes."""
    approvers: tuple[Candidate, ...]
    because: Reason
    fallback: bool = False
    """Whether alternates, owners or admins are asked in place of approvers who are missing."""
    alternates: tuple[Candidate, ...] = ()
    """Who is asked too if nobody decides in time; empty once they are."""
    remark: str = ""
    """Who is asked instead or as well, and why, as a sentence; empty where the stage goes as written."""
    left_out: tuple[str, ...] = ()
    """Who is named and cannot be asked, with the reason: "Bo is deactivated"."""

    @property
    def name(self) -> str:
        return self.spec.name

    @property
    def rule(self) -> str | int:
        return self.spec.rule

    @property
    def ids(self) -> tuple[str, ...]:
        """Everybody who may decide."""
        return tuple(candidate.person_id for candidate in self.approvers)

    @property
    def asked(self) -> tuple[Candidate, ...]:
        """Those who get a message."""
        return tuple(candidate for candidate in self.approvers if not candidate.quiet)

    @property
    def voters(self) -> tuple[str, ...]:
        """Whose votes there can still be, each once."""
        return tuple(dict.fromkeys(candidate.votes_for for candidate in self.approvers))

    @property
    def quiet_voters(self) -> frozenset[str]:
        """Those of `voters` for whose vote nobody gets a message."""
        asked = {candidate.votes_for for candidate in self.approvers if not candidate.quiet}
        return frozenset(candidate.votes_for for candidate in self.approvers) - asked

    @property
    def alternate_voters(self) -> frozenset[str]:
        """Those of `voters` who were asked by escalation."""
        return frozenset(candidate.votes_for for candidate in self.approvers if candidate.alternate)


@dataclass(frozen=True, slots=True)
class ReassignedVote:
    """A vote that an approver, an owner or an admin reassigned to somebody else."""

    voter: str
    """Whose it was; empty where the stage had nobody to decide and an approver was named."""
    to: str
    by: str
    note: str = ""


def reassignment_chains(reassignments: Sequence[ReassignedVote]) -> list[list[ReassignedVote]]:
    """Group reassignments so that each chain leads from an approver over those in between to the last one."""
    chains: list[list[ReassignedVote]] = []
    for vote in reassignments:
        earlier = next((chain for chain in chains if vote.voter and chain[-1].to == vote.voter), None)
        if earlier is None:
            chains.append([vote])
        else:
            earlier.append(vote)
    return chains


@dataclass(frozen=True, slots=True)
class StageHistory:
    """What happened so far in an open stage. Without arguments: one that has just opened in a new request."""

    decided: tuple[str, ...] = ()
    """Everybody who has decided on this request, in this stage or an earlier one: one person counts once."""
    decided_here: int = 0
    """How many of them decided in this stage, and so need not be found again."""
    approved_here: int = 0
    """How many of those approved."""
    represented: tuple[str, ...] = ()
    """Those whose delegate has decided on this request: their vote is cast, too."""
    reassignments: tuple[ReassignedVote, ...] = ()
    """In this stage, in order."""
    escalated: bool = False
    """Whether its time has passed, so that its alternates are asked too."""
    alternates: tuple[str, ...] = ()
    """Those of the alternates who have decided in this stage."""

    @property
    def already_voted(self) -> dict[str, str]:
        """Who cannot decide any more, by id with the words for it."""
        return {
            **dict.fromkeys(self.represented, "has a delegate who has decided"),
            **dict.fromkeys(self.decided, "has already decided"),
        }


NEW_STAGE = StageHistory()
