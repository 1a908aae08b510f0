"""Conditions: when a stage or a rule applies. `models.policy.conditions` evaluates them."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, model_validator

from models.catalogue.spec.enums import AccessKind, RequestKind, Risk, Weekday
from models.catalogue.spec.fields import Duration, Groups, Label, Spec, Switch

_HOURS = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]-(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)")
MAX_DEPTH = 5
"""How deep conditions may be nested: deeper ones are hard to understand."""


def _hours(text: str) -> str:
    if not _HOURS.fullmatch(text):
        raise ValueError(f"“{text[:20]}” is not a time range. Write it like 09:00-18:00")
    return text


def check_time_zone(text: str) -> str:
    """The name of a time zone, if it is known here.

    Raises:
        ValueError: with a sentence that says what would be right.
    """
    try:
        ZoneInfo(text)
    except (KeyError, ValueError, OSError):  # unknown, a path, a folder of zones
        raise ValueError(f"“{text[:40]}” is not a time zone. Write it like Europe/Berlin or UTC") from None
    return text


Hours = Annotated[str, AfterValidator(_hours)]
Zone = Annotated[str, AfterValidator(check_time_zone)]


NESTED = ("any", "all", "not")
"""The parts that hold conditions of their own, as they are written."""


class When(Spec):
    """A condition. Every part that is set must hold; inside one list, one of the values is enough.

    What it says of a person (`requester_group`, `department`, `title`, `guest`, `contractor`) is evaluated
    for the requester and for the beneficiary. `weekday` and `hours` are those of the request's moment, in
    `time_zone`; hours that end before they begin go over midnight.
    """

    risk: Annotated[tuple[Risk, ...], Field(min_length=1)] | None = None
    kind: Annotated[tuple[AccessKind, ...], Field(min_length=1)] | None = None
    privileged: Switch | None = None
    duration_over: Duration | None = None
    requester_group: Groups | None = None
    department: Annotated[tuple[Label, ...], Field(min_length=1)] | None = None
    title: Annotated[tuple[Label, ...], Field(min_length=1)] | None = None
    guest: Switch | None = None
    contractor: Switch | None = None
    """As the catalogue's directory table says."""
    request: Annotated[tuple[RequestKind, ...], Field(min_length=1)] | None = None
    emergency: Switch | None = None
    on_behalf: Switch | None = None
    """Whether requester and beneficiary are two people."""
    weekday: Annotated[tuple[Weekday, ...], Field(min_length=1)] | None = None
    hours: Hours | None = None
    time_zone: Zone = "UTC"
    any_of: Annotated[tuple["When", ...], Field(min_length=1)] | None = Field(None, alias="any")
    all_of: Annotated[tuple["When", ...], Field(min_length=1)] | None = Field(None, alias="all")
    not_: "When | None" = Field(None, alias="not")

    @model_validator(mode="before")
    @classmethod
    def _inherit_zone(cls, data: Any) -> Any:
        """Hand a time zone down to nested conditions, and drop it where there are no days and hours."""
        if not isinstance(data, Mapping) or "time_zone" not in data:
            return data
        inner = {name: _in_zone(data[name], data["time_zone"]) for name in NESTED if name in data}
        needless = inner or not _is_wrong(data["time_zone"])
        dropped = {"time_zone"} if needless and not {"weekday", "hours"} & data.keys() else set()
        return {name: value for name, value in data.items() if name not in dropped} | inner

    @model_validator(mode="after")
    def _is_neither_empty_nor_too_deep(self) -> Self:
        if not self.parts():
            raise ValueError("has no condition in it. Leave “when” out to apply always")
        if _depth(self) > MAX_DEPTH:
            raise ValueError(f"is nested more than {MAX_DEPTH} deep. Simplify it")
        return self

    def parts(self) -> dict[str, Any]:
        """The conditions that are set, by the names of their fields."""
        return {
            name: getattr(self, name)
            for name in type(self).model_fields
            if name != "time_zone" and getattr(self, name) is not None
        }

    def nested(self) -> tuple["When", ...]:
        """The conditions inside `any`, `all` and `not`, one level down."""
        return (*(self.any_of or ()), *(self.all_of or ()), *((self.not_,) if self.not_ else ()))


def minutes_of(hours: str) -> tuple[int, int]:
    """The start and the end of `When.hours`, in minutes of the day; 24:00 is 1440."""
    start, end = (int(clock[:2]) * 60 + int(clock[3:]) for clock in hours.split("-"))
    return start, end


def _in_zone(nested: Any, zone_name: Any) -> Any:
    """The nested condition with this time zone, unless it names its own."""
    if isinstance(nested, Mapping):
        return {"time_zone": zone_name, **nested}
    if isinstance(nested, list | tuple):
        return [_in_zone(condition, zone_name) for condition in nested]
    return nested


def _is_wrong(zone_name: Any) -> bool:
    try:
        check_time_zone(zone_name)
    except (ValueError, TypeError):
        return True
    return False


def _depth(when: When) -> int:
    return 1 + max(map(_depth, when.nested()), default=0)
