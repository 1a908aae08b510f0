"""Small rules that are put together into the shape of Block Kit.

A rule looks at one value at one JSON pointer and reports what is wrong with it, in Slack's words where
these are known from its answers.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple


class Problem(NamedTuple):
    """`pointer` is the JSON pointer of the place (`/blocks/0/text/text`), `message` what is wrong there."""

    pointer: str
    message: str

    def __str__(self) -> str:
        return f"{self.message} [json-pointer:{self.pointer}]"


Report = list[Problem]
Rule = Callable[[Any, str, Report], None]


def string(most: int | None = None, least: int = 1, pattern: str | None = None) -> Rule:
    """Text of `least` to `most` characters."""

    def check(value: Any, at: str, report: Report) -> None:
        if not isinstance(value, str):
            report.append(Problem(at, "must provide a string"))
        elif len(value) < least:
            report.append(Problem(at, f"must be more than {least - 1} characters"))
        elif most is not None and len(value) > most:
            report.append(Problem(at, f"must be less than {most + 1} characters"))
        elif pattern and not re.fullmatch(pattern, value):
            report.append(Problem(at, "must match the required format"))

    return check


def integer(least: int, most: int) -> Rule:
    """A whole number within bounds."""

    def check(value: Any, at: str, report: Report) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            report.append(Problem(at, "must provide a number"))
        elif value < least:
            report.append(Problem(at, f"must be greater than {least - 1}"))
        elif value > most:
            report.append(Problem(at, f"must be less than {most + 1}"))

    return check


def boolean(value: Any, at: str, report: Report) -> None:
    """True or false."""
    if not isinstance(value, bool):
        report.append(Problem(at, "must provide a boolean"))


def one_of(*allowed: str) -> Rule:
    """One of these words."""

    def check(value: Any, at: str, report: Report) -> None:
        if value not in allowed:
            report.append(Problem(at, f"must be one of: {', '.join(allowed)}"))

    return check


def array(item: Rule, most: int, least: int = 1) -> Rule:
    """A list of `least` to `most` items."""

    def check(value: Any, at: str, report: Report) -> None:
        if not isinstance(value, list):
            report.append(Problem(at, "must provide an array"))
            return
        if len(value) > most:
            report.append(Problem(at, f"no more than {most} items allowed"))
        if len(value) < least:
            report.append(Problem(at, f"no less than {least} items allowed"))
        for index, each in enumerate(value):
            item(each, f"{at}/{index}", report)

    return check


def shape(fields: Mapping[str, Rule], required: str = "", *also: Rule) -> Rule:
    """An object with these fields and no others; `also` looks at it as a whole once its fields are right."""
    needed = required.split()

    def check(value: Any, at: str, report: Report) -> None:
        if not isinstance(value, dict):
            report.append(Problem(at, "must provide an object"))
            return
        before = len(report)
        report.extend(Problem(at, f"missing required field: {name}") for name in needed if name not in value)
        report.extend(
            Problem(at, f"invalid additional property: {name}") for name in value if name not in fields
        )
        for name in fields.keys() & value.keys():
            fields[name](value[name], f"{at}/{name}", report)
        if len(report) == before:
            for rule in also:
                rule(value, at, report)

    return check


def by_type(kinds: Mapping[str, Rule]) -> Rule:
    """An object whose `type` says which rule holds for it."""

    def check(value: Any, at: str, report: Report) -> None:
        if not isinstance(value, dict):
            report.append(Problem(at, "must provide an object"))
        elif "type" not in value:
            report.append(Problem(at, "missing required field: type"))
        elif not isinstance(value["type"], str) or value["type"] not in kinds:
            report.append(Problem(f"{at}/type", f"unsupported type: {value['type']}"))
        else:
            kinds[value["type"]](value, at, report)

    return check


def exactly_one(first: str, second: str) -> Rule:
    """Of two fields, one must be there and the other not."""

    def check(value: Any, at: str, report: Report) -> None:
        if (first in value) == (second in value):
            report.append(Problem(at, f"must define either `{first}` or `{second}`"))

    return check


def anything(value: Any, at: str, report: Report) -> None:
    """Looked at elsewhere."""
