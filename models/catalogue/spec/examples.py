"""`[[app.example]]`: who requests what, when, and the expected outcome. `models.policy.examples` runs it."""

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

from models.catalogue.spec.conditions import check_time_zone
from models.catalogue.spec.enums import Asker, Expect, RequestKind, Weekday
from models.catalogue.spec.fields import Description, Groups, Key, Label, Name, Spec, Switch
from models.catalogue.spec.references import SingleRefs, parse_person
from models.durations import check, duration_words, format_duration, parse_duration

_WEEK_MOMENT = re.compile(r"(mon|tue|wed|thu|fri|sat|sun) (([01][0-9]|2[0-3]):([0-5][0-9]))( \S{1,40})?")


@dataclass(frozen=True)
class WeekMoment:
    """A day of the week with a time of day in a time zone: "sat 22:30 Europe/Berlin"."""

    day: Weekday
    hour: int
    minute: int
    zone: str = "UTC"

    def __str__(self) -> str:
        """As it stands in the file."""
        zone = "" if self.zone == "UTC" else f" {self.zone}"
        return f"{self.day} {self.hour:02}:{self.minute:02}{zone}"

    def after(self, monday: datetime) -> datetime:
        """This moment in the week that begins on `monday`."""
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
    match = _WEEK_MOMENT.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError('is not a day and time. Write it like "sat 22:30" or "mon 09:00 Europe/Berlin"')
    return WeekMoment(Weekday(match[1]), int(match[3]), int(match[4]), (match[5] or " UTC").strip())


def _in_known_zone(moment: WeekMoment) -> WeekMoment:
    check_time_zone(moment.zone)
    return moment


def parse_week_moment(text: str) -> WeekMoment:
    """Read a moment of the week.

    Raises:
        ValueError: with what would be right, to follow “This”.
    """
    return _in_known_zone(_read(text))


Moment = Annotated[
    WeekMoment,
    BeforeValidator(_read),
    AfterValidator(_in_known_zone),
    PlainSerializer(str, return_type=str),
]


FOREVER = "forever"


def _person(text: str) -> str:
    parse_person(text)
    return text


def _duration(value: object) -> timedelta | None:
    if value is None or value == FOREVER:
        return None
    if isinstance(value, str):
        return parse_duration(value)
    if isinstance(value, timedelta):
        return check(value)
    raise ValueError(f'is not a duration. Write it as text, for example "8h" or "{FOREVER}"')


def _format(duration: timedelta | None) -> str:
    return FOREVER if duration is None else format_duration(duration)


ExampleDuration = Annotated[
    timedelta | None, BeforeValidator(_duration), PlainSerializer(_format, return_type=str)
]
"""None, written "forever", is without an end."""


class ExamplePerson(Spec):
    """The beneficiary of an example: described, or (written as plain text) named by id or e-mail address."""

    person: Annotated[str, AfterValidator(_person)] | None = None
    title: Label = ""
    department: Label = ""
    guest: Switch = False
    contractor: Switch = False
    groups: Groups | None = None
    manager: Switch = True
    """Whether the person has a manager."""
    holds: SingleRefs = ()
    """What the person has already, for conflicts: each as app/access."""

    @model_validator(mode="before")
    @classmethod
    def _from_plain_text(cls, data: Any) -> Any:
        return {"person": data} if isinstance(data, str) else data

    @model_validator(mode="after")
    def _is_named_or_described(self) -> Self:
        if self.person and len(self.model_fields_set) > 1:
            raise ValueError("names a person and also describes one. Do only one of the two")
        return self

    @model_serializer(mode="wrap")
    def _plain(self, handler: SerializerFunctionWrapHandler) -> Any:
        return self.person or handler(self)

    def __str__(self) -> str:
        """In words: "A guest with the title Intern, of Sales, in @oncall"."""
        if self.person:
            return self.person
        parts = [
            "A guest" if self.guest else "A contractor" if self.contractor else "Someone",
            f" with the title {self.title}" if self.title else "",
            f" of {self.department}" if self.department else "",
            f" in {' and '.join(self.groups)}" if self.groups else "",
            "" if self.manager else " without a manager",
            f" who has {' and '.join(self.holds)}" if self.holds else "",
        ]
        return "".join(parts)


class ExampleSpec(Spec):
    """One example: a request, and what the policy has to decide about it."""

    who: ExamplePerson
    """The beneficiary, who is the requester too unless `asked_by` says otherwise."""
    asked_by: Asker = Asker.THEMSELF
    access: Key
    duration: ExampleDuration
    request: RequestKind = RequestKind.NEW
    emergency: Switch = False
    at: Moment | None = None
    """When it is requested. Left out: on a Monday at noon, UTC."""
    expect: Expect
    stages: Annotated[tuple[Name, ...], Field(max_length=10)] | None = None
    """The names of the stages that it goes through, in order. None: any."""
    because: Description = ""
    """Why it has to be so, shown to whoever makes a change that breaks it."""

    @model_validator(mode="after")
    def _stages_only_with_ask(self) -> Self:
        if self.stages is not None and self.expect is not Expect.ASK:
            raise ValueError('names stages, but only an example that expects "ask" can. Remove them')
        return self

    def __str__(self) -> str:
        """In words: "Someone with the title Intern asks for admin for 8 hours: denied"."""
        duration = "without an end" if self.duration is None else f"for {duration_words(self.duration)}"
        request = f"{self.who} requests {self.access} {duration}{self._circumstances}"
        return f"{request}: {outcome_words(self.expect, self.stages)}"

    @property
    def _circumstances(self) -> str:
        words = (
            _ASKERS.get(self.asked_by),
            _KINDS.get(self.request),
            "in an emergency" if self.emergency else None,
            str(self.at) if self.at else None,
        )
        return f" ({', '.join(filter(None, words))})" if any(words) else ""


def outcome_words(outcome: Expect, stages: tuple[str, ...] | None = None) -> str:
    """An expected outcome in words, with its stages if named: "asked for in Manager, then Owner"."""
    if outcome is Expect.ASK and stages:
        return f"needs approval by {', then '.join(stages)}"
    return _OUTCOMES[outcome]


_ASKERS = {Asker.MANAGER: "by their manager", Asker.COLLEAGUE: "by a colleague"}
_KINDS = {RequestKind.RERAISE: "again", RequestKind.EXTEND: "as an extension"}
_OUTCOMES = {
    Expect.ASK: "needs approval",
    Expect.AUTO: "approved automatically",
    Expect.DENY: "denied",
    Expect.NOBODY: "nobody can approve it",
}
