"""Whether a condition can hold for any request at all, by a search over the values of its parts.

A request has one value for each thing that conditions look at. Each part of a condition limits the set of
possible values; where one set is empty, the condition can never hold. Parts of which several values can be
true at once (user groups, hours) limit nothing: the search errs towards "can hold".
"""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from models.catalogue.spec.conditions import When
from models.catalogue.spec.enums import AccessKind, RequestKind, Risk
from models.durations import LONGEST

MAX_STEPS = 5_000
"""Of the search; a condition that takes more counts as one that can hold."""


@dataclass(frozen=True)
class ValueSet:
    """The possible values: these or, with `others`, all but these."""

    values: frozenset[Any]
    others: bool = False

    def intersect(self, other: "ValueSet") -> "ValueSet":
        if self.others and other.others:
            return ValueSet(self.values | other.values, others=True)
        if self.others:
            return ValueSet(other.values - self.values)
        return ValueSet(self.values - other.values if other.others else self.values & other.values)

    @property
    def empty(self) -> bool:
        return not self.values and not self.others


@dataclass(frozen=True)
class DurationRange:
    """The possible durations: longer than `over`, at most `up_to` and, with `endless`, without an end."""

    over: timedelta = timedelta()
    up_to: timedelta = LONGEST
    endless: bool = True

    def intersect(self, more: "DurationRange") -> "DurationRange":
        return DurationRange(
            max(self.over, more.over), min(self.up_to, more.up_to), endless=self.endless and more.endless
        )

    @property
    def empty(self) -> bool:
        return self.over >= self.up_to and not self.endless


Remaining = Mapping[Hashable, Any]
"""What is left, `Some` or `Lengths`, by what it is about."""

_NOT_EXCLUSIVE = ("requester_group", "hours")
"""One of their values does not rule out another."""
_SWITCHES = ("privileged", "guest", "contractor", "emergency", "on_behalf")
EVERYTHING: Remaining = {
    "risk": ValueSet(frozenset(Risk)),
    "kind": ValueSet(frozenset(AccessKind)),
    "request": ValueSet(frozenset(RequestKind)),
    "duration_over": DurationRange(),
    **{name: ValueSet(frozenset({True, False})) for name in _SWITCHES},
}


@dataclass(frozen=True)
class _Goal:
    """A goal of the search: one of these ways (all goals of it), or a limit of what `about` can be."""

    ways: "tuple[tuple[_Goal, ...], ...]" = ()
    about: Hashable = None
    limit: Any = None


@dataclass
class _Search:
    """A depth-first search for values with which all goals are met."""

    steps: int = 0

    def met(self, goals: tuple[_Goal, ...], left: Remaining) -> bool:
        self.steps += 1
        if self.steps > MAX_STEPS or not goals:
            return True
        goal, rest = goals[0], goals[1:]
        if goal.limit is None:
            return any(self.met((*way, *rest), left) for way in goal.ways)
        before = left.get(goal.about)
        now = goal.limit if before is None else before.intersect(goal.limit)
        return not now.empty and self.met(rest, {**left, goal.about: now})


def can_hold(when: When, left: Remaining = EVERYTHING) -> bool:
    """Whether a condition holds for any of the requests that `left` allows."""
    return _possible(when, left, holds=True)


def can_fail(when: When, left: Remaining = EVERYTHING) -> bool:
    """Whether a condition fails for any of the requests that `left` allows."""
    return _possible(when, left, holds=False)


def limit_to(left: Remaining, **values: Any) -> Remaining:
    """The same with each of these things limited to one value."""
    return {**left, **{name: ValueSet(frozenset({value})) for name, value in values.items()}}


def _possible(when: When, left: Remaining, *, holds: bool) -> bool:
    try:
        return _Search().met((_goal(when, holds=holds),), left)
    except RecursionError:  # a list of very many
        return True


def _goal(when: When, *, holds: bool) -> _Goal:
    """It holds when all of its parts do, and fails when one of them does."""
    parts = [_part(name, wanted, when.time_zone, holds=holds) for name, wanted in when.parts().items()]
    return _all_of(parts) if holds else _any_of(parts)


def _all_of(goals: Iterable[_Goal]) -> _Goal:
    return _Goal(ways=(tuple(goals),))


def _any_of(goals: Iterable[_Goal]) -> _Goal:
    return _Goal(ways=tuple((goal,) for goal in goals))


def _part(name: str, wanted: Any, zone: str, *, holds: bool) -> _Goal:
    """The goal that this part of a condition holds, or that it fails."""
    if name in ("any_of", "all_of"):
        nested = [_goal(condition, holds=holds) for condition in wanted]
        return _all_of(nested) if (name == "all_of") is holds else _any_of(nested)
    if name == "not_":
        return _goal(wanted, holds=not holds)
    if name == "duration_over":
        limit = DurationRange(over=wanted) if holds else DurationRange(up_to=wanted, endless=False)
        return _Goal(about=name, limit=limit)
    values = wanted if isinstance(wanted, tuple) else (wanted,)
    if name in _NOT_EXCLUSIVE:
        goals = [_Goal(about=(name, value, zone), limit=ValueSet(frozenset({holds}))) for value in values]
        return _any_of(goals) if holds else _all_of(goals)
    if name in ("department", "title"):
        values = tuple(value.casefold() for value in values)
    about: Hashable = (name, zone) if name == "weekday" else name
    return _Goal(about=about, limit=ValueSet(frozenset(values), others=not holds))
