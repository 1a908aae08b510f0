"""Lengths of time as people write and read them: "8h" in a file, "8 hours" on a screen.

All lengths are whole seconds, longer than nothing and at most ten years (`LONGEST`).
"""

import re
from datetime import timedelta

LONGEST = timedelta(days=3650)
"""Longer than anybody plans, and short enough that adding it to a date of this century never overflows."""

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


class Written(timedelta):
    """A length that remembers how it was written, so that a file's "48h" does not come back as "2d".

    It equals, and counts as, the plain `timedelta` of the same length.
    """

    __slots__ = ("text",)
    text: str

    def __new__(cls, text: str) -> "Written":
        found = _WRITTEN.fullmatch(text)
        if not found:
            raise ValueError(
                f"“{text[:40]}” is not a length of time. Write a number and s, m, h, d or w, as in 8h or 7d."
            )
        seconds = int(found[1]) * _SECONDS[found[2]]
        _check(seconds, text)
        made = super().__new__(cls, seconds=seconds)
        made.text = text
        return made

    def __reduce__(self) -> tuple[type["Written"], tuple[str]]:
        return Written, (self.text,)


def parse(text: str) -> Written:
    """Read a length as it stands in a file: `45s`, `30m`, `8h`, `7d` or `2w`, and nothing else.

    Raises:
        ValueError: with a sentence that says what would be right.
    """
    return Written(text)


def parse_spoken(text: str, *, bare_hours: bool = True) -> timedelta:
    """Read a length as a person types it: "8 hours", "8h", "2 days", "1 day 4 hours", "1.5h", "an hour".

    A number without a unit counts hours, which is what the form asks for, unless `bare_hours` is off.

    Raises:
        ValueError: with a sentence that says what would be right.
    """
    said = text.strip().casefold()
    if bare_hours and re.fullmatch(r"[0-9]{1,10}(?:[.,][0-9]{1,4})?", said):
        said += "h"
    seconds, at = 0.0, 0
    while at < len(said):
        part = _PART.match(said, at)
        if not part or part[2] not in _UNITS:
            break
        seconds += _number(part[1]) * _UNITS[part[2]]
        at = part.end()
    if not said or at < len(said):
        raise ValueError(
            f"“{text.strip()[:40]}” is not a length of time. Try 30 minutes, 8 hours, 2 days or 1 week."
        )
    return _check(round(seconds), text.strip())


def check(length: timedelta) -> timedelta:
    """The same length, if it is one that can be asked for: whole seconds, above nothing, at most `LONGEST`.

    Raises:
        ValueError: with a sentence that says what would be right.
    """
    if length.microseconds:
        raise ValueError("A length of time is a whole number of seconds.")
    _check(length // timedelta(seconds=1), spoken(length))
    return length


def format_duration(length: timedelta) -> str:
    """Write a length for a file: as it was written there, otherwise in the largest unit that fits ("2d").

    `parse` gives exactly the same length back.
    """
    if isinstance(length, Written):
        return length.text
    seconds = check(length) // timedelta(seconds=1)
    unit = next(unit for unit, size in _SECONDS.items() if seconds % size == 0)
    return f"{seconds // _SECONDS[unit]}{unit}"


def spoken(length: timedelta) -> str:
    """Say a length exactly, down to the second: "8 hours", "1 day 4 hours", "no time"."""
    return " ".join(_parts(length)) or "no time"


def spoken_left(length: timedelta) -> str:
    """Say how long something still lasts, as exactly as a person wants it: "1 day 4 hours left".

    The two largest units, rounded down: nobody is told that they have longer than they do.
    """
    if length < timedelta(minutes=1):
        return "less than a minute left" if length > timedelta() else "no time left"
    parts = _parts(timedelta(minutes=length // timedelta(minutes=1)))
    return f"{' '.join(parts[:2])} left"


def _parts(length: timedelta) -> list[str]:
    rest, parts = max(length // timedelta(seconds=1), 0), []
    for name, size in _NAMES:
        count, rest = divmod(rest, size)
        if count > 0:
            parts.append(f"{count} {name}{'' if count == 1 else 's'}")
    return parts


def _number(text: str) -> float:
    return 1.0 if text.startswith("a") else float(text.replace(",", "."))


def _check(seconds: int, text: str) -> timedelta:
    if seconds <= 0:
        raise ValueError(f"“{text[:40]}” is no time at all. Give a length above zero.")
    if seconds > LONGEST.total_seconds():
        raise ValueError(f"“{text[:40]}” is too long. The longest is ten years, 3650d.")
    return timedelta(seconds=seconds)
