"""Clean, join and compare texts: unseen characters, "a, b and c", "Did you mean …?"."""

import re
from collections.abc import Sequence
from difflib import get_close_matches

# Control characters (PostgreSQL refuses NUL), half surrogates, and the invisible ones that turn the
# direction of writing or hide in a word (Unicode's bidi controls and zero-width characters).
UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)


def remove_unseen(text: str) -> str:
    """Remove the characters that nobody sees, and leave one kind of line end."""
    if text.isprintable():  # nearly always, and a card has dozens of texts
        return text
    return UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def tidy(text: str) -> str:
    """Remove unseen characters, and the space around the text."""
    return remove_unseen(text).strip()


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
