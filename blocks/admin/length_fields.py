"""Fields for lengths of time, shown and entered in words: "8 hours", "1 hour, 8 hours, 7 days"."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from blocks import kit
from blocks.admin.field import Field, Known, Wrong
from blocks.admin.fields import TEXT
from blocks.answers import Values, typed
from blocks.kit import Block
from models.durations import format_duration, parse_spoken, spoken


@dataclass(frozen=True)
class Length(Field):
    """One length of time."""

    optional: bool = True
    """Whether it can be left empty, which leaves it out of the entry."""

    def shown(self, value: Any) -> str:
        return "" if value is None else spoken(value)

    def blocks(self, shown: Any, known: Known) -> list[Block]:
        return [self.input(kit.text_input(TEXT, initial=shown, limit=100), optional=self.optional)]

    def read(self, values: Values) -> str:
        return typed(values, self.id)

    def stored(self, given: Any, value: Any) -> Any:
        return None if self.optional and not given else format_duration(length(given, self.id))


@dataclass(frozen=True)
class Lengths(Field):
    """Several lengths of time, with commas between them."""

    inherits: bool = False
    """Whether nothing written means that it is left out of the entry."""

    def shown(self, value: Any) -> str:
        return ", ".join(map(spoken, value or ()))

    def blocks(self, shown: Any, known: Known) -> list[Block]:
        return [self.input(kit.text_input(TEXT, initial=shown, limit=3000), optional=True)]

    def read(self, values: Values) -> str:
        return typed(values, self.id)

    def stored(self, given: Any, value: Any) -> Any:
        as_written = {one: one for one in value or ()}  # what stays is written as it was: "48h"
        lengths = [length(part, self.id) for part in re.split(r"[,;\n]", given) if part.strip()]
        data = [format_duration(as_written.get(one, one)) for one in lengths]
        return None if self.inherits and not data else data


def length(text: str, block: str) -> timedelta:
    """A length in words, with its unit. Raises Wrong at this block."""
    try:
        return parse_spoken(text, bare_hours=False)
    except ValueError as error:
        raise Wrong(block, str(error)) from None
