"""What a mutant is."""

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Mutant:
    """One change of the code that must not pass unnoticed."""

    name: str
    about: str
    """The guarantee (R3) or the threat that it breaks."""
    file: str
    old: str
    """Stands exactly once in the file."""
    new: str
    tests: tuple[str, ...]
    """Node ids of pytest; with the change at least one of them fails."""

    def mutated(self, source: str) -> str:
        """The source with the change; raises DoesNotApply."""
        times = source.count(self.old)
        if times != 1:
            raise DoesNotApply(f"{self.name}: the old text stands {times} times in {self.file}")
        return source.replace(self.old, self.new)


class DoesNotApply(Exception):
    """The old text is not there exactly once: the code has changed, and the table has to follow."""


def mutant(name: str, about: str, file: str, old: str, new: str, *tests: str) -> Mutant:
    """A row of the table; `tests` are written without the folder `tests/`."""
    return Mutant(name, about, file, old, new, tuple(f"tests/{one}" for one in tests))
