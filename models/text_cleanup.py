"""What people write, as it is kept: to the letter, without the characters that nobody sees."""

import re

# Control characters (PostgreSQL refuses NUL), half surrogates, and the invisible ones that turn the
# direction of writing or hide in a word (Unicode's bidi controls and zero-width characters).
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)


def tidy(written: str) -> str:
    """The same text with one kind of line end, nothing unseen in it, and no space around it."""
    return _UNSEEN.sub("", written.replace("\r\n", "\n").replace("\r", "\n")).strip()
