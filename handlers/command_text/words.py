"""A text cut into words, which can be looked at in runs and given back as they were typed."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from handlers.catalogue import spoken_name

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
