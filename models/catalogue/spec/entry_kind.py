"""What a kind of catalogue entry besides apps provides; `entry_kinds` lists the kinds."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from models.catalogue.spec.fields import Spec
from models.catalogue.spec.specs import AppSpec

P = TypeVar("P", bound=Spec)

EntriesByKind = Mapping[str, tuple[Spec, ...]]
"""The entries of a catalogue by their kind's name, in order. A kind without entries may be left out."""


class EntryProblem(NamedTuple):
    """What is wrong with the entry at index `at` beside the others; `field` is the key that it is about."""

    at: int
    field: str
    text: str


def no_problems(_entries: Sequence[P], _apps: Sequence[AppSpec]) -> Iterable[EntryProblem]:
    """Find nothing: for kinds whose entries cannot contradict each other."""
    return ()


@dataclass(frozen=True)
class EntryKind(Generic[P]):
    """One kind of entry: `[[name]]` in the file, or `[name]` where there is one only (`single`)."""

    name: str
    model: type[P]
    word: str
    """What people call one of them: "directory entry"."""
    key: Callable[[P], str]
    """Identifies an entry; no two of a catalogue may have the same."""
    title: Callable[[P], str]
    """What an entry is called in a list of changes."""
    single: bool = False
    default: Callable[[P], P] | None = None
    """The entry that holds where there is none, if one does; changes are then compared with it."""
    find_problems: Callable[[Sequence[P], Sequence[AppSpec]], Iterable[EntryProblem]] = no_problems
    """What is wrong with all entries of the kind together, and beside these apps."""
