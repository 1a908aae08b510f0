"""What each kind of catalogue entry besides apps has to provide; see `models.catalogue.spec.entry_kinds`."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from models.catalogue.spec.fields import Spec
from models.catalogue.spec.specs import AppSpec

P = TypeVar("P", bound=Spec)

Parts = Mapping[str, tuple[Spec, ...]]
"""The parts of a catalogue by their kind's name, in order. A kind without entries may be left out."""


class Complaint(NamedTuple):
    """What is wrong with the entry at this place, seen beside the others; `field` is the key it is about."""

    at: int
    field: str
    text: str


def content(_entries: Sequence[P], _apps: Sequence[AppSpec]) -> Iterable[Complaint]:
    """Nothing to complain about."""
    return ()


@dataclass(frozen=True)
class Kind(Generic[P]):
    """One kind of part: `[[name]]` in the file, or `[name]` where there is one only (`single`)."""

    name: str
    model: type[P]
    word: str
    """What people call one of them: "directory entry"."""
    key: Callable[[P], str]
    """Tells one from another; the same for two entries means that one of them is too many."""
    title: Callable[[P], str]
    """What this one is called in a list of changes."""
    single: bool = False
    otherwise: Callable[[P], P] | None = None
    """What holds where there is no such entry, if something does: its difference is told then."""
    complaints: Callable[[Sequence[P], Sequence[AppSpec]], Iterable[Complaint]] = content
    """What is wrong with these entries together, and beside these apps."""
