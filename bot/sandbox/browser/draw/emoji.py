"""Emoji by name, in plain text that is not yet HTML."""

import re
from functools import cache
from importlib.resources import files

_NAMED = re.compile(r":([a-z0-9_+'-]+):(?::skin-tone-[2-6]:)?")


@cache
def table() -> dict[str, str]:
    """Name → character; the file has one pair a line."""
    lines = (files(__package__) / "emoji.txt").read_text("utf-8").splitlines()
    return dict(line.split(" ", 1) for line in lines)


def character(name: str) -> str:
    """The emoji of this name, or the name between colons where the table lacks it."""
    return table().get(name, f":{name}:")


def replaced(text: str) -> str:
    """The text with every known `:name:` as its character."""
    return _NAMED.sub(lambda found: table().get(found[1], found[0]), text) if ":" in text else text
