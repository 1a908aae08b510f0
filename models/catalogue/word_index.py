"""Which of many texts have words that begin like this, or have that inside."""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate

WORD = re.compile(r"[^\W_]+")
LAST = "\U0010ffff"
"""Sorts behind every letter: all that begins with x stands from x to x + LAST."""
_DENSE = 10
"""From one text in so many on, looking through all texts finds a screenful sooner than collecting them."""


class WordIndex:
    """The words of some texts, each text known by its place.

    Answers are in order, and found only as far as they are read.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        self._texts = [" ".join(["", *WORD.findall(text)]) for text in texts]
        found: dict[str, list[int]] = defaultdict(list)
        for at, text in enumerate(self._texts):
            for word in set(text.split()):
                found[word].append(at)
        self._words = sorted(found)
        self._having = [tuple(found[word]) for word in self._words]
        self._before = list(accumulate(map(len, self._having), initial=0))
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
        return sorted(set().union(*self._having[words.start : words.stop]))

    def _some_with(self, part: str) -> Iterable[int]:
        if self._joined.count(part) > len(self._texts) / _DENSE:
            return range(len(self._texts))
        found: set[int] = set()
        at = self._joined.find(part)
        while at >= 0:
            word = bisect_right(self._starts, at) - 1
            found.update(self._having[word])
            at = self._joined.find(part, self._starts[word + 1])
        return sorted(found)

    def _with_all(self, parts: Iterable[str], texts: Iterable[int]) -> Iterable[int]:
        for part in parts:
            texts = self._with(part, texts)
        return texts

    def _with(self, part: str, texts: Iterable[int]) -> Iterator[int]:
        return (at for at in texts if part in self._texts[at])
