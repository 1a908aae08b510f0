"""Numbers of things in sentences."""


def plural(number: int, singular: str, plural_form: str | None = None) -> str:
    """A number of things: "1 app", "10,000 apps"; `plural_form` where an s does not do."""
    return f"{number:,} {singular if number == 1 else plural_form or singular + 's'}"
