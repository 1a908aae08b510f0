"""Times as they are typed on the command line: ISO 8601, days or moments, UTC unless they say otherwise."""

import re
from datetime import UTC, datetime, time

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def since(text: str) -> datetime:
    """The beginning of a period; of a day, its first moment. Raises ValueError with what would be right."""
    return _moment(text, time.min)


def until(text: str) -> datetime:
    """The end of a period; of a day, its last moment. Raises ValueError with what would be right."""
    return _moment(text, time.max)


def _moment(text: str, of_day: time) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(
            f"“{text}” is no time. Write 2026-03-31, 2026-03-31T09:00 (UTC) or 2026-03-31T09:00+02:00"
        ) from None
    if _DAY.fullmatch(text):
        moment = datetime.combine(moment, of_day)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
