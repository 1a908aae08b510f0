"""Finding an app while somebody types: ten thousand of them, in a fraction of a millisecond."""

import unicodedata
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice

from models.catalogue.entries import AppSpec
from models.catalogue.word_index import LAST, WORD, WordIndex
from models.catalogue.words import AccessKind, Risk

# Letters that stay as they are when accents are taken off, and are typed without them all the same.
_PLAIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"})


@dataclass(frozen=True, slots=True)
class AppEntry:
    """What is searched of an app."""

    key: str
    name: str
    description: str = ""
    category: str = ""
    risk: Risk = Risk.LOW
    kinds: frozenset[AccessKind] = frozenset()
    accesses: tuple[str, ...] = ()
    """The names of what can be asked for."""

    @classmethod
    def of(cls, app: AppSpec) -> "AppEntry":
        """The entry of an app with those of its accesses that may be asked for."""
        open_ones = [access for access in app.access if access.enabled]
        return cls(
            key=app.key,
            name=app.name,
            description=app.description,
            category=app.category,
            risk=app.risk,
            kinds=frozenset(access.kind for access in open_ones),
            accesses=tuple(access.name for access in open_ones),
        )


@dataclass(frozen=True, slots=True)
class Filter:
    """Only apps of this category, with an access of this kind, of this risk. None: of any."""

    category: str | None = None
    kind: AccessKind | None = None
    risk: Risk | None = None


def fold(text: str) -> str:
    """Without case and accents: "Größe" and "GROSSE" are the same."""
    if text.isascii():
        return text.lower()
    taken_apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in taken_apart if not unicodedata.combining(char)).translate(_PLAIN)


class AppIndex:
    """A search index that never changes. Build a new one when the catalogue does.

    Best first: names that begin with what was typed, then names of which every word typed begins a word,
    then the same in key, category, accesses and description, then words with it in their middle.
    Among equals, by name.
    """

    def __init__(self, entries: Iterable[AppEntry]) -> None:
        self._entries = sorted(entries, key=lambda entry: (fold(entry.name), entry.key))
        self._names = [fold(entry.name) for entry in self._entries]
        self._name_words = WordIndex(self._names)
        self._all_words = WordIndex(map(_everything, self._entries))
        self._of: dict[tuple[str, str], set[int]] = defaultdict(set)
        for at, entry in enumerate(self._entries):
            for trait in _traits(entry):
                self._of[trait].add(at)

    def __len__(self) -> int:
        return len(self._entries)

    def search(self, text: str, limit: int = 100, where: Filter | None = None) -> list[AppEntry]:
        """The best `limit` apps for what was typed so far. Nothing typed gives the first by name."""
        allowed = self._allowed(where)
        found = islice(self._ranked(fold(text).strip(), allowed), limit)
        return [self._entries[at] for at in found]

    def categories(self) -> list[str]:
        """Every category there is, by name."""
        return sorted({entry.category for entry in self._entries if entry.category}, key=fold)

    def _allowed(self, where: Filter | None) -> set[int] | None:
        wanted = _wanted(where) if where else []
        return set.intersection(*(self._of.get(trait, set()) for trait in wanted)) if wanted else None

    def _ranked(self, text: str, allowed: set[int] | None) -> Iterator[int]:
        if not text:
            yield from sorted(allowed) if allowed is not None else range(len(self._entries))
            return
        shown: set[int] = set()
        for at in chain.from_iterable(self._tiers(text)):
            if at not in shown and (allowed is None or at in allowed):
                shown.add(at)
                yield at

    def _tiers(self, text: str) -> Iterator[Iterable[int]]:
        yield range(bisect_left(self._names, text), bisect_left(self._names, text + LAST))
        if words := sorted(set(WORD.findall(text))):
            yield self._name_words.beginning(words)
            yield self._all_words.beginning(words)
            yield self._all_words.containing(words)


def _everything(entry: AppEntry) -> str:
    return fold(" ".join((entry.name, entry.key, entry.category, *entry.accesses, entry.description)))


def _traits(entry: AppEntry) -> Iterator[tuple[str, str]]:
    yield "category", fold(entry.category)
    yield "risk", entry.risk
    yield from (("kind", kind) for kind in entry.kinds)


def _wanted(where: Filter) -> list[tuple[str, str]]:
    wanted = {"category": where.category and fold(where.category), "kind": where.kind, "risk": where.risk}
    return [(name, value) for name, value in wanted.items() if value is not None]
