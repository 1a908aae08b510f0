"""The result of a check, as one line of the report."""

import textwrap
from dataclasses import dataclass
from enum import StrEnum

COLUMN = len("Signing secret:")
"""Characters of the column with what was checked; this is the longest."""
NARROWEST = 40
"""A narrower terminal is written to as if it had so many columns."""


class Status(StrEnum):
    """How it stands; the text before the line."""

    OK = "ok"
    NOTE = "· "
    """Worth knowing; Keyturn runs all the same."""
    BAD = "✗ "
    """Has to be fixed; the text says how."""
    SKIPPED = "– "
    """Not checked, since something else has to be fixed first."""


@dataclass(frozen=True)
class CheckResult:
    """One line of the report: what was checked, and how it stands."""

    status: Status
    about: str
    text: str

    def __str__(self) -> str:
        return f"{self.status} {self.about}: {self.text}"

    def folded(self, width: int) -> str:
        """The same for a terminal of so many columns: in columns, folded between words."""
        start = f"{self.status} {self.about + ':':{COLUMN}} "
        return textwrap.fill(
            self.text,
            max(width, NARROWEST),
            initial_indent=start,
            subsequent_indent=" " * len(start),
            break_long_words=False,
            break_on_hyphens=False,
        )


def ok(about: str, text: str) -> CheckResult:
    """Nothing to do."""
    return CheckResult(Status.OK, about, text)


def note(about: str, text: str) -> CheckResult:
    """Worth knowing."""
    return CheckResult(Status.NOTE, about, text)


def bad(about: str, text: str) -> CheckResult:
    """To be fixed."""
    return CheckResult(Status.BAD, about, text)


def skipped(about: str, text: str) -> CheckResult:
    """Not checked."""
    return CheckResult(Status.SKIPPED, about, text)
