"""Read and write durations: "8h" in a file, "8 hours" on a screen.

Every duration is a whole number of seconds, above zero and at most ten years (`LONGEST`).
"""

import re
from datetime import timedelta

LONGEST = timedelta(days=3650)
"""Short enough that adding it to a date of this century never overflows."""

_SECONDS = {"w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}
_NAMES = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))
_WRITTEN = re.compile(r"([0-9]{1,10})([smhdw])")
_PART = re.compile(r"([0-9]{1,10}(?:[.,][0-9]{1,4})?|an?\b)\s*([a-z]+)\s*(?:,|and\b)?\s*")
_UNITS = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), 60),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), 3_600),
    **dict.fromkeys(("d", "day", "days"), 86_400),
    **dict.fromkeys(("w", "wk", "wks", "week", "weeks"), 604_800),
}


class WrittenDuration(timedelta):
    """A duration that keeps its text, so that a file's "48h" does not come back as "2d".

    It equals the plain `timedelta` of the same duration.
    """

    __slots__ = ("text",)
    text: str

    def __new__(cls, text: str) -> "WrittenDuration":
        match = _WRITTEN.fullmatch(text)
        if not match:
            raise ValueError(
                f"“{text[:40]}” is not a duration. Write a number and s, m, h, d or w, for example 8h or 7d."
            )
        seconds = int(match[1]) * _SECONDS[match[2]]
        _check(seconds, text)
        duration = super().__new__(cls, seconds=seconds)
        duration.text = text
        return duration

    def __reduce__(self) -> tuple[type["WrittenDuration"], tuple[str]]:
        return WrittenDuration, (self.text,)


def parse_duration(text: str) -> WrittenDuration:
    """Read a duration as it stands in a file: `45s`, `30m`, `8h`, `7d` or `2w`, and nothing else.

    Raises:
        ValueError: with a sentence that says what would be right.
    """
    return WrittenDuration(text)


def parse_typed_duration(text: str, *, bare_hours: bool = True) -> timedelta:
    """Read a duration as a person types it: "8 hours", "8h", "2 days", "1 day 4 hours", "1.5h", "an hour".

    A number without a unit counts hours, which is what the form asks for, unless `bare_hours` is off.

    Raises:
        ValueError: with a sentence that says what would be right.
    """
    typed = text.strip().casefold()
    if bare_hours and re.fullmatch(r"[0-9]{1,10}(?:[.,][0-9]{1,4})?", typed):
        typed += "h"
    seconds, at = 0.0, 0
    while at < len(typed):
        part = _PART.match(typed, at)
        if not part or part[2] not in _UNITS:
            break
        number = 1.0 if part[1].startswith("a") else float(part[1].replace(",", "."))
        seconds += number * _UNITS[part[2]]
        at = part.end()
    if not typed or at < len(typed):
        raise ValueError(
            f"“{text.strip()[:40]}” is not a duration. Try 30 minutes, 8 hours, 2 days or 1 week."
        )
    return _check(round(seconds), text.strip())


def check(duration: timedelta) -> timedelta:
    """Return the duration, if it is whole seconds, above zero and at most `LONGEST`.

    Raises:
        ValueError: with a sentence that says what would be right.
    """
    if duration.microseconds:
        raise ValueError("A duration is a whole number of seconds.")
    _check(duration // timedelta(seconds=1), duration_words(duration))
    return duration


def format_duration(duration: timedelta) -> str:
    """Write a duration for a file: as it was written there, otherwise in the largest unit that fits ("2d").

    `parse_duration` reads exactly the same duration back.
    """
    if isinstance(duration, WrittenDuration):
        return duration.text
    seconds = check(duration) // timedelta(seconds=1)
    unit = next(unit for unit, size in _SECONDS.items() if seconds % size == 0)
    return f"{seconds // _SECONDS[unit]}{unit}"


def duration_words(duration: timedelta) -> str:
    """A duration in words, exact to the second: "8 hours", "1 day 4 hours", "no time"."""
    return " ".join(_parts(duration)) or "no time"


def time_left_words(duration: timedelta) -> str:
    """The time left in words, in its two largest units: "1 day 4 hours left".

    Rounded down, so that nobody reads of more time than they have.
    """
    if duration < timedelta(minutes=1):
        return "less than a minute left" if duration > timedelta() else "no time left"
    parts = _parts(timedelta(minutes=duration // timedelta(minutes=1)))
    return f"{' '.join(parts[:2])} left"


def _parts(duration: timedelta) -> list[str]:
    rest, parts = max(duration // timedelta(seconds=1), 0), []
    for name, size in _NAMES:
        count, rest = divmod(rest, size)
        if count > 0:
            parts.append(f"{count} {name}{'' if count == 1 else 's'}")
    return parts


def _check(seconds: int, text: str) -> timedelta:
    if seconds <= 0:
        raise ValueError(f"“{text[:40]}” is zero. Give a duration above zero.")
    if seconds > LONGEST.total_seconds():
        raise ValueError(f"“{text[:40]}” is too long. The limit is ten years, 3650d.")
    return timedelta(seconds=seconds)
