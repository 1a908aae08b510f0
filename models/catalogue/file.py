"""The catalogue as a TOML file: read with every problem named, and written so that it reads back the same."""

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field

from pydantic import ValidationError, field_validator

from models.catalogue.changes import Change, diff
from models.catalogue.connectors import ConnectorSpec
from models.catalogue.entries import AppSpec
from models.catalogue.fields import Spec, named_twice
from models.catalogue.lines import Lines
from models.catalogue.notes import settle
from models.catalogue.problems import Path, Problem, explain, where
from models.catalogue.writing import dump

__all__ = ["Catalogue", "CatalogueError", "Change", "CheckConnector", "diff", "dump", "load"]

CheckConnector = Callable[[ConnectorSpec], str | None]
"""Says what is wrong with a connector, as a sentence; None if nothing is."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What a file says. `notes` tell what was understood otherwise than written, or is worth a look."""

    apps: tuple[AppSpec, ...]
    notes: tuple[str, ...] = field(default=(), compare=False)
    lines: Lines = field(default_factory=lambda: Lines(""), compare=False, repr=False)
    """Where in the file each part stands."""


class CatalogueError(Exception):
    """A file that cannot be used. `lines` has one per problem: file, line, where, what would be right."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


class _File(Spec):
    """The file as a whole."""

    app: tuple[AppSpec, ...] = ()

    @field_validator("app")
    @classmethod
    def _once(cls, apps: tuple[AppSpec, ...]) -> tuple[AppSpec, ...]:
        named_twice(apps)
        return apps


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
    if check_connector and (problems := _connectors(read, data, check_connector)):
        raise _failed(text, name, problems)
    settled = [settle(app) for app in read.app]
    notes = tuple(note for _, notes in settled for note in notes)
    return Catalogue(tuple(app for app, _ in settled), notes, Lines(text))


def _parse(text: str, name: str) -> dict[str, object]:
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise CatalogueError([f"{name}: is nested too deep. Say it more simply."]) from None
    except ValueError as error:  # TOMLDecodeError, and a number with thousands of digits
        found = re.search(r" \(at line (\d+), column \d+\)$", str(error))
        said, line = (str(error)[: found.start()], f", line {found[1]}") if found else (str(error), "")
        raise CatalogueError([f"{name}{line}: cannot be read as TOML: {said}."]) from None


def _connectors(read: _File, data: object, check: CheckConnector) -> list[Problem]:
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
