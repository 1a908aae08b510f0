"""Conditions said in words: "the risk is high or critical, and it is for longer than 8 hours"."""

from collections.abc import Callable, Sequence
from typing import Any

from models.catalogue.spec.conditions import When
from models.catalogue.spec.enums import RequestKind
from models.durations import spoken

DAYS = {
    "mon": "Monday",
    "tue": "Tuesday",
    "wed": "Wednesday",
    "thu": "Thursday",
    "fri": "Friday",
    "sat": "Saturday",
    "sun": "Sunday",
}
KINDS = {
    RequestKind.NEW: "it is a new request",
    RequestKind.RERAISE: "it is asked for again",
    RequestKind.EXTEND: "it is an extension",
}


def condition(when: When | None) -> str:
    """Say a condition, in words that fit after "when" and "because". None is "always"."""
    if when is None:
        return "always"
    return ", and ".join(_SAY[name](value) for name, value in when.parts().items()) + _zone(when)


def either(values: Sequence[str]) -> str:
    """Join values as one says them: "a", "a or b", "a, b or c"."""
    return values[0] if len(values) == 1 else f"{', '.join(values[:-1])} or {values[-1]}"


def privileged(value: bool) -> str:
    """Say whether it is privileged."""
    return "it is privileged" if value else "it is not privileged"


def emergency(value: bool) -> str:
    """Say whether it is an emergency."""
    return "it is an emergency" if value else "it is no emergency"


def on_behalf(value: bool) -> str:
    """Say whether it is asked for on behalf of somebody."""
    return "it is asked for somebody else" if value else "it is asked for oneself"


def longer_than(value: Any) -> str:
    """Say `duration_over`."""
    return f"it is for longer than {spoken(value)}"


def hours(value: str) -> str:
    """Say `hours`."""
    return "it is between " + value.replace("-", " and ")


def _zone(when: When) -> str:
    return f" ({when.time_zone})" if when.weekday or when.hours else ""


def _nested(word: str) -> Callable[[Sequence[When]], str]:
    return lambda inner: f"({f', {word} '.join(map(condition, inner))})"


_SAY: dict[str, Callable[[Any], str]] = {
    "risk": lambda values: f"the risk is {either(values)}",
    "kind": lambda values: f"it is a {either(values)}",
    "privileged": privileged,
    "duration_over": longer_than,
    "requester_group": lambda values: f"the requester is in {either(values)}",
    "department": lambda values: f"the department is {either(values)}",
    "title": lambda values: f"the title is {either(values)}",
    "guest": lambda value: "it is for a guest" if value else "it is not for a guest",
    "contractor": lambda value: "it is for a contractor" if value else "it is not for a contractor",
    "request": lambda values: either([KINDS[value] for value in values]),
    "emergency": emergency,
    "on_behalf": on_behalf,
    "weekday": lambda values: f"it is {either([DAYS[value] for value in values])}",
    "hours": hours,
    "any_of": _nested("or"),
    "all_of": _nested("and"),
    "not_": lambda inner: f"it is not so that {condition(inner)}",
}
