"""Fields for durations, shown and entered in words: "8 hours", "1 hour, 8 hours, 7 days"."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from blocks import kit
from blocks.admin.fields.base import Field, InvalidEntry, SlackNames
from blocks.admin.fields.text import TEXT
from blocks.kit import Block
from blocks.kit.inputs import Values, text_of
from models.durations import duration_words, format_duration, parse_typed_duration


@dataclass(frozen=True)
class DurationField(Field):
    """One duration."""

    optional: bool = True
    """Whether it may be empty, which leaves it out of the entry."""

    def form_value(self, value: Any) -> str:
        return "" if value is None else duration_words(value)

    def blocks(self, form_value: Any, names: SlackNames) -> list[Block]:
        return [self.input(kit.text_input(TEXT, initial=form_value, limit=100), optional=self.optional)]

    def read(self, values: Values) -> str:
        return text_of(values, self.id)

    def to_data(self, form_value: Any, value: Any) -> Any:
        return (
            None if self.optional and not form_value else format_duration(parse_length(form_value, self.id))
        )


@dataclass(frozen=True)
class DurationsField(Field):
    """Several durations, separated by commas."""

    inherits: bool = False
    """Whether an empty field is left out of the entry."""

    def form_value(self, value: Any) -> str:
        return ", ".join(map(duration_words, value or ()))

    def blocks(self, form_value: Any, names: SlackNames) -> list[Block]:
        return [self.input(kit.text_input(TEXT, initial=form_value, limit=3000), optional=True)]

    def read(self, values: Values) -> str:
        return text_of(values, self.id)

    def to_data(self, form_value: Any, value: Any) -> Any:
        as_written = {
            duration: duration for duration in value or ()
        }  # what stays is written as it was: "48h"
        lengths = [parse_length(part, self.id) for part in re.split(r"[,;\n]", form_value) if part.strip()]
        data = [format_duration(as_written.get(duration, duration)) for duration in lengths]
        return None if self.inherits and not data else data


def parse_length(text: str, block: str) -> timedelta:
    """Parse a typed duration; a number without a unit counts hours.

    Raises:
        InvalidEntry: It is no duration; at this block.
    """
    try:
        return parse_typed_duration(text)
    except ValueError as error:
        raise InvalidEntry(block, str(error)) from None
