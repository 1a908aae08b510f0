"""The base class of the fields in admin forms: each draws one part of a catalogue entry, and reads it back.

A field that comes back unchanged leaves the entry's part alone, to the letter: what a form cannot show, or
shows in other words ("48h" as "2 days"), is never lost by saving it.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from blocks import kit
from blocks.kit import Block, Element
from blocks.kit.inputs import Errors, Values
from models.catalogue.spec.fields import Path
from models.errors import Refusal

DISPLAY_LIMIT = 2900
"""Characters that a form shows in one place; longer content stays as it is. Slack's limit is 3,000."""


class InvalidEntry(Exception):
    """An invalid value in a form: the block, and a sentence with what would be right."""

    def __init__(self, block: str, sentence: str) -> None:
        super().__init__(sentence)
        self.block, self.sentence = block, sentence


class InvalidForm(Refusal):
    """A submitted form with errors, by block."""

    def __init__(self, errors: Errors) -> None:
        super().__init__(" ".join(errors.values()))
        self.errors = errors


@dataclass(frozen=True)
class SlackNames:
    """What Slack knows of the people, channels and user groups in a form."""

    people: frozenset[str] = frozenset()
    """Ids that Slack's menu of people can show."""
    channels: frozenset[str] = frozenset()
    """Ids that Slack's menu of channels can show to the viewer."""
    groups: Mapping[str, str] = field(default_factory=dict)
    """Names of user groups, by each reference that the catalogue has of them (S0123, @oncall)."""


@dataclass(frozen=True)
class Field(ABC):
    """A field of a form: one part of a catalogue entry."""

    name: str
    """The part's key in the entry."""
    label: str
    hint: str = ""
    block: str = ""
    """The block's id, where it is not the name."""

    @property
    def id(self) -> str:
        """The block that shows the field's errors."""
        return self.block or self.name

    def block_at(self, path: Path) -> str:
        """The block that shows an error at this path inside the value."""
        return self.id

    @abstractmethod
    def form_value(self, value: Any) -> Any:
        """The content of the form for an entry's value."""

    @abstractmethod
    def blocks(self, form_value: Any, names: SlackNames) -> list[Block]:
        """The field's blocks, with this content."""

    @abstractmethod
    def read(self, values: Values) -> Any:
        """The content of a submitted form, in the shape of `form_value`."""

    @abstractmethod
    def to_data(self, form_value: Any, value: Any) -> Any:
        """The catalogue's data for changed content that replaces `value`; None leaves it out.

        Raises:
            InvalidEntry: The content cannot be saved; at the field's block.
        """

    def input(self, element: Element, *, optional: bool = False, dispatch: bool = False) -> Block:
        """The element under this field's label."""
        return kit.input_block(
            self.label, element, block_id=self.id, hint=self.hint, optional=optional, dispatch=dispatch
        )


def prefix_within_limit(texts: Iterable[str], separator: str) -> Iterator[str]:
    """The first texts that fit in a form with this separator; an empty one ends them."""
    length = 0
    for text in texts:
        length += len(text) + len(separator)
        if length > DISPLAY_LIMIT or not text:
            return
        yield text


def sentence(text: str) -> str:
    """A problem as a sentence below a field: "is empty. …" becomes "This is empty. …"."""
    if not text[:1].islower():
        return text
    return text[0].upper() + text[1:] if text.startswith("the ") else f"This {text}"
