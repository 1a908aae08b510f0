"""Parse the text behind the command: `github engineering 8h because INC-42`.

Names count without case, accents and the punctuation around them, or by the beginnings of their words where
only one fits. Nothing is lost: what cannot be placed comes back as `unread`.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from handlers.catalogue_cache import CatalogueSnapshot
from handlers.request.command_matching import AccessNames, Tokens, closest_app, find_app, find_app_by_prefix
from models.catalogue.spec import AppSpec
from models.durations import parse_typed_duration
from models.tables.requests import Term

_ENDLESS = frozenset(
    ("forever", "permanent", "permanently", "indefinite", "indefinitely", "no end", "without end")
)
_REASON = frozenset(("because", "reason"))
_FOR = "for"
_JOINING = frozenset(("", "-", "–", "—", "+", "&", "and", "as", "for", "in", "on", "the", "to", "with"))
"""Words that mean nothing when they stand alone."""
_EMERGENCY = "emergency"
_MAX_TOKENS = 60
"""Tokens in which names are searched. Later ones belong to the reason."""


@dataclass(frozen=True)
class ParsedCommand:
    """What a command's text means."""

    app: AppSpec | None = None
    access_keys: tuple[str, ...] = ()
    term: Term | None = None
    reason: str = ""
    unread: str = ""
    """The words without a meaning."""
    emergency: bool = False
    misspelled: str = ""
    """The words that `app` was guessed from, where no app is called so."""


def parse_command(text: str, snapshot: CatalogueSnapshot, app: AppSpec | None = None) -> ParsedCommand:
    """Parse a command's text. With `app`, which was chosen in the form meanwhile, no other app is searched.

    A first word without a meaning is then a mistyped name of that app, and is left out. Without `app`, the
    first words may be a misspelled name.
    """
    tokens = Tokens.of(text)
    match = _find_app(tokens, snapshot)
    if match and app in (None, match[0]):
        return _Parser(tokens, *match).parse()
    if app is None and (guess := tokens.longest(0, _end(tokens), lambda name: closest_app(name, snapshot))):
        parsed = _Parser(tokens, guess[0], 0, guess[1]).parse()
        return replace(parsed, misspelled=tokens.slice(0, guess[1]))
    return _Parser(tokens, app, 0, 0).parse()


def _find_app(tokens: Tokens, snapshot: CatalogueSnapshot) -> tuple[AppSpec, int, int] | None:
    """Return the app, and where its name starts and stops: a whole name anywhere, a prefix only first."""
    end = _end(tokens)
    for start in range(min(end, _MAX_TOKENS)):
        if match := tokens.longest(start, len(tokens), lambda name: find_app(name, snapshot)):
            return match[0], start, match[1]
    match = tokens.longest(0, end, lambda name: find_app_by_prefix(name, snapshot))
    return (match[0], 0, match[1]) if match else None


def _end(tokens: Tokens) -> int:
    """Return where the reason starts, or else where the tokens stop."""
    return next((at for at, name in enumerate(tokens.names) if name in _REASON), len(tokens))


class _Parser:
    """One pass over the tokens, from left to right; `start` and `stop` are those of the app's name.

    Its methods that take a position return where what they read there stops; None where it is something else.
    """

    def __init__(self, tokens: Tokens, app: AppSpec | None, start: int, stop: int) -> None:
        self._tokens, self._app, self._start, self._stop = tokens, app, start, stop
        self._names = AccessNames(app)
        self._accesses: dict[str, None] = {}
        self._term: Term | None = None
        self._emergency = False
        self._unread: list[int] = []
        self._at = 0
        self._reason_at: int | None = None
        self._leadup_stop = len(tokens)
        """Where the tokens stop that may be the start of the reason."""

    def parse(self) -> ParsedCommand:
        """Read all tokens up to the reason."""
        while self._at < len(self._tokens) and self._reason_at is None:
            self._step()
        reason, unread = self._split_unread()
        return ParsedCommand(self._app, tuple(self._accesses), self._term, reason, unread, self._emergency)

    def _step(self) -> None:
        at = self._at
        self._at = self._read_exact(at) or self._read_reason(at) or self._read_prefix(at) or self._skip(at)
        if self._at > self._start and self._reason_at is None and self._tokens.ends_in_colon(self._at - 1):
            self._reason_at = self._leadup_stop = self._at

    def _read_exact(self, at: int) -> int | None:
        """Read the app's name, the whole name of an access, a length, or `emergency`."""
        if at == self._start < self._stop:
            return self._stop
        return self._read_access(at, self._names.find) or self._read_length(at) or self._read_emergency(at)

    def _read_prefix(self, at: int) -> int | None:
        return self._read_access(at, self._names.find_by_prefix)

    def _read_access(self, at: int, find: Callable[[str], str | None]) -> int | None:
        if at >= _MAX_TOKENS or self._in_prose:
            return None
        match = self._tokens.longest(at, self._limit(at), find)
        if match is None:
            return None
        self._accesses[match[0]] = None
        return match[1]

    def _read_length(self, at: int) -> int | None:
        at += self._tokens.names[at] == _FOR
        if self._term is not None or at >= _MAX_TOKENS:
            return None
        match = self._tokens.longest(at, self._limit(at), _parse_term)
        if match is None:
            return None
        self._term = match[0]
        return match[1]

    def _read_emergency(self, at: int) -> int | None:
        """Read `emergency`, where the app allows it and the word does not belong to a sentence."""
        allowed = self._app is not None and self._app.emergency is not None
        if not allowed or at < self._stop or self._in_prose or self._tokens.names[at] != _EMERGENCY:
            return None
        if at + 1 < len(self._tokens) and not self._tokens.ends_in_colon(at):
            following = self._tokens.names[at + 1]
            if following not in {*_REASON, _FOR} and not _parse_term(following):
                return None
        self._emergency = True
        return at + 1

    def _read_reason(self, at: int) -> int | None:
        """Begin the reason behind `because`, and behind a `for` that no length follows."""
        if at < self._start or self._tokens.names[at] not in {*_REASON, _FOR} or at + 1 == len(self._tokens):
            return None
        self._reason_at, self._leadup_stop = at + 1, at
        return self._reason_at

    def _skip(self, at: int) -> int:
        self._unread.append(at)
        return at + 1

    def _limit(self, at: int) -> int:
        return self._start if at < self._start else len(self._tokens)

    @property
    def _in_prose(self) -> bool:
        """Whether the text is a sentence by now, in which names are only mentioned."""
        words = [at for at in self._unread if self._tokens.names[at] not in _JOINING]
        return bool(words) and words[-1] >= self._stop and (self._stop > 0 or bool(self._accesses))

    def _split_unread(self) -> tuple[str, str]:
        """Return the reason, from its first word to the end, and the words before it without a meaning."""
        runs = [run for run in _runs(self._unread) if not self._is_filler(run)]
        if self._app and self._stop == 0 and runs[:1] == [range(1)]:
            del runs[0]
        reason_at = len(self._tokens) if self._reason_at is None else self._reason_at
        reason_at = next((run.start for run in runs if self._starts_reason(run)), reason_at)
        unread = [self._tokens.slice(run.start, run.stop) for run in runs if run.start < reason_at]
        return self._tokens.slice(reason_at), " ".join(unread)

    def _starts_reason(self, run: range) -> bool:
        """Whether these tokens are a reason. A single one where an access could stand is rather mistyped."""
        plausible = self._accesses or self._names.single or len(run) > 1
        leads_up = self._reason_at is None or run.stop == self._leadup_stop
        return bool(self._app and plausible and leads_up and run.start >= self._stop)

    def _is_filler(self, run: range) -> bool:
        return all(self._tokens.names[at] in _JOINING | _REASON for at in run)


def _runs(positions: list[int]) -> list[range]:
    """Group sorted positions into runs of neighbours."""
    runs: list[range] = []
    for at in positions:
        if runs and runs[-1].stop == at:
            runs[-1] = range(runs[-1].start, at + 1)
        else:
            runs.append(range(at, at + 1))
    return runs


def _parse_term(name: str) -> Term | None:
    if name in _ENDLESS:
        return Term()
    try:
        return Term(length=parse_typed_duration(name, bare_hours=False))
    except ValueError:
        return None
