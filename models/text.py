"""Clean, check, join and compare texts: unseen characters, length, "a, b and c", "Did you mean …?"."""

import re
from collections.abc import Sequence
from difflib import get_close_matches

from models.errors import Invalid

TEXT_LIMIT = 2000
"""Characters that a reason, a comment or a note may have where nothing else is said."""

# Control characters (PostgreSQL refuses NUL), half surrogates, and the invisible ones that turn the
# direction of writing or hide in a word (Unicode's bidi controls and zero-width characters).
UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)


# Letters and patterns that are drawn as nothing: Hangul fillers and the empty Braille cell.
_BLANK = re.compile("[\\s\u115f\u1160\u2800\u3164\uffa0]*")


def remove_unseen(text: str) -> str:
    """Remove the characters that nobody sees, and leave one kind of line end."""
    if text.isprintable():  # nearly always, and a card has dozens of texts
        return text
    return UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def tidy(text: str) -> str:
    """Remove unseen characters, and the space around the text; empty where nothing is left to read."""
    text = remove_unseen(text).strip()
    return "" if _BLANK.fullmatch(text) else text


def check_text_length(text: str, subject: str, *, field: str, limit: int = TEXT_LIMIT) -> None:
    """Check the length of a text; `subject` is what the sentence calls it, for example "The comment".

    Raises:
        Invalid: The text is too long; names the form's `field`.
    """
    if len(text) > limit:
        raise Invalid(f"{subject} has {len(text)} characters. The limit is {limit}.", field=field)


def tidy_text(text: str, subject: str, *, field: str = "comment", limit: int = TEXT_LIMIT) -> str:
    """Tidy a text and check its length; raises as `check_text_length` does."""
    text = tidy(text)
    check_text_length(text, subject, field=field, limit=limit)
    return text


def join_words(items: Sequence[str], *, word: str = "and", limit: int | None = None) -> str:
    """Join items as a sentence lists them: "a, b and c"; empty for none. Beyond `limit` they are counted."""
    *others, last = first_items(items, len(items) if limit is None else limit) or [""]
    return f"{', '.join(others)} {word} {last}" if others else last


def first_items(items: Sequence[str], limit: int) -> list[str]:
    """The first `limit` items, followed by "3 more" where there are more."""
    rest = [f"{len(items) - limit} more"] if len(items) > limit else []
    return [*items[:limit], *rest]


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """Suggest the known word that is closest to `word`, or list all known words where none is close."""
    close = get_close_matches(word, known, n=1)
    return f"Did you mean “{close[0]}”?" if close else f"It can be {', '.join(known)}."
