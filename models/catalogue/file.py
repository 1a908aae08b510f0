"""The catalogue as a TOML file: read with every problem named, and written so that it reads back the same."""

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError, create_model, field_validator

from models.catalogue.changes import Change, diff
from models.catalogue.connectors import ConnectorSpec
from models.catalogue.entries import AppSpec
from models.catalogue.fields import Spec, named_twice
from models.catalogue.kinds import KINDS
from models.catalogue.lines import Lines
from models.catalogue.never import contradictions
from models.catalogue.notes import settle
from models.catalogue.part import Complaint, Kind, P, Parts
from models.catalogue.part_changes import diff_parts
from models.catalogue.problems import Path, Problem, explain, sentence, where
from models.catalogue.writing import dump

__all__ = ["Catalogue", "CatalogueError", "Change", "CheckConnector", "diff", "diff_parts", "dump", "load"]

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
