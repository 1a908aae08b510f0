"""From a table of fields and an entry to a form, and from the form that came back to the changed entry."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from blocks.admin.field import Field, Known, Wrong, sentence
from blocks.admin.marks import unmarked
from blocks.answers import Values
from blocks.kit import Block
from models.catalogue.never import contradictions
from models.catalogue.problems import Path, Problem, explain
from models.catalogue.spec import AppSpec
from models.errors import Refusal

Errors = dict[str, str]
"""What is wrong, by the block that shows it."""


class Problems(Refusal):
    """A form that cannot be saved as it is."""

    def __init__(self, errors: Errors) -> None:
        super().__init__(" ".join(errors.values()))
        self.errors = errors


def draw(fields: Iterable[Field], spec: object, known: Known) -> list[Block]:
    """The fields, filled in with what the entry has."""
    return [
        block for field in fields for block in field.blocks(field.shown(getattr(spec, field.name)), known)
    ]


def overlay(fields: Iterable[Field], spec: object, values: Values, data: Mapping[str, Any]) -> dict[str, Any]:
    """The entry's data with what was changed in the form laid over it. Raises Problems, all at once."""
    changed, errors = dict(data), Errors()
    values = unmarked(values)
    for field in fields:
        if field.id not in values:
            continue  # it was not drawn
        before, given = getattr(spec, field.name), field.read(values)
        if given == field.shown(before):
            continue
        try:
            changed[field.name] = field.stored(given, before)
        except Wrong as wrong:
            errors[wrong.block] = wrong.sentence
    if errors:
        raise Problems(errors)
    return {name: value for name, value in changed.items() if value is not None}


def validated(
    data: Mapping[str, Any], fields: Sequence[Field], within: Path = (), *, otherwise: str = "name"
) -> AppSpec:
    """The app that this data makes. Raises Problems, each at the field of the form that it is about.

    `within` leads to the entry that the form is about: ("access", 1). What does not fit elsewhere because
    of it is shown at the block `otherwise`.
    """
    try:
        app = AppSpec.model_validate(data)
    except ValidationError as error:
        raise Problems(_placed(explain(error, data), fields, within, otherwise)) from None
    if found := contradictions(app):
        raise Problems(_placed(found, fields, within, otherwise))
    return app


def _placed(problems: Iterable[Problem], fields: Sequence[Field], within: Path, otherwise: str) -> Errors:
    errors = Errors()
    for problem in problems:
        inside = problem.path[len(within) :] if problem.path[: len(within)] == within else ()
        found = _block(fields, inside)
        said = sentence(problem.text)
        errors.setdefault(found or otherwise, said if found else f"{problem.where.capitalize()}: {said}")
    return errors


def _block(fields: Sequence[Field], path: Path) -> str | None:
    """The block of the field that this path leads to, or leads into."""
    named = {field.name: field for field in fields}
    return next((named[step].block_at(path[at + 1 :]) for at, step in enumerate(path) if step in named), None)


Entry = TypeVar("Entry", bound=BaseModel)


def validated_as(model: type[Entry], data: Mapping[str, Any], fields: Sequence[Field]) -> Entry:
    """The entry of another kind that this data makes. Raises Problems as `validated` does."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise Problems(_placed(explain(error, data, model), fields, (), "name")) from None
