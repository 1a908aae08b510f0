"""Separation of duties: what somebody has, or is about to have, that does not go with what they ask for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC

from models.catalogue.spec.conflicts import ConflictAction, ConflictSpec
from models.policy.facts import Hold, Holding


@dataclass(frozen=True, slots=True)
class Clash:
    """A conflict that applies: with which other access."""

    conflict: ConflictSpec
    holding: Holding
    wanted: str
    """How people call what is asked for."""

    @property
    def action(self) -> ConflictAction:
        return self.conflict.action

    @property
    def rule(self) -> str:
        """How reasons name it."""
        return f"conflict “{self.conflict.name}”"

    def said(self, subject: str) -> str:
        """In words. `subject` is "Ada has" or "You have"."""
        why = f" {self.conflict.why}" if self.conflict.why else ""
        return f"{self._held(subject)}, and the rule “{self.conflict.name}” {self._verb}.{why}"

    @property
    def _verb(self) -> str:
        if self.action is ConflictAction.BLOCK:
            return f"does not allow {self.wanted} beside it"
        more = "wants one more approval for" if self.action is ConflictAction.STAGE else "warns of"
        return f"{more} {self.wanted} beside it"

    def _held(self, subject: str) -> str:
        title, when = self.holding.title, self._when()
        match self.holding.how:
            case Hold.PENDING:
                return f"{subject} asked for {title} too, which is pending"
            case Hold.SAME_TIME:
                return f"{subject} chosen {title} at the same time"
            case Hold.SCHEDULED:
                return f"{subject} {title}{f' from {when} on' if when else ' soon'}"
            case Hold.COMING:
                return f"{subject} {title}, which is being set up"
            case Hold.GOING:
                return f"{subject} {title}, which is being taken back at the moment"
        return f"{subject} {title}{f' (until {when})' if when else ''}"

    def _when(self) -> str:
        return self.holding.at.astimezone(UTC).strftime("%-d %B %Y") if self.holding.at else ""


def clashes(
    wanted: str, title: str, holdings: Iterable[Holding], conflicts: Iterable[ConflictSpec]
) -> tuple[Clash, ...]:
    """The conflicts that apply, each with every access that it applies for; those that block come first.

    `wanted` is the access that somebody with these `holdings` is to get ("payments/approve"), and `title`
    what people call it.
    """
    found = [
        Clash(conflict, holding, title)
        for conflict in conflicts
        for holding in holdings
        if holding.access != wanted and conflict.keeps_from(holding.access, wanted)
    ]
    return tuple(sorted(found, key=lambda clash: list(ConflictAction).index(clash.action)))


def blocking(found: Sequence[Clash]) -> tuple[Clash, ...]:
    """Those of them that allow nothing."""
    return tuple(clash for clash in found if clash.action is ConflictAction.BLOCK)


def blocked(found: Sequence[Clash], name: str) -> str | None:
    """Why somebody of this name cannot have it, in words; None where nothing blocks it."""
    return " ".join(clash.said(f"{name} has") for clash in blocking(found)) or None
