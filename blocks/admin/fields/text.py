"""Fields to type in: text, lines, and a number."""

from dataclasses import dataclass
from typing import Any

from blocks import kit
from blocks.admin.fields.base import Field, InvalidEntry, SlackNames, prefix_within_limit
from blocks.kit import Block
from blocks.kit.inputs import Values, text_of
from models.text import tidy

TEXT, NUMBER = "text", "number"
"""Action ids of the elements."""


@dataclass(frozen=True)
class TextField(Field):
    """Text of at most `limit` characters."""

    limit: int = 75
    multiline: bool = False
    optional: bool = True
    inherits: bool = False
    """Whether an empty field is left out of the entry."""

    def form_value(self, value: Any) -> str:
        return tidy(str(value or ""))

    def blocks(self, form_value: Any, names: SlackNames) -> list[Block]:
        element = kit.text_input(TEXT, initial=form_value, multiline=self.multiline, limit=self.limit)
        return [self.input(element, optional=self.optional)]

    def read(self, values: Values) -> str:
        return text_of(values, self.id)

    def to_data(self, form_value: Any, value: Any) -> Any:
        return None if self.inherits and not form_value else form_value


@dataclass(frozen=True)
class LinesField(Field):
    """Texts, one a line; none leaves the part out of the entry."""

    def form_value(self, value: Any) -> tuple[str, ...]:
        return tuple(prefix_within_limit((tidy(line) for line in value or ()), "\n"))

    def blocks(self, form_value: Any, names: SlackNames) -> list[Block]:
        element = kit.text_input(TEXT, initial="\n".join(form_value), multiline=True, limit=3000)
        return [self.input(element, optional=True)]

    def read(self, values: Values) -> tuple[str, ...]:
        lines = (line.strip() for line in text_of(values, self.id).split("\n"))
        return tuple(line for line in lines if line)

    def to_data(self, form_value: Any, value: Any) -> Any:
        hidden = list(value or ())[len(self.form_value(value)) :]
        return [*form_value, *hidden] or None


@dataclass(frozen=True)
class NumberField(Field):
    """An integer from 0 to `maximum`."""

    maximum: int = 0

    def form_value(self, value: Any) -> str:
        return "" if value is None else str(value)

    def blocks(self, form_value: Any, names: SlackNames) -> list[Block]:
        return [self.input(kit.number_input(NUMBER, initial=form_value, minimum=0, maximum=self.maximum))]

    def read(self, values: Values) -> str:
        return text_of(values, self.id)

    def to_data(self, form_value: Any, value: Any) -> Any:
        if not (form_value.isascii() and form_value.isdigit()):
            raise InvalidEntry(self.id, f"Enter a number from 0 to {self.maximum}.")
        return int(form_value[:9])
