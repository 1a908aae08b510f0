"""Clean up what people write: kept to the letter, without unseen characters, up to a length."""

import re

from models.errors import Invalid

TEXT_LIMIT = 2000
"""Characters that a reason, a comment or a note may have where nothing else is said."""

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


def check_text_length(text: str, subject: str, *, field: str, limit: int = TEXT_LIMIT) -> None:
    """Check the length of a text; `subject` is what the sentence calls it, for example "The comment".

    Raises:
        Invalid: The text is too long; names the form's `field`.
    """
    if len(text) > limit:
        raise Invalid(f"{subject} has {len(text)} characters. {limit} fit.", field=field)


def tidy_text(written: str, subject: str, *, field: str = "comment", limit: int = TEXT_LIMIT) -> str:
    """Tidy a text and check its length; raises as `check_text_length` does."""
    text = tidy(written)
    check_text_length(text, subject, field=field, limit=limit)
    return text
