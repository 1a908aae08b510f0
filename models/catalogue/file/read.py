"""Read the catalogue's TOML file; a file that cannot be used is refused with every problem, at its line."""

import re
import tomllib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError, create_model, field_validator

from models.catalogue.file.diff import CatalogueChange, diff, diff_entries
from models.catalogue.file.write import dump
from models.catalogue.lint.problems import CatalogueProblem, describe_path, explain_errors, sentence
from models.catalogue.lint.remarks import normalize_app
from models.catalogue.lint.unreachable_rules import contradictions
from models.catalogue.spec.connectors import ConnectorSpec
from models.catalogue.spec.entry_kind import EntriesByKind, EntryKind, EntryProblem, P
from models.catalogue.spec.entry_kinds import KINDS
from models.catalogue.spec.fields import Path, Spec, refuse_duplicate_keys
from models.catalogue.spec.specs import AppSpec

__all__ = [
    "Catalogue",
    "CatalogueChange",
    "CatalogueError",
    "CheckConnector",
    "diff",
    "diff_entries",
    "dump",
    "load",
]

_TOKENS = re.compile(
    r'"""(?:\\.|[^\\])*?"""|\'\'\'.*?\'\'\'|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|#[^\n]*',
    re.DOTALL,
)
_HEADER = re.compile(r"\s*(\[\[?)\s*([\w-]+(?:\s*\.\s*[\w-]+)*)\s*\]")
_KEY = re.compile(r"\s*([\w-]+)\s*=")


class TomlLines:
    """The line numbers of a TOML text's entries and keys, found by its headings and keys at line starts."""

    def __init__(self, text: str) -> None:
        self._lines: dict[Path, int] = {}
        self._counts: Counter[Path] = Counter()
        here: Path = ()
        for number, line in enumerate(_TOKENS.sub(_without_lines, text).split("\n"), start=1):
            if header := _HEADER.match(line):
                here = self._enter(header[2], number, listed=header[1] == "[[")
                self._lines.setdefault(here, number)
            elif key := _KEY.match(line):
                self._lines.setdefault((*here, key[1]), number)

    def of(self, path: Path) -> int | None:
        """The line of a path, or else of the innermost entry around it that has one."""
        parts = (path[:end] for end in range(len(path), 0, -1))
        return next((self._lines[part] for part in parts if part in self._lines), None)

    def _enter(self, header: str, number: int, *, listed: bool) -> Path:
        path: Path = ()
        *outer, last = (part.strip() for part in header.split("."))
        for part in outer:
            path = (*path, part)
            if self._counts[path]:
                path = (*path, self._counts[path] - 1)
        path = (*path, last)
        if listed:
            self._lines.setdefault(path, number)
            self._counts[path] += 1
            path = (*path, self._counts[path] - 1)
        return path


def _without_lines(token: re.Match[str]) -> str:
    """A token without what could look like a heading or a key: no comment, and of long texts the breaks."""
    text = token[0]
    if text.startswith("#"):
        return ""
    return "\n" * text.count("\n") if text.startswith(('"""', "'''")) else text


CheckConnector = Callable[[ConnectorSpec], str | None]
"""Says what is wrong with a connector, as a sentence; None if nothing is."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The content of a file. `notes` are the remarks of `normalize_app`, a sentence each."""

    apps: tuple[AppSpec, ...]
    entries: EntriesByKind = field(default_factory=dict)
    """The entries that are no apps, by the name of their kind; kinds without entries are left out."""
    notes: tuple[str, ...] = field(default=(), compare=False)
    lines: TomlLines = field(default_factory=lambda: TomlLines(""), compare=False, repr=False)
    """The line of each entry and key."""

    def of(self, kind: EntryKind[P]) -> tuple[P, ...]:
        """The entries of one kind."""
        return tuple(entry for entry in self.entries.get(kind.name, ()) if isinstance(entry, kind.model))


class CatalogueError(Exception):
    """A file that cannot be used. `lines` has one sentence per problem: file, line, place, what is right."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


class _Apps(Spec):
    """The apps of a file."""

    app: tuple[AppSpec, ...] = ()

    @field_validator("app")
    @classmethod
    def _once(cls, apps: tuple[AppSpec, ...]) -> tuple[AppSpec, ...]:
        refuse_duplicate_keys(apps)
        return apps


def _field(kind: EntryKind[Any]) -> tuple[Any, Any]:
    return (kind.model, kind.model()) if kind.single else (tuple[kind.model, ...], ())  # type: ignore[name-defined]


_FIELDS: dict[str, Any] = {kind.name: _field(kind) for kind in KINDS}
_File = create_model("_File", __base__=_Apps, **_FIELDS)
"""The file as a whole."""


def load(text: str, name: str, check_connector: CheckConnector | None = None) -> Catalogue:
    """Read a catalogue.

    Args:
        text: the TOML.
        name: what to call the file in messages.
        check_connector: asked about the connector of every access.

    Raises:
        CatalogueError: with every problem; nothing of such a file is to be used.
    """
    data = _parse(text, name)
    try:
        read = _File.model_validate(data)
    except ValidationError as error:
        raise CatalogueError(_problem_lines(text, name, explain_errors(error, data, _File))) from None
    entries = _entries_by_kind(read)
    problems = _entry_problems(entries, read, data) + _contradictions(read, data)
    problems += _connector_problems(read, data, check_connector) if check_connector else []
    if problems:
        raise CatalogueError(_problem_lines(text, name, problems))
    normalized = [normalize_app(app) for app in read.app]
    notes = tuple(note for _, notes in normalized for note in notes)
    return Catalogue(tuple(app for app, _ in normalized), entries, notes, TomlLines(text))


def _entries_by_kind(read: _Apps) -> EntriesByKind:
    values = {kind.name: getattr(read, kind.name) for kind in KINDS if kind.name in read.model_fields_set}
    return {name: value if isinstance(value, tuple) else (value,) for name, value in values.items() if value}


def _entry_problems(by_kind: EntriesByKind, read: _Apps, data: object) -> list[CatalogueProblem]:
    problems = []
    for kind in KINDS:
        entries: tuple[Any, ...] = by_kind.get(kind.name, ())
        for at, field_name, text in (*_duplicates(kind, entries), *kind.find_problems(entries, read.app)):
            path: Path = (kind.name, at, field_name)
            problems.append(CatalogueProblem(path, describe_path(path, data), sentence(text)))
    return problems


def _contradictions(read: _Apps, data: object) -> list[CatalogueProblem]:
    problems = []
    for at, app in enumerate(read.app):
        for problem in contradictions(app):
            path: Path = ("app", at, *problem.path)
            problems.append(CatalogueProblem(path, describe_path(path, data), problem.text))
    return problems


def _duplicates(kind: EntryKind[Any], entries: tuple[Any, ...]) -> list[EntryProblem]:
    keys = [kind.key(entry) for entry in entries]
    first_field = next(iter(kind.model.model_fields))
    return [
        EntryProblem(at, first_field, f"“{key}” is listed twice. Merge the two")
        for at, key in enumerate(keys)
        if key in keys[:at]
    ]


def _parse(text: str, name: str) -> dict[str, object]:
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise CatalogueError([f"{name}: is nested too deep. Simplify it."]) from None
    except ValueError as error:  # TOMLDecodeError, and a number with thousands of digits
        match = re.search(r" \(at line (\d+), column \d+\)$", str(error))
        text, line = (str(error)[: match.start()], f", line {match[1]}") if match else (str(error), "")
        raise CatalogueError([f"{name}{line}: cannot be read as TOML: {text}."]) from None


def _connector_problems(read: _Apps, data: object, check: CheckConnector) -> list[CatalogueProblem]:
    problems = []
    for at, app in enumerate(read.app):
        for place, access in enumerate(app.access):
            if sentence := check(access.connector):
                path: Path = ("app", at, "access", place, "connector")
                problems.append(CatalogueProblem(path, describe_path(path, data), sentence))
    return problems


def _problem_lines(text: str, name: str, problems: list[CatalogueProblem]) -> list[str]:
    lines = TomlLines(text)
    numbered = sorted(
        ((lines.of(problem.path), problem) for problem in problems), key=lambda pair: pair[0] or 0
    )
    return [f"{name}{f', line {line}' if line else ''}: {problem}" for line, problem in numbered]
