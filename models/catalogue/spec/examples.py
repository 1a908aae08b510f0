"""Examples of a policy: who requests what, when, and the expected outcome; see `models.policy.examples`."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Self
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainSerializer,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)

from models.catalogue.spec.conditions import zone
from models.catalogue.spec.enums import Asker, Expect, RequestKind, Weekday
from models.catalogue.spec.fields import Description, Groups, Key, Label, Name, Spec, Switch
from models.catalogue.spec.references import SingleRefs, parse_person
from models.durations import check, format_duration, parse, spoken

_WRITTEN = re.compile(r"(mon|tue|wed|thu|fri|sat|sun) (([01][0-9]|2[0-3]):([0-5][0-9]))( \S{1,40})?")


@dataclass(frozen=True)
class WeekMoment:
    """A day of the week with a time of day, there."""

    day: Weekday
    hour: int
    minute: int
    zone: str = "UTC"

    def __str__(self) -> str:
        """As it is written in the file."""
        there = "" if self.zone == "UTC" else f" {self.zone}"
        return f"{self.day} {self.hour:02}:{self.minute:02}{there}"

    def after(self, monday: datetime) -> datetime:
        """This moment of the week that begins on `monday`."""
        day = monday.date() + timedelta(days=list(Weekday).index(self.day))
        return datetime(day.year, day.month, day.day, self.hour, self.minute, tzinfo=ZoneInfo(self.zone))

    def next(self, now: datetime) -> datetime:
        """The first such moment from now on."""
        monday = now - timedelta(days=now.weekday())
        weeks = (self.after(monday + timedelta(days=days)) for days in (-7, 0, 7, 14))
        return next(at for at in weeks if at >= now)


def _read(value: object) -> WeekMoment:
    if isinstance(value, WeekMoment):
        return value
    found = _WRITTEN.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError(
            'is not a moment of the week. Write it as in "sat 22:30" or "mon 09:00 Europe/Berlin"'
        )
    return WeekMoment(Weekday(found[1]), int(found[3]), int(found[4]), (found[5] or " UTC").strip())


def _in_a_zone(moment: WeekMoment) -> WeekMoment:
    zone(moment.zone)
    return moment


def checked(text: str) -> WeekMoment:
    """Read a moment. Raises ValueError with what would be right, to stand after “This”."""
    return _in_a_zone(_read(text))


Moment = Annotated[
    WeekMoment,
    BeforeValidator(_read),
    AfterValidator(_in_a_zone),
    PlainSerializer(str, return_type=str),
]


FOREVER = "forever"


def _person(text: str) -> str:
    parse_person(text)
    return text


def _how_long(value: object) -> timedelta | None:
    if value is None or value == FOREVER:
        return None
    if isinstance(value, str):
        return parse(value)
    if isinstance(value, timedelta):
        return check(value)
    raise ValueError(f'is not a length of time. Write it as text, as in "8h" or "{FOREVER}"')


def _written(length: timedelta | None) -> str:
    return FOREVER if length is None else format_duration(length)


HowLong = Annotated[timedelta | None, BeforeValidator(_how_long), PlainSerializer(_written, return_type=str)]
"""None, written "forever", is without an end."""


class Someone(Spec):
    """Who asks in an example: somebody described, or (written as plain text) somebody by id or e-mail."""

    person: Annotated[str, AfterValidator(_person)] | None = None
    title: Label = ""
    department: Label = ""
    guest: Switch = False
    contractor: Switch = False
    groups: Groups | None = None
    manager: Switch = True
    """Whether they have one."""
    holds: SingleRefs = ()
    """What they have already, for conflicts: each as app/access."""

    @model_validator(mode="before")
    @classmethod
    def _named(cls, data: Any) -> Any:
        return {"person": data} if isinstance(data, str) else data

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if self.person and len(self.model_fields_set) > 1:
            raise ValueError("names a person and describes one too. Do one of the two")
        return self

    @model_serializer(mode="wrap")
    def _plain(self, handler: SerializerFunctionWrapHandler) -> Any:
        return self.person or handler(self)

    def __str__(self) -> str:
        """In words: "A guest with the title Intern, of Sales, in @oncall"."""
        if self.person:
            return self.person
        parts = [
            "A guest" if self.guest else "A contractor" if self.contractor else "Somebody",
            f" with the title {self.title}" if self.title else "",
            f" of {self.department}" if self.department else "",
            f" in {' and '.join(self.groups)}" if self.groups else "",
            "" if self.manager else " without a manager",
            f" who has {' and '.join(self.holds)}" if self.holds else "",
        ]
        return "".join(parts)


class ExampleSpec(Spec):
    """One example: what has to come of a request like this."""

    who: Someone
    """Who would have it, and asks for it unless `asked_by` says otherwise."""
    asked_by: Asker = Asker.THEMSELF
    access: Key
    duration: HowLong
    request: RequestKind = RequestKind.NEW
    emergency: Switch = False
    at: Moment | None = None
    """When it is asked. Left out: on a Monday at noon, UTC."""
    expect: Expect
    stages: Annotated[tuple[Name, ...], Field(max_length=10)] | None = None
    """The names of the stages that it goes through, in order. None: whichever."""
    because: Description = ""
    """Why it has to be so, for the one whose change is stopped by it."""

    @model_validator(mode="after")
    def _stages_are_asked(self) -> Self:
        if self.stages is not None and self.expect is not Expect.ASK:
            raise ValueError('names stages, but only an example that expects "ask" has some. Take them out')
        return self

    def __str__(self) -> str:
        """In words: "Somebody with the title Intern asks for admin for 8 hours: denied"."""
        length = "without an end" if self.duration is None else f"for {spoken(self.duration)}"
        said = f"{self.who} asks for {self.access} {length}{self._circumstances}"
        return f"{said}: {expected(self.expect, self.stages)}"

    @property
    def _circumstances(self) -> str:
        said = (
            _ASKERS.get(self.asked_by),
            _KINDS.get(self.request),
            "in an emergency" if self.emergency else None,
            str(self.at) if self.at else None,
        )
        return f" ({', '.join(filter(None, said))})" if any(said) else ""


def expected(outcome: Expect, stages: tuple[str, ...] | None = None) -> str:
    """An outcome in words, with its stages where they count: "asked for in Manager, then Owner"."""
    if outcome is Expect.ASK and stages:
        return f"asked for in {', then '.join(stages)}"
    return _OUTCOMES[outcome]


_ASKERS = {Asker.MANAGER: "by their manager", Asker.COLLEAGUE: "by a colleague"}
_KINDS = {RequestKind.RERAISE: "again", RequestKind.EXTEND: "as an extension"}
_OUTCOMES = {
    Expect.ASK: "asked for",
    Expect.AUTO: "approved without asking",
    Expect.DENY: "denied",
    Expect.NOBODY: "nobody can be asked",
}
