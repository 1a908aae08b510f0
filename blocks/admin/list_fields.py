"""Fields for lists: texts with a line each, and user groups chosen in a menu."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from blocks import kit
from blocks.admin.field import LONGEST, Field, Known
from blocks.admin.fields import TEXT
from blocks.admin.ids import Do
from blocks.answers import Values, all_picked, typed
from blocks.kit import Block
from blocks.text import clean


@dataclass(frozen=True)
class Lines(Field):
    """Texts, each in a line of its own; none of them leaves the part out of the entry."""

    def shown(self, value: Any) -> tuple[str, ...]:
        return tuple(_fitting(clean(one).strip() for one in value or ()))

    def blocks(self, shown: Any, known: Known) -> list[Block]:
        element = kit.text_input(TEXT, initial="\n".join(shown), multiline=True, limit=3000)
        return [self.input(element, optional=True)]

    def read(self, values: Values) -> tuple[str, ...]:
        lines = (line.strip() for line in typed(values, self.id).split("\n"))
        return tuple(line for line in lines if line)

    def stored(self, given: Any, value: Any) -> Any:
        hidden = list(value or ())[len(self.shown(value)) :]
        return [*given, *hidden] or None


@dataclass(frozen=True)
class UserGroups(Field):
    """Slack user groups; none of them leaves the part out of the entry."""

    def shown(self, value: Any) -> frozenset[str]:
        return frozenset(value or ())

    def blocks(self, shown: Any, known: Known) -> list[Block]:
        initial = [kit.option(known.groups.get(one, one), one) for one in sorted(shown)]
        element = kit.multi_external_select(Do.USER_GROUP, initial=initial, placeholder="Type to search")
        return [self.input(element, optional=True)]

    def read(self, values: Values) -> frozenset[str]:
        return frozenset(all_picked(values, self.id))

    def stored(self, given: Any, value: Any) -> Any:
        kept: Sequence[str] = [one for one in value or () if one in given]
        return [*kept, *sorted(given - set(kept))] or None


@dataclass(frozen=True)
class Accesses(Field):
    """Accesses of any apps, chosen in a menu that searches all of them; none leaves the part out."""

    titles: Mapping[str, str] = field(default_factory=dict)
    """What the chosen ones are called, by reference."""
    optional: bool = False

    def shown(self, value: Any) -> tuple[str, ...]:
        return tuple(value or ())

    def blocks(self, shown: Any, known: Known) -> list[Block]:
        initial = [kit.option(self.titles.get(ref, ref), ref) for ref in shown]
        menu = kit.multi_external_select(Do.FIND_ANY, initial=initial, placeholder="Type to search")
        return [self.input(menu, optional=self.optional)]

    def read(self, values: Values) -> tuple[str, ...]:
        return all_picked(values, self.id)

    def stored(self, given: Any, value: Any) -> Any:
        return list(given) or None


def _fitting(texts: Iterable[str]) -> Iterable[str]:
    """As many of these, from the first on, as fit in the form."""
    length = 0
    for one in texts:
        length += len(one) + 1
        if length > LONGEST or not one:
            return
        yield one
