"""Separation of duties: find what somebody has, or is about to have, that conflicts with a request."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC

from models.catalogue.spec.conflicts import ConflictAction, ConflictSpec
from models.policy.facts import Holding, HoldingState


@dataclass(frozen=True, slots=True)
class Conflict:
    """A conflict of the catalogue that applies to a request, and the access that it applies for."""

    spec: ConflictSpec
    holding: Holding
    wanted: str
    """What people call the requested access."""

    @property
    def action(self) -> ConflictAction:
        return self.spec.action

    @property
    def rule(self) -> str:
        """How reasons name it."""
        return f"conflict “{self.spec.name}”"

    def sentence(self, subject: str) -> str:
        """The conflict as a sentence. `subject` is "Ada has" or "You have"."""
        why = f" {self.spec.why}" if self.spec.why else ""
        holding = f" {subject} {words}." if (words := self._holding_words()) else ""
        both = f"{self.wanted} and {self.holding.title}"
        return f"{both} {self._effect} (rule “{self.spec.name}”).{holding}{why}"

    @property
    def _effect(self) -> str:
        match self.action:
            case ConflictAction.BLOCK:
                return "can't be held together"
            case ConflictAction.STAGE:
                return "need one more approval to be held together"
            case ConflictAction.FLAG:
                return "should not be held together"

    def _holding_words(self) -> str:
        """The other access, to follow "Ada has"; empty where both are requested at the same time."""
        title, at = self.holding.title, self.holding.at
        day = f"{at.astimezone(UTC):%-d %B %Y}" if at else ""
        match self.holding.state:
            case HoldingState.PENDING:
                return f"an open request for {title}"
            case HoldingState.SAME_TIME:
                return ""
            case HoldingState.SCHEDULED:
                return f"{title} ({f'from {day}' if day else 'starting soon'})"
            case HoldingState.COMING:
                return f"{title} (being set up)"
            case HoldingState.GOING:
                return f"{title} (being revoked)"
            case HoldingState.HAS:
                return f"{title}{f' (until {day})' if day else ''}"


def find_conflicts(
    wanted: str, title: str, holdings: Iterable[Holding], conflicts: Iterable[ConflictSpec]
) -> tuple[Conflict, ...]:
    """The conflicts that apply, each with every access that it applies for; those that block come first.

    `wanted` is the access that somebody with these `holdings` is to get ("payments/approve"), and `title`
    what people call it.
    """
    applying = [
        Conflict(spec, holding, title)
        for spec in conflicts
        for holding in holdings
        if holding.access != wanted and spec.forbids(holding.access, wanted)
    ]
    return tuple(sorted(applying, key=lambda conflict: list(ConflictAction).index(conflict.action)))


def blocking_conflicts(conflicts: Sequence[Conflict]) -> tuple[Conflict, ...]:
    """Those of the conflicts that do not allow the access at all."""
    return tuple(conflict for conflict in conflicts if conflict.action is ConflictAction.BLOCK)


def block_sentence(conflicts: Sequence[Conflict], name: str) -> str | None:
    """Why the person called `name` cannot have it, as sentences; None where nothing blocks it."""
    blocking = blocking_conflicts(conflicts)
    return " ".join(conflict.sentence(f"{name} has") for conflict in blocking) or None
