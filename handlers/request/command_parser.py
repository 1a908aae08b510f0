"""One pass over the words, from left to right."""

from collections.abc import Callable
from dataclasses import dataclass

from handlers.catalogue_cache import Shelf
from handlers.request.command_matching import AccessNames, Words, app_beginning, app_called
from models.catalogue.spec import AppSpec
from models.durations import parse_spoken
from models.tables.requests import Term

_ENDLESS = frozenset(
    ("forever", "permanent", "permanently", "indefinite", "indefinitely", "no end", "without end")
)
_REASON = frozenset(("because", "reason"))
_FOR = "for"
_JOINING = frozenset(("", "-", "–", "—", "+", "&", "and", "as", "for", "in", "on", "the", "to", "with"))
"""Words that say nothing when they stand alone."""
_EMERGENCY = "emergency"
_FAR = 60
"""Words within which names are looked for. What comes later is kept as it is."""


@dataclass(frozen=True)
class Typed:
    """What was understood."""

    app: AppSpec | None = None
    access_keys: tuple[str, ...] = ()
    term: Term | None = None
    reason: str = ""
    unread: str = ""
    """What could not be placed."""
    emergency: bool = False


def read(text: str, shelf: Shelf, app: AppSpec | None = None) -> Typed:
    """Read it. With `app`, which somebody has chosen meanwhile, no other application is looked for.

    A first word that means nothing is then the mistyped name of what they chose, and is left away.
    """
    words = Words.of(text)
    found = _find_app(words, shelf)
    if found and app in (None, found[0]):
        return _Reading(words, *found).result()
    return _Reading(words, app, 0, 0).result()


def _find_app(words: Words, shelf: Shelf) -> tuple[AppSpec, int, int] | None:
    """The application, and where its name begins and ends: a whole name anywhere, or how the text begins."""
    end = next((at for at, name in enumerate(words.names) if name in _REASON), len(words))
    for start in range(min(end, _FAR)):
        if found := words.longest(start, len(words), lambda name: app_called(name, shelf)):
            return found[0], start, found[1]
    begun = words.longest(0, end, lambda name: app_beginning(name, shelf))
    return (begun[0], 0, begun[1]) if begun else None


class _Reading:
    """Goes through the words once, and keeps what they mean."""

    def __init__(self, words: Words, app: AppSpec | None, start: int, stop: int) -> None:
        self._words, self._app, self._start, self._stop = words, app, start, stop
        self._names = AccessNames(app)
        self._accesses: dict[str, None] = {}
        self._term: Term | None = None
        self._emergency = False
        self._loose: list[int] = []
        self._at = 0
        self._reason_at: int | None = None
        self._told_until = len(words)
        """Where the words end that may lead up to the reason."""

    def result(self) -> Typed:
        """Read to the end, or to where the reason begins."""
        while self._at < len(self._words) and self._reason_at is None:
            self._step()
        reason, unread = self._leftovers()
        return Typed(self._app, tuple(self._accesses), self._term, reason, unread, self._emergency)

    def _step(self) -> None:
        at = self._at
        self._at = self._understood(at) or self._reason_begins(at) or self._begun(at) or self._leave(at)
        if self._at > self._start and self._reason_at is None and self._words.ends_in_colon(self._at - 1):
            self._reason_at = self._told_until = self._at

    def _understood(self, at: int) -> int | None:
        """Where what is understood from here ends: the application, an access, or how long."""
        if at == self._start < self._stop:
            return self._stop
        return self._access(at, self._names.called) or self._length(at) or self._at_once(at)

    def _begun(self, at: int) -> int | None:
        return self._access(at, self._names.beginning)

    def _access(self, at: int, means: Callable[[str], str | None]) -> int | None:
        if at >= _FAR or self._in_prose:
            return None
        found = self._words.longest(at, self._limit(at), means)
        if found is None:
            return None
        self._accesses[found[0]] = None
        return found[1]

    def _length(self, at: int) -> int | None:
        at += self._words.names[at] == _FOR
        found = self._words.longest(at, self._limit(at), _term) if self._term is None and at < _FAR else None
        if found is None:
            return None
        self._term = found[0]
        return found[1]

    def _at_once(self, at: int) -> int | None:
        """`emergency`, where the application allows it and no sentence goes on with it."""
        allowed = self._app is not None and self._app.emergency is not None
        if not allowed or at < self._stop or self._in_prose or self._words.names[at] != _EMERGENCY:
            return None
        ends = at + 1 == len(self._words) or self._words.ends_in_colon(at)
        if (
            not ends
            and self._words.names[at + 1] not in {*_REASON, _FOR}
            and not _term(self._words.names[at + 1])
        ):
            return None
        self._emergency = True
        return at + 1

    def _reason_begins(self, at: int) -> int | None:
        """Behind `because`, and behind a `for` that no length follows."""
        if at < self._start or self._words.names[at] not in {*_REASON, _FOR} or at + 1 == len(self._words):
            return None
        self._reason_at, self._told_until = at + 1, at
        return self._reason_at

    def _leave(self, at: int) -> int:
        self._loose.append(at)
        return at + 1

    def _limit(self, at: int) -> int:
        return self._start if at < self._start else len(self._words)

    @property
    def _in_prose(self) -> bool:
        """Whether somebody is telling something by now, in which names are only mentioned."""
        told = [at for at in self._loose if self._words.names[at] not in _JOINING]
        return bool(told) and told[-1] >= self._stop and (self._stop > 0 or bool(self._accesses))

    def _leftovers(self) -> tuple[str, str]:
        """The reason, and what has no place. The reason is all from where somebody begins to tell it."""
        runs = [run for run in _runs(self._loose) if not self._says_nothing(run)]
        if self._app and self._stop == 0 and runs[:1] == [range(1)]:
            del runs[0]
        reason_at = len(self._words) if self._reason_at is None else self._reason_at
        told_at = next((run.start for run in runs if self._tells(run)), reason_at)
        unread = [self._words.slice(run.start, run.stop) for run in runs if run.start < told_at]
        return self._words.slice(told_at), " ".join(unread)

    def _tells(self, run: range) -> bool:
        """Whether these words tell a reason. A single one where an access could stand is rather mistyped."""
        placed = self._accesses or self._names.only_one or len(run) > 1
        leads_up = self._reason_at is None or run.stop == self._told_until
        return bool(self._app and placed and leads_up and run.start >= self._stop)

    def _says_nothing(self, run: range) -> bool:
        return all(self._words.names[at] in _JOINING | _REASON for at in run)


def _runs(places: list[int]) -> list[range]:
    """Places in order, as runs of neighbours."""
    runs: list[range] = []
    for at in places:
        if runs and runs[-1].stop == at:
            runs[-1] = range(runs[-1].start, at + 1)
        else:
            runs.append(range(at, at + 1))
    return runs


def _term(name: str) -> Term | None:
    if name in _ENDLESS:
        return Term()
    try:
        return Term(length=parse_spoken(name, bare_hours=False))
    except ValueError:
        return None
