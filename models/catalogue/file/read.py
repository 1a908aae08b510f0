"""The catalogue as a TOML file: read with every problem named, at its line, and held against what is live."""

import re
import tomllib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError, create_model, field_validator

from models.catalogue.file.diff import Change, diff, diff_parts
from models.catalogue.file.write import dump
from models.catalogue.lint.problems import Problem, explain, sentence, where
from models.catalogue.lint.remarks import settle
from models.catalogue.lint.unreachable_rules import contradictions
from models.catalogue.spec.connectors import ConnectorSpec
from models.catalogue.spec.entry_kind import Complaint, Kind, P, Parts
from models.catalogue.spec.entry_kinds import KINDS
from models.catalogue.spec.fields import Path, Spec, named_twice
from models.catalogue.spec.specs import AppSpec

__all__ = ["Catalogue", "CatalogueError", "Change", "CheckConnector", "diff", "diff_parts", "dump", "load"]

_TOKENS = re.compile(
    r'"""(?:\\.|[^\\])*?"""|\'\'\'.*?\'\'\'|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|#[^\n]*',
    re.DOTALL,
)
_HEADER = re.compile(r"\s*(\[\[?)\s*([\w-]+(?:\s*\.\s*[\w-]+)*)\s*\]")
_KEY = re.compile(r"\s*([\w-]+)\s*=")


class Lines:
    """The lines of a TOML text that can be parsed, found by its headings and the keys at line starts."""

    def __init__(self, text: str) -> None:
        self._found: dict[Path, int] = {}
        self._counts: Counter[Path] = Counter()
        here: Path = ()
        for number, line in enumerate(_TOKENS.sub(_without_lines, text).split("\n"), start=1):
            if header := _HEADER.match(line):
                here = self._enter(header[2], number, listed=header[1] == "[[")
                self._found.setdefault(here, number)
            elif key := _KEY.match(line):
                self._found.setdefault((*here, key[1]), number)

    def of(self, path: Path) -> int | None:
        """The line of the innermost part of this path that has one."""
        parts = (path[:end] for end in range(len(path), 0, -1))
        return next((self._found[part] for part in parts if part in self._found), None)

    def _enter(self, header: str, number: int, *, listed: bool) -> Path:
        path: Path = ()
        *outer, last = (part.strip() for part in header.split("."))
        for part in outer:
            path = (*path, part)
            if self._counts[path]:
                path = (*path, self._counts[path] - 1)
        path = (*path, last)
        if listed:
            self._found.setdefault(path, number)
            self._counts[path] += 1
            path = (*path, self._counts[path] - 1)
        return path


def _without_lines(token: re.Match[str]) -> str:
    """Comments go, and of a text over several lines only the line breaks stay."""
    text = token[0]
    if text.startswith("#"):
        return ""
    return "\n" * text.count("\n") if text.startswith(('"""', "'''")) else text


CheckConnector = Callable[[ConnectorSpec], str | None]
"""Says what is wrong with a connector, as a sentence; None if nothing is."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What a file says. `notes` tell what was understood otherwise than written, or is worth a look."""

    apps: tuple[AppSpec, ...]
    parts: Parts = field(default_factory=dict)
    """What is no app, by the name of its kind; of a kind that the file does not have there is none."""
    notes: tuple[str, ...] = field(default=(), compare=False)
    lines: Lines = field(default_factory=lambda: Lines(""), compare=False, repr=False)
    """Where in the file each part stands."""

    def of(self, kind: Kind[P]) -> tuple[P, ...]:
        """The entries of one kind."""
        return tuple(one for one in self.parts.get(kind.name, ()) if isinstance(one, kind.model))


class CatalogueError(Exception):
    """A file that cannot be used. `lines` has one per problem: file, line, where, what would be right."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


class _Apps(Spec):
    """The apps of a file."""

    app: tuple[AppSpec, ...] = ()

    @field_validator("app")
    @classmethod
    def _once(cls, apps: tuple[AppSpec, ...]) -> tuple[AppSpec, ...]:
        named_twice(apps)
        return apps


def _field(kind: Kind[Any]) -> tuple[Any, Any]:
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
        raise _failed(text, name, explain(error, data, _File)) from None
    parts = _parts(read)
    problems = _complaints(parts, read, data)
    problems += _contradictions(read, data)
    problems += _connectors(read, data, check_connector) if check_connector else []
    if problems:
        raise _failed(text, name, problems)
    settled = [settle(app) for app in read.app]
    notes = tuple(note for _, notes in settled for note in notes)
    return Catalogue(tuple(app for app, _ in settled), parts, notes, Lines(text))


def _parts(read: _Apps) -> Parts:
    found = {kind.name: getattr(read, kind.name) for kind in KINDS if kind.name in read.model_fields_set}
    return {name: said if isinstance(said, tuple) else (said,) for name, said in found.items() if said}


def _complaints(parts: Parts, read: _Apps, data: object) -> list[Problem]:
    problems = []
    for kind in KINDS:
        entries: tuple[Any, ...] = parts.get(kind.name, ())
        for at, field_name, text in (*_twice(kind, entries), *kind.complaints(entries, read.app)):
            path: Path = (kind.name, at, field_name)
            problems.append(Problem(path, where(path, data), sentence(text)))
    return problems


def _contradictions(read: _Apps, data: object) -> list[Problem]:
    found = ((at, problem) for at, app in enumerate(read.app) for problem in contradictions(app))
    paths = [(("app", at, *problem.path), problem.text) for at, problem in found]
    return [Problem(path, where(path, data), text) for path, text in paths]


def _twice(kind: Kind[Any], entries: tuple[Any, ...]) -> list[Complaint]:
    keys = [kind.key(one) for one in entries]
    named = next(iter(kind.model.model_fields))
    return [
        Complaint(at, named, f"“{key}” stands there twice. Make one {kind.word} of both")
        for at, key in enumerate(keys)
        if key in keys[:at]
    ]


def _parse(text: str, name: str) -> dict[str, object]:
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise CatalogueError([f"{name}: is nested too deep. Say it more simply."]) from None
    except ValueError as error:  # TOMLDecodeError, and a number with thousands of digits
        found = re.search(r" \(at line (\d+), column \d+\)$", str(error))
        said, line = (str(error)[: found.start()], f", line {found[1]}") if found else (str(error), "")
        raise CatalogueError([f"{name}{line}: cannot be read as TOML: {said}."]) from None


def _connectors(read: _Apps, data: object, check: CheckConnector) -> list[Problem]:
    problems = []
    for at, app in enumerate(read.app):
        for place, access in enumerate(app.access):
            if said := check(access.connector):
                path: Path = ("app", at, "access", place, "connector")
                problems.append(Problem(path, where(path, data), said))
    return problems


def _failed(text: str, name: str, problems: list[Problem]) -> CatalogueError:
    lines = Lines(text)
    numbered = sorted(
        ((lines.of(problem.path), problem) for problem in problems), key=lambda pair: pair[0] or 0
    )
    return CatalogueError(
        [f"{name}{f', line {line}' if line else ''}: {problem}" for line, problem in numbered]
    )
