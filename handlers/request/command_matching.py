"""A text cut into words, which can be looked at in runs and given back as they were typed."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from handlers.catalogue_cache import Shelf, spoken_name
from models.catalogue.search import WORD, fold
from models.catalogue.spec import AppSpec

T = TypeVar("T")

_LONGEST = 8
"""Words of a name, or of a length, that are looked at together."""


@dataclass(frozen=True)
class Words:
    """The text, cut into words."""

    text: str
    found: tuple[re.Match[str], ...]
    names: tuple[str, ...]
    """Each word as `spoken_name` has it."""

    @classmethod
    def of(cls, text: str) -> "Words":
        found = tuple(re.finditer(r"\S+", text))
        return cls(text, found, tuple(spoken_name(word[0]) for word in found))

    def __len__(self) -> int:
        return len(self.found)

    def slice(self, start: int, stop: int | None = None) -> str:
        """These words as they were typed."""
        stop = len(self) if stop is None else stop
        return self.text[self.found[start].start() : self.found[stop - 1].end()] if start < stop else ""

    def longest(self, at: int, stop: int, means: Callable[[str], T | None]) -> tuple[T, int] | None:
        """What the longest run of words from `at` means, and where it ends."""
        for end in range(min(at + _LONGEST, stop), at, -1):
            if (meant := means(" ".join(filter(None, self.names[at:end])))) is not None:
                return meant, end
        return None

    def ends_in_colon(self, at: int) -> bool:
        return self.found[at][0].endswith(":")


_SHORTEST = 3
"""Characters from which on the beginning of a name will do."""


def app_called(name: str, shelf: Shelf) -> AppSpec | None:
    """The application with this key or whole name."""
    return shelf.called(name) if name else None


def app_beginning(name: str, shelf: Shelf) -> AppSpec | None:
    """The one application whose words begin like this, or the one whose whole name does."""
    if len(name) < _SHORTEST:
        return None
    found = [app for app in shelf.search(name) if _begin(name, _words(f"{app.name} {app.key}"))]
    first = [app for app in found if fold(app.name).startswith(name)]
    return found[0] if len(found) == 1 else first[0] if len(first) == 1 else None


class AccessNames:
    """The accesses of one application, by what people call them."""

    def __init__(self, app: AppSpec | None) -> None:
        accesses = [access for access in app.access if access.enabled] if app else []
        self._whole = {spoken_name(access.name): access.key for access in reversed(accesses)}
        self._whole |= {access.key: access.key for access in accesses}
        self._parts = [(access.key, _words(f"{access.name} {access.key}")) for access in accesses]

    @property
    def only_one(self) -> bool:
        """Whether nothing has to be chosen."""
        return len(self._parts) == 1

    def called(self, name: str) -> str | None:
        """The key of the access with this key or whole name."""
        return self._whole.get(name)

    def beginning(self, name: str) -> str | None:
        """The key of the one access whose words begin like this."""
        if len(name) < _SHORTEST:
            return None
        found = [key for key, words in self._parts if _begin(name, words)]
        return found[0] if len(found) == 1 else None


def _words(text: str) -> list[str]:
    return WORD.findall(fold(text))


def _begin(name: str, words: list[str]) -> bool:
    typed = WORD.findall(name)
    return bool(typed) and all(any(word.startswith(part) for word in words) for part in typed)
