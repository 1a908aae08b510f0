"""The base class of the fields in admin forms: each draws one part of a catalogue entry, and reads it back.

A field that comes back unchanged leaves the entry's part alone, to the letter: what a form cannot show, or
shows in other words ("48h" as "2 days"), is never lost by saving it.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from blocks import kit
from blocks.kit import Block, Element
from blocks.kit.state import Values
from models.catalogue.problems import Path

DISPLAY_LIMIT = 2900
"""Characters of what a form shows in one place; what is longer stays as it is. Slack takes 3,000."""


class InvalidEntry(Exception):
    """What was entered cannot be used: at which block, and what would be right."""

    def __init__(self, block: str, sentence: str) -> None:
        super().__init__(sentence)
        self.block, self.sentence = block, sentence


@dataclass(frozen=True)
class SlackNames:
    """What was looked up in Slack, for showing people and user groups by name."""

    people: frozenset[str] = frozenset()
    """Ids that Slack's menu of people can show."""
    channels: frozenset[str] = frozenset()
    """Ids that Slack's menu of channels can show to whoever looks."""
    groups: Mapping[str, str] = field(default_factory=dict)
    """What to call user groups, by each reference that the catalogue has of them (S0123, @oncall)."""


@dataclass(frozen=True)
class Field(ABC):
    """One thing that a form asks for."""

    name: str
    """What it is called in the entry."""
    label: str
    hint: str = ""
    block: str = ""
    """Its block's id, where that is not its name."""

    @property
    def id(self) -> str:
        """The block that shows what is wrong with it."""
        return self.block or self.name

    def block_at(self, path: Path) -> str:
        """The block that shows what is wrong at this place inside its value."""
        return self.id

    @abstractmethod
    def form_value(self, value: Any) -> Any:
        """What the form shows of an entry's value."""

    @abstractmethod
    def blocks(self, form_value: Any, names: SlackNames) -> list[Block]:
        """The field, filled in."""

    @abstractmethod
    def read(self, values: Values) -> Any:
        """How it was filled in, in the shape of `form_value`."""

    @abstractmethod
    def to_data(self, form_value: Any, value: Any) -> Any:
        """The catalogue's data for what was given in place of `value`; None to leave it out. Raises Wrong."""

    def input(self, element: Element, *, optional: bool = False, dispatch: bool = False) -> Block:
        """The element under this field's label."""
        return kit.input_block(
            self.label, element, block_id=self.id, hint=self.hint, optional=optional, dispatch=dispatch
        )


def sentence(text: str) -> str:
    """What is wrong, as it reads under a field: "is empty. …" becomes "This is empty. …"."""
    if not text[:1].islower():
        return text
    return text[0].upper() + text[1:] if text.startswith("the ") else f"This {text}"
