"""Map a catalogue entry to the fields of a form, and a submitted form back to the changed entry."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from blocks import kit
from blocks.admin.block_id_version import plain_block_ids, version_block_ids
from blocks.admin.fields.base import Field, InvalidEntry, InvalidForm, SlackNames, sentence
from blocks.admin.fields.text import TextField
from blocks.admin.ids import AdminPlace, AdminScreen
from blocks.kit import Block, View
from blocks.kit.inputs import Errors, Values
from models.catalogue.lint.problems import CatalogueProblem, explain_errors
from models.catalogue.lint.unreachable_rules import contradictions
from models.catalogue.search import fold
from models.catalogue.spec import AppSpec
from models.catalogue.spec.fields import Path

KEY_LIMIT = 40
KEY = TextField("key", "Key", "Permanent id, used in files. Leave empty to generate it.", limit=KEY_LIMIT)
"""The field of a new entry's key."""
Entry = TypeVar("Entry", bound=BaseModel)


def draw_fields(fields: Iterable[Field], spec: object, names: SlackNames) -> list[Block]:
    """The blocks of the fields, with the entry's content."""
    return [
        block
        for field in fields
        for block in field.blocks(field.form_value(getattr(spec, field.name)), names)
    ]


def merge_changes(
    fields: Iterable[Field], spec: object, values: Values, data: Mapping[str, Any]
) -> dict[str, Any]:
    """The entry's data with the changes of the submitted form.

    Raises:
        InvalidForm: Fields are wrong; with the error of each.
    """
    result, errors = dict(data), Errors()
    values = plain_block_ids(values)
    for field in fields:
        if field.id not in values:
            continue  # it was not drawn
        before, form_value = getattr(spec, field.name), field.read(values)
        if form_value == field.form_value(before):
            continue
        try:
            result[field.name] = field.to_data(form_value, before)
        except InvalidEntry as wrong:
            errors[wrong.block] = wrong.sentence
    if errors:
        raise InvalidForm(errors)
    return {name: value for name, value in result.items() if value is not None}


def validate_app(
    data: Mapping[str, Any], fields: Sequence[Field], within: Path = (), *, otherwise: str = "name"
) -> AppSpec:
    """Validate an app's data.

    `within` is the path of the form's entry, as in ("access", 1). A problem outside of it is shown at the
    block `otherwise`.

    Raises:
        InvalidForm: The data is wrong; with each problem at its field.
    """
    try:
        app = AppSpec.model_validate(data)
    except ValidationError as error:
        raise InvalidForm(_errors_by_block(explain_errors(error, data), fields, within, otherwise)) from None
    if problems := contradictions(app):
        raise InvalidForm(_errors_by_block(problems, fields, within, otherwise))
    return app


def validate_entry(model: type[Entry], data: Mapping[str, Any], fields: Sequence[Field]) -> Entry:
    """Validate the data of another kind of entry.

    Raises:
        InvalidForm: The data is wrong; with each problem at its field.
    """
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise InvalidForm(_errors_by_block(explain_errors(error, data, model), fields, (), "name")) from None


def _errors_by_block(
    problems: Iterable[CatalogueProblem], fields: Sequence[Field], within: Path, otherwise: str
) -> Errors:
    errors = Errors()
    for problem in problems:
        inside = problem.path[len(within) :] if problem.path[: len(within)] == within else ()
        block = _block_at(fields, inside)
        text = sentence(problem.text)
        errors.setdefault(block or otherwise, text if block else f"{problem.where.capitalize()}: {text}")
    return errors


def _block_at(fields: Sequence[Field], path: Path) -> str | None:
    """The block of the field at this path, or that this path leads into."""
    by_name = {field.name: field for field in fields}
    return next(
        (by_name[step].block_at(path[at + 1 :]) for at, step in enumerate(path) if step in by_name), None
    )


def form_view(
    screen: AdminScreen,
    title: str,
    blocks: Iterable[Block],
    place: AdminPlace,
    *,
    above: Sequence[Block] = (),
) -> View:
    """A form's modal, with a banner above the fields where there is one."""
    return kit.modal(
        title,
        [*above, *version_block_ids(blocks)],
        callback_id=screen,
        submit="Save",
        carries=place.carries(),
    )


def make_key(name: str) -> str:
    """A key made from a name: "Größe & Co" gives "grosse-co". Empty if no character of it can be in a key."""
    return re.sub(r"[^a-z0-9]+", "-", fold(name)).strip("-")[:KEY_LIMIT].strip("-")


def with_key(data: dict[str, Any]) -> dict[str, Any]:
    """A new entry's data with its key.

    Raises:
        InvalidForm: There is none, and the name gives none.
    """
    key = data.get(KEY.name) or make_key(str(data.get("name", "")))
    if not key:
        raise InvalidForm({KEY.id: "Enter a key: lowercase letters, digits, - and _."})
    return {**data, KEY.name: key}


def replace_entry(data: Any, path: Path, entry: Any) -> Any:
    """The data with this entry at the path; a path just behind a list's end appends."""
    if not path:
        return entry
    step, rest = path[0], path[1:]
    if isinstance(step, int):
        parts = list(data or ())
        parts[step : step + 1] = [replace_entry(parts[step] if step < len(parts) else None, rest, entry)]
        return parts
    inside = data or {}
    return {**inside, step: replace_entry(inside.get(step), rest, entry)}
