"""What has happened to an open stage so far, as far as it matters for who is asked now."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Course:
    """The past of an open stage. Without arguments: of one that has just opened, in a new request."""

    decided: tuple[str, ...] = ()
    """Everybody who has decided on this request, in this stage or an earlier one: one person counts once."""
    decided_here: int = 0
    """How many of them decided in this stage, and so need not be found again."""
    escalated: bool = False
    """Whether its time has passed, so that its alternates are asked too."""


JUST_OPENED = Course()
