"""Numbers and lists of things in sentences."""

from collections.abc import Sequence


def plural(number: int, singular: str, plural_form: str | None = None) -> str:
    """A number of things: "1 app", "10,000 apps"; `plural_form` where an s does not do."""
    return f"{number:,} {singular if number == 1 else plural_form or singular + 's'}"


def listing(texts: Sequence[str]) -> str:
    """Several things: "Ada", "Ada and Mia", "Ada, Mia and Bo"."""
    return " and ".join([", ".join(texts[:-1]), texts[-1]] if len(texts) > 1 else texts)
