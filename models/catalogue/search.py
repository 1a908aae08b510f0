"""Search apps while somebody types: ten thousand of them, in a fraction of a millisecond."""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain, islice

from models.catalogue.spec.enums import AccessKind, Risk
from models.catalogue.spec.specs import AppSpec

# Letters that stay as they are when accents are taken off, and are typed without them all the same.
_PLAIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"})


@dataclass(frozen=True, slots=True)
class AppEntry:
    """The searched fields of an app."""

    key: str
    name: str
    description: str = ""
    category: str = ""
    risk: Risk = Risk.LOW
    kinds: frozenset[AccessKind] = frozenset()
    accesses: tuple[str, ...] = ()
    """The names of the accesses that can be requested."""

    @classmethod
    def of(cls, app: AppSpec) -> "AppEntry":
        """The entry of an app, with the accesses that can be requested."""
        accesses = [access for access in app.access if access.enabled]
        return cls(
            key=app.key,
            name=app.name,
            description=app.description,
            category=app.category,
            risk=app.risk,
            kinds=frozenset(access.kind for access in accesses),
            accesses=tuple(access.name for access in accesses),
        )


@dataclass(frozen=True, slots=True)
class AppFilter:
    """Only apps of this category, with an access of this kind, of this risk. None: of any."""

    category: str | None = None
    kind: AccessKind | None = None
    risk: Risk | None = None


def fold(text: str) -> str:
    """Remove case and accents: "Größe" and "GROSSE" become the same."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char)).translate(_PLAIN)


class AppIndex:
    """An immutable search index of apps. Build a new one when the catalogue changes.

    Best first: names that begin with what was typed, then names of which every word typed begins a word,
    then the same in key, category, accesses and description, then words with it in their middle.
    Among equals, by name.
    """

    def __init__(self, entries: Iterable[AppEntry]) -> None:
        self._entries = sorted(entries, key=lambda entry: (fold(entry.name), entry.key))
        self._names = [fold(entry.name) for entry in self._entries]
        self._name_words = WordIndex(self._names)
        self._all_words = WordIndex(map(_all_text, self._entries))
        self._by_trait: dict[tuple[str, str], set[int]] = defaultdict(set)
        for at, entry in enumerate(self._entries):
            for trait in _traits(entry):
                self._by_trait[trait].add(at)

    def __len__(self) -> int:
        return len(self._entries)

    def search(self, text: str, limit: int = 100, where: AppFilter | None = None) -> list[AppEntry]:
        """The best `limit` apps for the text typed so far. An empty text gives the first by name."""
        ranked = self._ranked(fold(text).strip(), self._allowed(where))
        return [self._entries[at] for at in islice(ranked, limit)]

    def categories(self) -> list[str]:
        """Every category there is, by name."""
        return sorted({entry.category for entry in self._entries if entry.category}, key=fold)

    def _allowed(self, where: AppFilter | None) -> set[int] | None:
        traits = _filter_traits(where) if where else []
        return set.intersection(*(self._by_trait.get(trait, set()) for trait in traits)) if traits else None

    def _ranked(self, text: str, allowed: set[int] | None) -> Iterator[int]:
        if not text:
            yield from sorted(allowed) if allowed is not None else range(len(self._entries))
            return
        yielded: set[int] = set()
        for at in chain.from_iterable(self._tiers(text)):
            if at not in yielded and (allowed is None or at in allowed):
                yielded.add(at)
                yield at

    def _tiers(self, text: str) -> Iterator[Iterable[int]]:
        yield range(bisect_left(self._names, text), bisect_left(self._names, text + LAST))
        if words := sorted(set(WORD.findall(text))):
            yield self._name_words.beginning(words)
            yield self._all_words.beginning(words)
            yield self._all_words.containing(words)


def _all_text(entry: AppEntry) -> str:
    return fold(" ".join((entry.name, entry.key, entry.category, *entry.accesses, entry.description)))


def _traits(entry: AppEntry) -> Iterator[tuple[str, str]]:
    yield "category", fold(entry.category)
    yield "risk", entry.risk
    yield from (("kind", kind) for kind in entry.kinds)


def _filter_traits(where: AppFilter) -> list[tuple[str, str]]:
    values = {"category": where.category and fold(where.category), "kind": where.kind, "risk": where.risk}
    return [(name, value) for name, value in values.items() if value is not None]


WORD = re.compile(r"[^\W_]+")
LAST = "\U0010ffff"
"""Sorts behind every letter: all that begins with x stands from x to x + LAST."""
_DENSE = 10
"""Where one text in so many matches, scanning all texts fills a screen sooner than collecting matches."""


class WordIndex:
    """The words of some texts, each text known by its place.

    Answers are in order, and found only as far as they are read.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        self._texts = [" ".join(["", *WORD.findall(text)]) for text in texts]
        texts_of: dict[str, list[int]] = defaultdict(list)
        for at, text in enumerate(self._texts):
            for word in set(text.split()):
                texts_of[word].append(at)
        self._words = sorted(texts_of)
        self._texts_of = [tuple(texts_of[word]) for word in self._words]
        self._before = list(accumulate(map(len, self._texts_of), initial=0))
        # All words in one text, each after a space, so that one search runs through all of them.
        self._joined = "".join(f" {word}" for word in self._words)
        self._starts = list(accumulate((len(word) + 1 for word in self._words), initial=0))

    def beginning(self, prefixes: Sequence[str]) -> Iterable[int]:
        """The texts that have, for each of these, a word that begins like it."""
        rarest = min(map(self._range, prefixes), key=self._count)
        return self._with_all([f" {prefix}" for prefix in prefixes], self._some_of(rarest))

    def containing(self, parts: Sequence[str]) -> Iterable[int]:
        """The texts that have, for each of these, a word with it in its middle or anywhere else."""
        return self._with_all(parts, self._some_with(min(parts, key=self._joined.count)))

    def _range(self, prefix: str) -> range:
        first = bisect_left(self._words, prefix)
        return range(first, bisect_left(self._words, prefix + LAST, lo=first))

    def _count(self, words: range) -> int:
        return self._before[words.stop] - self._before[words.start]

    def _some_of(self, words: range) -> Iterable[int]:
        """The texts of these words; all texts, to be looked through, where that is less work."""
        if self._count(words) > len(self._texts) / _DENSE:
            return range(len(self._texts))
        return sorted(set().union(*self._texts_of[words.start : words.stop]))

    def _some_with(self, part: str) -> Iterable[int]:
        if self._joined.count(part) > len(self._texts) / _DENSE:
            return range(len(self._texts))
        found: set[int] = set()
        at = self._joined.find(part)
        while at >= 0:
            word = bisect_right(self._starts, at) - 1
            found.update(self._texts_of[word])
            at = self._joined.find(part, self._starts[word + 1])
        return sorted(found)

    def _with_all(self, parts: Iterable[str], texts: Iterable[int]) -> Iterable[int]:
        for part in parts:
            texts = self._with(part, texts)
        return texts

    def _with(self, part: str, texts: Iterable[int]) -> Iterator[int]:
        return (at for at in texts if part in self._texts[at])
