"""Page through lists that are shown one after the other: what is open first, then the history."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Integer, Select, bindparam

from models.store.case import Case

T = TypeVar("T")

PAGE = 20
"""Entries of a page. App Home holds 100 blocks, and an entry takes up to three."""

Window = tuple[int, int]
"""A part of a list: how many entries come before it, and how many it has."""


@dataclass(frozen=True)
class Pages:
    """One page of a list."""

    number: int
    """Counted from 0."""
    total: int
    """Entries on all pages; if they are not counted, those up to this page, and one more if there is one."""
    counted: bool = True

    @classmethod
    def of(cls, wanted: int, total: int) -> "Pages":
        """The page `wanted`, or the nearest that exists."""
        last = max(total - 1, 0) // PAGE
        return cls(min(max(wanted, 0), last), total)

    @classmethod
    def uncounted(cls, number: int, seen: int) -> "Pages":
        """A page of a list that is too long to count; `seen` are its entries, read with one of the next."""
        return cls(number, number * PAGE + seen, counted=False)

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
        """The number of the page before; None on the first."""
        return self.number - 1 if self.number else None

    @property
    def older(self) -> int | None:
        """The number of the page after; None on the last."""
        return self.number + 1 if self.end < self.total else None

    def windows(self, lengths: Sequence[int]) -> list[Window]:
        """The window of each list on this page, by the lists' lengths."""
        windows, skip, room = list[Window](), self.first, PAGE
        for length in lengths:
            offset = min(skip, length)
            number = min(length - offset, room)
            windows.append((offset, number))
            skip, room = skip - offset, room - number
        return windows


def paged(statement: Select[Any]) -> Select[Any]:
    """The statement as `read_page` runs it."""
    return statement.offset(bindparam("skip", type_=Integer)).limit(bindparam("most", type_=Integer))


def read_page(case: Case, statement: Select[Any], window: Window, **values: Any) -> list[Any]:
    """Read the window of a list (a `paged` statement); an empty window costs nothing."""
    skip, most = window
    return case.read(statement, skip=skip, most=most, **values) if most else []


def page_slice(rows: Sequence[T], window: Window) -> Sequence[T]:
    """The window of a list that is in memory."""
    skip, most = window
    return rows[skip : skip + most]
