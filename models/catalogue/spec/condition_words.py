"""Describe conditions: "the risk is high or critical, and it is for longer than 8 hours"."""

from collections.abc import Callable, Sequence
from typing import Any

from models.catalogue.spec.conditions import When
from models.catalogue.spec.enums import RequestKind
from models.durations import duration_words
from models.text import join_words

DAYS = {
    "mon": "Monday",
    "tue": "Tuesday",
    "wed": "Wednesday",
    "thu": "Thursday",
    "fri": "Friday",
    "sat": "Saturday",
    "sun": "Sunday",
}
REQUEST_KINDS = {
    RequestKind.NEW: "it is a new request",
    RequestKind.RERAISE: "it is a repeated request",
    RequestKind.EXTEND: "it is an extension",
}


def describe_condition(when: When | None) -> str:
    """A condition in words that follow "when" and "because". None is "always"."""
    if when is None:
        return "always"
    return ", and ".join(_DESCRIPTIONS[name](value) for name, value in when.parts().items()) + _zone(when)


def describe_privileged(value: bool) -> str:
    """The condition `privileged` in words."""
    return "this access is privileged" if value else "this access is not privileged"


def describe_emergency(value: bool) -> str:
    """The condition `emergency` in words."""
    return "it is an emergency" if value else "it is not an emergency"


def describe_on_behalf(value: bool) -> str:
    """The condition `on_behalf` in words."""
    return "it is for someone else" if value else "it is for the requester"


def describe_duration_over(value: Any) -> str:
    """The condition `duration_over` in words."""
    return f"the request is for longer than {duration_words(value)}"


def describe_hours(value: str) -> str:
    """The condition `hours` in words."""
    return "it is between " + value.replace("-", " and ")


def _either(values: Sequence[str]) -> str:
    return join_words(values, word="or")


def _zone(when: When) -> str:
    return f" ({when.time_zone})" if when.weekday or when.hours else ""


def _nested(word: str) -> Callable[[Sequence[When]], str]:
    return lambda inner: f"({f', {word} '.join(map(describe_condition, inner))})"


_DESCRIPTIONS: dict[str, Callable[[Any], str]] = {
    "risk": lambda values: f"the risk is {_either(values)}",
    "kind": lambda values: f"this access is a {_either(values)}",
    "privileged": describe_privileged,
    "duration_over": describe_duration_over,
    "requester_group": lambda values: f"the requester is in {_either(values)}",
    "department": lambda values: f"the department is {_either(values)}",
    "title": lambda values: f"the title is {_either(values)}",
    "guest": lambda value: "it is for a guest" if value else "it is not for a guest",
    "contractor": lambda value: "it is for a contractor" if value else "it is not for a contractor",
    "request": lambda values: _either([REQUEST_KINDS[value] for value in values]),
    "emergency": describe_emergency,
    "on_behalf": describe_on_behalf,
    "weekday": lambda values: f"it is {_either([DAYS[value] for value in values])}",
    "hours": describe_hours,
    "any_of": _nested("or"),
    "all_of": _nested("and"),
    "not_": lambda inner: f"it is not the case that {describe_condition(inner)}",
}
