"""What somebody meant who wrote a word that is not known."""

from collections.abc import Sequence
from difflib import get_close_matches


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """Say which of the known words was meant, or all of them where that is not clear."""
    close = get_close_matches(word, known, n=1)
    return f"Did you mean “{close[0]}”?" if close else f"It can be {', '.join(known)}."
