"""Text for Slack: what people wrote stays text, everything fits, times are in the reader's zone.

Limits are Slack's (its Block Kit reference): a section's text 3,000 characters, a field 2,000, a header 150,
an option and a button 75, a modal's title and buttons 24.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime

SECTION = 3000
FIELD = 2000
HEADER = 150
OPTION = 75
TITLE = 24

# Control characters, and those that turn the direction of writing or hide in it (Unicode's bidi controls).
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
_NOBODY = {"keyturn": "Keyturn", "operator": "The operator"}


def clean(written: str) -> str:
    """What somebody wrote, without characters that nobody sees. For plain_text elements."""
    if written.isprintable():  # nearly always, and a card has dozens of texts
        return written
    return _UNSEEN.sub("", written.replace("\r\n", "\n").replace("\r", "\n"))


def esc(written: str) -> str:
    """What somebody wrote, as mrkdwn that shows it to the letter.

    No mention, no channel call, no disguised link.
    """
    return clean(written).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def cut(text: str, limit: int) -> str:
    """At most `limit` characters, the last one an ellipsis where something is missing.

    Never within an entity.
    """
    if len(text) <= limit:
        return text
    short = text[: limit - 1]
    entity = short.rfind("&", max(0, limit - 6))
    if entity != -1 and ";" not in short[entity:]:
        short = short[:entity]
    return short.rstrip() + "…"


def quote(written: str, limit: int = 1000) -> str:
    """What somebody wrote, as a quotation in mrkdwn."""
    return "\n".join(f"> {line}" for line in cut(esc(written).strip(), limit).splitlines())


def mention(person_id: str) -> str:
    """A person as Slack shows people, by id; Keyturn itself and the operator by name."""
    return _NOBODY.get(person_id) or f"<@{esc(person_id)}>"


def mentions(person_ids: Sequence[str], *, word: str = "and", most: int = 6) -> str:
    """Several people in a row: "@Ada, @Grace and @Alan"; beyond `most` they are counted."""
    return in_a_row([mention(one) for one in person_ids], word=word, most=most)


def in_a_row(every: Sequence[str], *, word: str = "and", most: int = 6) -> str:
    """The same of what is mrkdwn already."""
    shown = list(every[:most])
    if len(every) > most:
        shown.append(f"{len(every) - most} more")
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} {word} {shown[-1]}" if shown else ""


def moment(at: datetime) -> str:
    """A moment in the reader's own time zone, in mrkdwn; UTC where a client cannot do that."""
    fallback = at.astimezone(UTC).isoformat(" ")[: len("2026-03-02 09:00")]
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} at {{time}}|{fallback} UTC>"


def day(at: datetime) -> str:
    """The same without the time."""
    return f"<!date^{int(at.timestamp())}^{{date_long}}|{at.astimezone(UTC):%Y-%m-%d}>"


def plain_moment(at: datetime) -> str:
    """A moment where Slack takes no mrkdwn (buttons, options, confirmations): in UTC, and it says so."""
    return at.astimezone(UTC).strftime("%-d %b %Y %H:%M UTC")
