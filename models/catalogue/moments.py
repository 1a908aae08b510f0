"""A moment of the week as examples name it: "sat 22:30", or "mon 09:00 Europe/Berlin"."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, PlainSerializer

from models.catalogue.conditions import zone
from models.catalogue.words import Weekday

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
