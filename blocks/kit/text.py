"""Text for Slack: what people wrote stays text, everything fits, times are in the reader's zone.

Limits are Slack's (its Block Kit reference): a section's text 3,000 characters, a header 150, an option and a
button 75, a modal's title and buttons 24.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from datetime import date as calendar_day

from models.text import join_words, remove_unseen

SECTION = 3000
HEADER = 150
OPTION = 75
TITLE = 24
MAX_MENTIONS = 6
"""How many people a line mentions before it counts the rest."""
_WITHOUT_YEAR = timedelta(days=182)
"""Days this near are named without the year: half a year."""
_NOBODY = {"keyturn": "Keyturn", "operator": "The operator"}


def esc(text: str) -> str:
    """Escape a text, so that mrkdwn shows it to the letter.

    It makes no mention, no channel call and no disguised link.
    """
    return remove_unseen(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescape(text: str) -> str:
    """Undo `esc`: resolve Slack's three entities."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def cut(text: str, limit: int) -> str:
    """Shorten a text to `limit` characters, with an ellipsis at the end, never within an entity."""
    if len(text) <= limit:
        return text
    short = text[: limit - 1]
    entity = short.rfind("&", max(0, limit - 6))
    if entity != -1 and ";" not in short[entity:]:
        short = short[:entity]
    return short.rstrip() + "…"


def quote(text: str, limit: int = 1000) -> str:
    """A text that somebody wrote, as a quotation in mrkdwn."""
    return "\n".join(f"> {line}" for line in cut(esc(text).strip(), limit).splitlines())


def mention(person_id: str) -> str:
    """A mention of a person by id; Keyturn itself and the operator by name."""
    return _NOBODY.get(person_id) or f"<@{esc(person_id)}>"


def mentions(person_ids: Sequence[str], *, word: str = "and", limit: int = MAX_MENTIONS) -> str:
    """Join mentions: "@Ada, @Grace and @Alan". Beyond `limit` they are counted."""
    return join_words([mention(person_id) for person_id in person_ids], word=word, limit=limit)


def moment(at: datetime) -> str:
    """A date and time in the reader's own time zone, in mrkdwn; UTC where a client cannot do that.

    Of Slack's patterns, {date_pretty} leaves out the year within six months.
    """
    fallback = at.astimezone(UTC).isoformat(" ")[: len("2026-03-02 09:00")]
    return f"<!date^{int(at.timestamp())}^{{date_pretty}} at {{time}}|{fallback} UTC>"


def date(at: datetime) -> str:
    """A date in the reader's own time zone, in mrkdwn."""
    return f"<!date^{int(at.timestamp())}^{{date_long}}|{at.astimezone(UTC):%Y-%m-%d}>"


def day_words(day: calendar_day, today: calendar_day) -> str:
    """A day as plain text, without the year within six months: "6 May", "6 May 2031"."""
    year = "" if abs(day - today) < _WITHOUT_YEAR else f" {day.year}"
    return f"{day.day} {day:%B}{year}"
