"""What a check found, in one line."""

from dataclasses import dataclass
from enum import StrEnum


class Mark(StrEnum):
    """What stands before the line."""

    OK = "ok"
    NOTE = "· "
    """Worth knowing; Keyturn runs all the same."""
    BAD = "✗ "
    """Has to be mended; the words say how."""
    SKIPPED = "– "
    """Not looked at, since something else has to be mended first."""


@dataclass(frozen=True)
class Finding:
    """One line of the report: what was looked at, and how it stands."""

    mark: Mark
    about: str
    words: str

    def __str__(self) -> str:
        return f"{self.mark} {self.about}: {self.words}"


def ok(about: str, words: str) -> Finding:
    """Nothing to do."""
    return Finding(Mark.OK, about, words)


def note(about: str, words: str) -> Finding:
    """Worth knowing."""
    return Finding(Mark.NOTE, about, words)


def bad(about: str, words: str) -> Finding:
    """To be mended."""
    return Finding(Mark.BAD, about, words)


def skipped(about: str, words: str) -> Finding:
    """Not looked at."""
    return Finding(Mark.SKIPPED, about, words)
