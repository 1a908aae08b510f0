"""Pages over lists that are shown one behind the other (what is open first, then the history)."""

from collections.abc import Sequence
from dataclasses import dataclass

PAGE = 20
"""Entries of a page. App Home holds 100 blocks, and an entry takes up to three."""


@dataclass(frozen=True)
class Pages:
    """One page of a list."""

    number: int
    """Counted from 0."""
    total: int
    """Entries on all pages."""

    @classmethod
    def of(cls, wanted: int, total: int) -> "Pages":
        """The page that is wanted, or the nearest that there is."""
        last = max(total - 1, 0) // PAGE
        return cls(min(max(wanted, 0), last), total)

    @property
    def first(self) -> int:
        """How many entries come before this page."""
        return self.number * PAGE

    @property
    def end(self) -> int:
        """How many entries there are up to the end of this page."""
        return min(self.first + PAGE, self.total)

    @property
    def newer(self) -> int | None:
        """The page before; None on the first."""
        return self.number - 1 if self.number else None

    @property
    def older(self) -> int | None:
        """The page behind; None on the last."""
        return self.number + 1 if self.end < self.total else None

    def windows(self, lengths: Sequence[int]) -> list[tuple[int, int]]:
        """Of each list, by their lengths: the offset and the number of the entries that are on this page."""
        found, skip, room = list[tuple[int, int]](), self.first, PAGE
        for length in lengths:
            offset = min(skip, length)
            shown = min(length - offset, room)
            found.append((offset, shown))
            skip, room = skip - offset, room - shown
        return found
