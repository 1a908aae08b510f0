"""Text for Slack: what people wrote stays text, everything fits, times are in the reader's zone.

Limits are Slack's (its Block Kit reference): a section's text 3,000 characters, a header 150, an option and a
button 75, a modal's title and buttons 24.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from models.text_cleanup import remove_unseen

SECTION = 3000
HEADER = 150
OPTION = 75
TITLE = 24
_NOBODY = {"keyturn": "Keyturn", "operator": "The operator"}


def esc(text: str) -> str:
    """What somebody wrote, as mrkdwn that shows it to the letter.

    No mention, no channel call, no disguised link.
    """
    return remove_unseen(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescape(text: str) -> str:
    """The characters behind Slack's three entities: what `esc` was given."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


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


def quote(text: str, limit: int = 1000) -> str:
    """What somebody wrote, as a quotation in mrkdwn."""
    return "\n".join(f"> {line}" for line in cut(esc(text).strip(), limit).splitlines())


def mention(person_id: str) -> str:
    """A person as Slack shows people, by id; Keyturn itself and the operator by name."""
    return _NOBODY.get(person_id) or f"<@{esc(person_id)}>"


def mentions(person_ids: Sequence[str], *, word: str = "and", limit: int = 6) -> str:
    """Several people in a row: "@Ada, @Grace and @Alan"; beyond `limit` they are counted."""
    return join_words([mention(person_id) for person_id in person_ids], word=word, limit=limit)


def join_words(items: Sequence[str], *, word: str = "and", limit: int = 6) -> str:
    """The same of what is mrkdwn already."""
    parts = list(items[:limit])
    if len(items) > limit:
        parts.append(f"{len(items) - limit} more")
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} {word} {parts[-1]}" if parts else ""


def moment(at: datetime) -> str:
    """A moment in the reader's own time zone, in mrkdwn; UTC where a client cannot do that."""
    fallback = at.astimezone(UTC).isoformat(" ")[: len("2026-03-02 09:00")]
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} at {{time}}|{fallback} UTC>"


def date(at: datetime) -> str:
    """The same without the time."""
    return f"<!date^{int(at.timestamp())}^{{date_long}}|{at.astimezone(UTC):%Y-%m-%d}>"
