"""Emoji by name, in plain text that is not HTML yet."""

import re
from functools import cache
from importlib.resources import files

_NAME = re.compile(r":([a-z0-9_+'-]+):(?::skin-tone-[2-6]:)?")


@cache
def table() -> dict[str, str]:
    """The characters by name; the file has one pair a line."""
    lines = (files(__package__) / "emoji.txt").read_text("utf-8").splitlines()
    return dict(line.split(" ", 1) for line in lines)


def character(name: str) -> str:
    """The emoji of this name; the name between colons where it is not in the table."""
    return table().get(name, f":{name}:")


def replace_names(text: str) -> str:
    """The text with each `:name:` in the table as its character."""
    return _NAME.sub(lambda match: table().get(match[1], match[0]), text) if ":" in text else text
