"""Dates and times as a Slack client writes them: `<!date^…>` and the times of messages.

https://docs.slack.dev/messaging/formatting-message-text#date-formatting
"""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

_TOKEN = re.compile(r"\{(\w+)\}")
_MONTHS_WITHOUT_YEAR = 6


def format_date(moment: datetime, pattern: str, now: datetime) -> str:
    """`pattern` with its `{tokens}` replaced; both times are aware and in the reader's zone."""

    def fill(match: re.Match[str]) -> str:
        writer = _WRITERS.get(match[1])
        return writer(moment, now) if writer else match[0]

    return _TOKEN.sub(fill, pattern)


def clock(moment: datetime) -> str:
    """The time of day, `14:05`."""
    return moment.strftime("%H:%M")


def day_and_clock(moment: datetime) -> str:
    """The weekday, day and time of day: `Mon, Mar 2 14:05`."""
    return f"{moment:%a, %b} {moment.day} {clock(moment)}"


def day(moment: datetime, now: datetime) -> str:
    """A day as a divider shows it: Today, Yesterday, or `Monday, March 2`."""
    return _pretty(_weekday)(moment, now).capitalize()


def _ordinal(number: int) -> str:
    last = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")  # noqa: PLR2004  11th to 13th
    return f"{number}{last}"


def _number(moment: datetime, _now: datetime) -> str:
    return moment.strftime("%Y-%m-%d")


def _plain(moment: datetime, now: datetime) -> str:
    """Without the year where the date is less than six months away, as Slack's reference says."""
    months = abs((moment.year - now.year) * 12 + moment.month - now.month)
    year = f", {moment.year}" if months >= _MONTHS_WITHOUT_YEAR else ""
    return f"{moment:%B} {_ordinal(moment.day)}{year}"


def _short(moment: datetime, _now: datetime) -> str:
    return f"{moment:%b} {moment.day}, {moment.year}"


def _long(moment: datetime, _now: datetime) -> str:
    return f"{moment:%A, %B} {_ordinal(moment.day)}, {moment.year}"


def _slash(moment: datetime, _now: datetime) -> str:
    return moment.strftime("%d/%m/%Y")


def _weekday(moment: datetime, now: datetime) -> str:
    year = "" if moment.year == now.year else f", {moment.year}"
    return f"{moment:%A, %B} {moment.day}{year}"


def _pretty(writer: Callable[[datetime, datetime], str]) -> Callable[[datetime, datetime], str]:
    """The writer, but with "yesterday", "today" or "tomorrow" for these days."""

    def write(moment: datetime, now: datetime) -> str:
        days = (moment.date() - now.date()).days
        return {-1: "yesterday", 0: "today", 1: "tomorrow"}.get(days) or writer(moment, now)

    return write


def _seconds(moment: datetime, _now: datetime) -> str:
    return moment.strftime("%H:%M:%S")


def ago(moment: datetime, now: datetime) -> str:
    """How long ago or from now, in the largest unit that fits."""
    distance = abs(now - moment)
    if distance < timedelta(minutes=1):
        return "just now"
    for unit, length in _UNITS:
        if distance >= length:
            text = _count(distance // length, unit)
            return f"{text} ago" if moment < now else f"in {text}"
    return "just now"


def until(moment: datetime, now: datetime) -> str:
    """How long until then: "in 40 minutes", "in 7 h 59 min", "in 24 hours", "in 3 days"."""
    minutes = round((moment - now) / timedelta(minutes=1))
    hours, rest = divmod(minutes if minutes < 12 * 60 else 60 * round(minutes / 60), 60)
    if minutes < 1:
        return "in a moment"
    if hours >= 48:  # noqa: PLR2004  two days
        return f"in {hours // 24} days"
    if hours and rest:
        return f"in {hours} h {rest} min"
    return f"in {_count(hours, 'hour') if hours else _count(rest, 'minute')}"


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}{'' if number == 1 else 's'}"


_UNITS = [("day", timedelta(days=1)), ("hour", timedelta(hours=1)), ("minute", timedelta(minutes=1))]
_WRITERS: dict[str, Callable[[datetime, datetime], str]] = {
    "date_num": _number,
    "date_slash": _slash,
    "date": _plain,
    "date_short": _short,
    "date_long": _long,
    "date_pretty": _pretty(_plain),
    "date_short_pretty": _pretty(_short),
    "date_long_pretty": _pretty(_long),
    "day_divider_pretty": _pretty(_weekday),
    "time": lambda moment, _now: clock(moment),
    "time_secs": _seconds,
    "ago": ago,
}
