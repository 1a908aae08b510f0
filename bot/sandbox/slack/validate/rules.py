"""Rules from which the schema of Block Kit is composed.

A rule checks one value at one JSON pointer and appends what is wrong with it to a report, in Slack's words
where they are known from its answers.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple


class Problem(NamedTuple):
    """A violation: the JSON pointer of its place (`/blocks/0/text/text`) and what is wrong there."""

    pointer: str
    message: str

    def __str__(self) -> str:
        return f"{self.message} [json-pointer:{self.pointer}]"


Report = list[Problem]
Rule = Callable[[Any, str, Report], None]


def string(maximum: int | None = None, minimum: int = 1, pattern: str | None = None) -> Rule:
    """A string of `minimum` to `maximum` characters that matches `pattern` as a whole."""

    def check(value: Any, at: str, report: Report) -> None:
        if not isinstance(value, str):
            report.append(Problem(at, "must provide a string"))
        elif len(value) < minimum:
            report.append(Problem(at, f"must be more than {minimum - 1} characters"))
        elif maximum is not None and len(value) > maximum:
            report.append(Problem(at, f"must be less than {maximum + 1} characters"))
        elif pattern and not re.fullmatch(pattern, value):
            report.append(Problem(at, "must match the required format"))

    return check


def integer(minimum: int, maximum: int) -> Rule:
    """A whole number from `minimum` to `maximum`."""

    def check(value: Any, at: str, report: Report) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            report.append(Problem(at, "must provide a number"))
        elif value < minimum:
            report.append(Problem(at, f"must be greater than {minimum - 1}"))
        elif value > maximum:
            report.append(Problem(at, f"must be less than {maximum + 1}"))

    return check


def boolean(value: Any, at: str, report: Report) -> None:
    """True or false."""
    if not isinstance(value, bool):
        report.append(Problem(at, "must provide a boolean"))


def one_of(*words: str) -> Rule:
    """One of these words."""

    def check(value: Any, at: str, report: Report) -> None:
        if value not in words:
            report.append(Problem(at, f"must be one of: {', '.join(words)}"))

    return check


def array(item: Rule, maximum: int, minimum: int = 1) -> Rule:
    """A list of `minimum` to `maximum` items."""

    def check(value: Any, at: str, report: Report) -> None:
        if not isinstance(value, list):
            report.append(Problem(at, "must provide an array"))
            return
        if len(value) > maximum:
            report.append(Problem(at, f"no more than {maximum} items allowed"))
        if len(value) < minimum:
            report.append(Problem(at, f"no less than {minimum} items allowed"))
        for index, entry in enumerate(value):
            item(entry, f"{at}/{index}", report)

    return check


def shape(fields: Mapping[str, Rule], required: str = "", *checks: Rule) -> Rule:
    """An object with these fields and no others; `checks` apply to it as a whole once its fields are valid.

    `required` names the fields that must be there, with spaces between.
    """
    required_names = required.split()

    def check(value: Any, at: str, report: Report) -> None:
        if not isinstance(value, dict):
            report.append(Problem(at, "must provide an object"))
            return
        before = len(report)
        report.extend(
            Problem(at, f"missing required field: {name}") for name in required_names if name not in value
        )
        report.extend(
            Problem(at, f"invalid additional property: {name}") for name in value if name not in fields
        )
        for name in fields.keys() & value.keys():
            fields[name](value[name], f"{at}/{name}", report)
        if len(report) == before:
            for rule in checks:
                rule(value, at, report)

    return check


def by_type(kinds: Mapping[str, Rule]) -> Rule:
    """An object whose `type` selects the rule that it must pass."""

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
    """An object with one of two fields, not both and not neither."""

    def check(value: Any, at: str, report: Report) -> None:
        if (first in value) == (second in value):
            report.append(Problem(at, f"must define either `{first}` or `{second}`"))

    return check


def anything(value: Any, at: str, report: Report) -> None:
    """Any value; another rule checks it."""
