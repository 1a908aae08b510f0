"""What people write, as it is kept: to the letter, without the characters that nobody sees."""

import re

# Control characters (PostgreSQL refuses NUL), half surrogates, and the invisible ones that turn the
# direction of writing or hide in a word (Unicode's bidi controls and zero-width characters).
UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)


def remove_unseen(written: str) -> str:
    """Remove the characters that nobody sees, and leave one kind of line end."""
    if written.isprintable():  # nearly always, and a card has dozens of texts
        return written
    return UNSEEN.sub("", written.replace("\r\n", "\n").replace("\r", "\n"))


def tidy(written: str) -> str:
    """Remove unseen characters, and the space around the text."""
    return remove_unseen(written).strip()
