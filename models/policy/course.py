"""What has happened to an open stage so far, as far as it matters for who is asked now."""

from collections.abc import Sequence
from dataclasses import dataclass


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
