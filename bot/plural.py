"""Numbers of things in sentences."""


def counted(number: int, one: str, many: str | None = None) -> str:
    """A number of things: "1 app", "10,000 apps"; `many` where an s does not do."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
