"""Whether a condition can hold at all, whoever asks for whatever: its parts, held against each other.

What a request can be is a set of values for each thing that conditions look at. A condition leaves fewer of
them; where one thing is left without any, the condition can never hold. What is not exclusive (user groups,
hours) counts as free: that is never too strict.
"""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from models.catalogue.spec.conditions import When
from models.catalogue.spec.enums import AccessKind, RequestKind, Risk
from models.durations import LONGEST

PATIENCE = 5_000
"""Steps of the search; a condition that takes more counts as one that can hold."""


@dataclass(frozen=True)
class Some:
    """These values, or (`others`) all but these."""

    values: frozenset[Any]
    others: bool = False

    def both(self, more: "Some") -> "Some":
        if self.others and more.others:
            return Some(self.values | more.values, others=True)
        if self.others or more.others:
            kept, left_out = (more, self) if self.others else (self, more)
            return Some(kept.values - left_out.values)
        return Some(self.values & more.values)

    @property
    def empty(self) -> bool:
        return not self.values and not self.others


@dataclass(frozen=True)
class Lengths:
    """Lengths over the one and up to the other, and (`endless`) without an end."""

    over: timedelta = timedelta()
    up_to: timedelta = LONGEST
    endless: bool = True

    def both(self, more: "Lengths") -> "Lengths":
        return Lengths(
            max(self.over, more.over), min(self.up_to, more.up_to), endless=self.endless and more.endless
        )

    @property
    def empty(self) -> bool:
        return self.over >= self.up_to and not self.endless


Left = Mapping[Hashable, Any]
"""What is left, `Some` or `Lengths`, by what it is about."""

_SWITCHES = ("privileged", "guest", "contractor", "emergency", "on_behalf")
EVERYTHING: Left = {
    "risk": Some(frozenset(Risk)),
    "kind": Some(frozenset(AccessKind)),
    "request": Some(frozenset(RequestKind)),
    "duration_over": Lengths(),
    **{name: Some(frozenset({True, False})) for name in _SWITCHES},
}


@dataclass(frozen=True)
class _Goal:
    """What has to be met: one of these ways, or a limit of what is left."""

    ways: "tuple[tuple[_Goal, ...], ...]" = ()
    about: Hashable = None
    limit: Any = None


@dataclass
class _Search:
    """Looks for values with which all goals are met."""

    steps: int = 0

    def met(self, goals: tuple[_Goal, ...], left: Left) -> bool:
        self.steps += 1
        if self.steps > PATIENCE or not goals:
            return True
        goal, rest = goals[0], goals[1:]
        if goal.limit is None:
            return any(self.met((*way, *rest), left) for way in goal.ways)
        before = left.get(goal.about)
        now = goal.limit if before is None else before.both(goal.limit)
        return not now.empty and self.met(rest, {**left, goal.about: now})


def can_hold(when: When, left: Left = EVERYTHING) -> bool:
    """Whether there is a request, of those that are left, for which it holds."""
    return _possible(when, left, holds=True)


def can_fail(when: When, left: Left = EVERYTHING) -> bool:
    """Whether there is one for which it does not hold."""
    return _possible(when, left, holds=False)


def _possible(when: When, left: Left, *, holds: bool) -> bool:
    try:
        return _Search().met((_goal(when, holds=holds),), left)
    except RecursionError:  # a list of very many
        return True


def _goal(when: When, *, holds: bool) -> _Goal:
    """It holds when all of its parts do, and fails when one of them does."""
    parts = [_part(name, wanted, when.time_zone, holds=holds) for name, wanted in when.parts().items()]
    return _all(parts) if holds else _one(parts)


def _all(goals: Iterable[_Goal]) -> _Goal:
    return _Goal(ways=(tuple(goals),))


def _one(goals: Iterable[_Goal]) -> _Goal:
    return _Goal(ways=tuple((goal,) for goal in goals))


def _part(name: str, wanted: Any, zone: str, *, holds: bool) -> _Goal:
    """That this part holds, or that it fails."""
    if name in ("any_of", "all_of"):
        inner = [_goal(one, holds=holds) for one in wanted]
        return _all(inner) if (name == "all_of") is holds else _one(inner)
    if name == "not_":
        return _goal(wanted, holds=not holds)
    if name == "duration_over":
        limit = Lengths(over=wanted) if holds else Lengths(up_to=wanted, endless=False)
        return _Goal(about=name, limit=limit)
    if name in _FREE:
        each = [(name, one, zone) for one in (wanted if isinstance(wanted, tuple) else (wanted,))]
        goals = [_Goal(about=one, limit=Some(frozenset({holds}))) for one in each]
        return _one(goals) if holds else _all(goals)
    values = wanted if isinstance(wanted, tuple) else (wanted,)
    plain = frozenset(one.casefold() if name in ("department", "title") else one for one in values)
    about: Hashable = (name, zone) if name == "weekday" else name
    return _Goal(about=about, limit=Some(plain, others=not holds))


_FREE = ("requester_group", "hours")
"""One of their values does not rule out another."""


def only(left: Left, **values: Any) -> Left:
    """What is left, with these things limited to one value each."""
    return {**left, **{name: Some(frozenset({value})) for name, value in values.items()}}
