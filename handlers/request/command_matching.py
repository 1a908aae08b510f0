"""The tokens of a typed command, and the apps and accesses whose names they match."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TypeVar

from handlers.catalogue_cache import CatalogueSnapshot, normalize_name
from models.catalogue.search import WORD, fold
from models.catalogue.spec import AccessSpec, AppSpec

T = TypeVar("T")
E = TypeVar("E", AppSpec, AccessSpec)

_LONGEST = 8
"""Tokens of a name or a length at most."""
_MIN_PREFIX = 3
"""Characters that the prefix of a name needs."""
_MIN_CLOSE = 4
"""Characters that a misspelled name needs."""
_CLOSE = 0.8
"""How alike a misspelled name has to be, as `difflib` measures it from 0 to 1."""


@dataclass(frozen=True)
class Tokens:
    """A text, split at white space."""

    text: str
    matches: tuple[re.Match[str], ...]
    names: tuple[str, ...]
    """Each token, normalized."""

    @classmethod
    def of(cls, text: str) -> "Tokens":
        matches = tuple(re.finditer(r"\S+", text))
        return cls(text, matches, tuple(normalize_name(match[0]) for match in matches))

    def __len__(self) -> int:
        return len(self.matches)

    def slice(self, start: int, stop: int | None = None) -> str:
        """Return these tokens as they were typed."""
        stop = len(self) if stop is None else stop
        return self.text[self.matches[start].start() : self.matches[stop - 1].end()] if start < stop else ""

    def longest(self, at: int, stop: int, find: Callable[[str], T | None]) -> tuple[T, int] | None:
        """Return what `find` makes of the longest run of tokens from `at`, and where the run stops."""
        for end in range(min(at + _LONGEST, stop), at, -1):
            if (match := find(" ".join(filter(None, self.names[at:end])))) is not None:
                return match, end
        return None

    def ends_in_colon(self, at: int) -> bool:
        return self.matches[at][0].endswith(":")


def find_app(name: str, snapshot: CatalogueSnapshot) -> AppSpec | None:
    """Return the app with this key or whole name."""
    return snapshot.find_by_name(name) if name else None


def find_app_by_prefix(name: str, snapshot: CatalogueSnapshot) -> AppSpec | None:
    """Return the only app whose words begin like this, or the only one whose whole name does."""
    if len(name) < _MIN_PREFIX:
        return None
    apps = [app for app in snapshot.search(name) if _has_prefixes(name, _words(f"{app.name} {app.key}"))]
    if len(apps) > 1:
        apps = [app for app in apps if fold(app.name).startswith(name)]
    return apps[0] if len(apps) == 1 else None


def closest_app(name: str, snapshot: CatalogueSnapshot) -> AppSpec | None:
    """Return the enabled app whose name or key this is with a slip in it; None where several are as close."""
    return _closest(name, snapshot.enabled())


def closest_access(text: str, app: AppSpec) -> AccessSpec | None:
    """Return the enabled access whose name or key this is with a slip in it, or one word of its name."""
    return _closest(normalize_name(text), [access for access in app.access if access.enabled])


class AccessNames:
    """The enabled accesses of an app, by their names."""

    def __init__(self, app: AppSpec | None) -> None:
        accesses = [access for access in app.access if access.enabled] if app else []
        self._whole = {normalize_name(access.name): access.key for access in reversed(accesses)}
        self._whole |= {access.key: access.key for access in accesses}
        self._words = [(access.key, _words(f"{access.name} {access.key}")) for access in accesses]

    @property
    def single(self) -> bool:
        """Whether there is only one."""
        return len(self._words) == 1

    def find(self, name: str) -> str | None:
        """Return the key of the access with this key or whole name."""
        return self._whole.get(name)

    def find_by_prefix(self, name: str) -> str | None:
        """Return the key of the only access whose words begin like this."""
        if len(name) < _MIN_PREFIX:
            return None
        keys = [key for key, words in self._words if _has_prefixes(name, words)]
        return keys[0] if len(keys) == 1 else None


def _closest(name: str, entries: Sequence[E]) -> E | None:
    if len(name) < _MIN_CLOSE:
        return None
    scored = [(_closeness(name, entry), entry) for entry in entries]
    best = max((score for score, _ in scored), default=0.0)
    closest = [entry for score, entry in scored if score == best]
    return closest[0] if best >= _CLOSE and len(closest) == 1 else None


def _closeness(name: str, entry: AppSpec | AccessSpec) -> float:
    names = {normalize_name(entry.name), entry.key, *_words(entry.name)}
    return max(SequenceMatcher(None, name, known).ratio() for known in names)


def _words(text: str) -> list[str]:
    return WORD.findall(fold(text))


def _has_prefixes(name: str, words: list[str]) -> bool:
    """Whether each word of the name begins one of these words."""
    prefixes = WORD.findall(name)
    return bool(prefixes) and all(any(word.startswith(prefix) for word in words) for prefix in prefixes)
