"""The fields that only a stage has: how many must approve, and a number of people."""

from dataclasses import dataclass
from typing import Any

from blocks import kit
from blocks.admin.field import Field, Known, Wrong
from blocks.admin.fields import Choice, Option
from blocks.answers import Values, picked, typed
from blocks.elements import number_input
from blocks.kit import Block
from models.catalogue.fields import MOST_PEOPLE

NUMBER = "number"
RULES = (
    Option("any", "One of them: the first decision counts", "any"),
    Option("all", "All of them", "all"),
    Option(NUMBER, "A number of them", None),
)


@dataclass(frozen=True)
class Quorum(Field):
    """A stage's rule: any, all, or a number that is entered beside it. Shown as a pair: ("number", "2")."""

    @property
    def number_id(self) -> str:
        """The block of the number."""
        return f"{self.id}_number"

    def shown(self, value: Any) -> tuple[str, str]:
        return (value, "") if value in ("any", "all") else (NUMBER, str(value))

    def blocks(self, shown: Any, known: Known) -> list[Block]:
        word, number = shown
        counted = number_input(NUMBER, initial=number, least=1, most=MOST_PEOPLE)
        hint = "Only for “A number of them”."
        beside = kit.input_block("How many", counted, block_id=self.number_id, optional=True, hint=hint)
        return [*self._choice.blocks(word, known), beside]

    def read(self, values: Values) -> tuple[str, str]:
        word = picked(values, self.id)
        return word, typed(values, self.number_id) if word == NUMBER else ""

    def stored(self, given: Any, value: Any) -> Any:
        word, number = given
        if word != NUMBER:
            return self._choice.stored(word, value)
        if not (number.isascii() and number.isdigit()):
            raise Wrong(self.number_id, "Say how many have to approve.")
        return int(number[:6])

    @property
    def _choice(self) -> Choice:
        return Choice(self.name, self.label, self.hint, self.block, options=RULES)


@dataclass(frozen=True)
class Count(Field):
    """A whole number from 0 to `most`."""

    most: int = 0

    def shown(self, value: Any) -> str:
        return "" if value is None else str(value)

    def blocks(self, shown: Any, known: Known) -> list[Block]:
        return [self.input(number_input(NUMBER, initial=shown, least=0, most=self.most))]

    def read(self, values: Values) -> str:
        return typed(values, self.id)

    def stored(self, given: Any, value: Any) -> Any:
        if not (given.isascii() and given.isdigit()):
            raise Wrong(self.id, f"Write a number from 0 to {self.most}.")
        return int(given[:9])
