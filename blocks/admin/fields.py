"""The plain fields: something to write, one of a few, any of a few, yes or no."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from blocks import kit
from blocks.admin.field import Field, Known, Wrong
from blocks.answers import Values, all_picked, picked, typed
from blocks.elements import checkboxes
from blocks.kit import Block
from blocks.text import clean

CHOICE = "choice"
TEXT = "text"


@dataclass(frozen=True)
class Text(Field):
    """Something to write, of at most `limit` characters."""

    limit: int = 75
    multiline: bool = False
    optional: bool = True
    inherits: bool = False
    """Whether nothing written means that it is left out of the entry."""

    def shown(self, value: Any) -> str:
        return clean(str(value or "")).strip()

    def blocks(self, shown: Any, known: Known) -> list[Block]:
        element = kit.text_input(TEXT, initial=shown, multiline=self.multiline, limit=self.limit)
        return [self.input(element, optional=self.optional)]

    def read(self, values: Values) -> str:
        return typed(values, self.id)

    def stored(self, given: Any, value: Any) -> Any:
        return None if self.inherits and not given else given


@dataclass(frozen=True)
class Option:
    """One choice: the word that the form sends, what it is called, and the data it stands for."""

    word: str
    label: str
    data: Any
    """None leaves the part out of the entry."""


@dataclass(frozen=True)
class Choice(Field):
    """One of a few."""

    options: Sequence[Option] = ()

    def shown(self, value: Any) -> str:
        return next((one.word for one in self.options if one.data == value), "")

    def blocks(self, shown: Any, known: Known) -> list[Block]:
        options = [kit.option(one.label, one.word) for one in self.options]
        return [self.input(kit.select(CHOICE, options, initial=shown))]

    def read(self, values: Values) -> str:
        return picked(values, self.id)

    def stored(self, given: Any, value: Any) -> Any:
        for one in self.options:
            if one.word == given:
                return one.data
        raise Wrong(self.id, "Choose one of these.")


@dataclass(frozen=True)
class Several(Field):
    """Any of a few; none of them leaves the part out of the entry."""

    options: Sequence[Option] = ()

    def shown(self, value: Any) -> frozenset[str]:
        return frozenset(one.word for one in self.options if one.data in (value or ()))

    def blocks(self, shown: Any, known: Known) -> list[Block]:
        options = [kit.option(one.label, one.word) for one in self.options]
        return [self.input(checkboxes(CHOICE, options, initial=shown), optional=True)]

    def read(self, values: Values) -> frozenset[str]:
        return frozenset(all_picked(values, self.id))

    def stored(self, given: Any, value: Any) -> Any:
        return [one.data for one in self.options if one.word in given] or None


@dataclass(frozen=True)
class Tick(Field):
    """Yes or no, as one box with a sentence beside it."""

    sentence: str = ""

    def shown(self, value: Any) -> bool:
        return bool(value)

    def blocks(self, shown: Any, known: Known) -> list[Block]:
        box = checkboxes(CHOICE, [kit.option(self.sentence, "yes")], initial=["yes"] if shown else [])
        return [self.input(box, optional=True)]

    def read(self, values: Values) -> bool:
        return "yes" in all_picked(values, self.id)

    def stored(self, given: Any, value: Any) -> Any:
        return given
