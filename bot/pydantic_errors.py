"""Explain pydantic's validation errors of a TOML document to whoever wrote it."""

import json
import re
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any, NamedTuple, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

Location = tuple[int | str, ...]

# TOML's words for types, by pydantic's type of error.
EXPECTATIONS = {
    "bool_type": "should be true or false, without quotes",
    "dict_type": "should be a table",
    "int_type": "should be a whole number, without quotes",
    "list_type": "should be a list, in square brackets",
    "model_type": "should be a table",
    "string_type": "should be text, in quotes",
    "tuple_type": "should be a list, in square brackets",
}


class FieldProblem(NamedTuple):
    """One thing that is wrong: where, and what would be right there."""

    location: Location
    words: str

    @property
    def key(self) -> str:
        """The place as a dotted TOML key, `slack.admins[0]`, on one line whatever the key holds."""
        parts = (f"[{part}]" if isinstance(part, int) else f".{quoted(part)}" for part in self.location)
        return "".join(parts).removeprefix(".")


def quoted(key: str) -> str:
    """A TOML key, in quotes where it is not a bare word."""
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else json.dumps(key)


def explain(error: ValidationError, model: type[BaseModel]) -> list[FieldProblem]:
    """Each problem in `error`, of validating `model`. No value is quoted: it may be a secret."""
    errors = error.errors(include_url=False, include_input=False)
    return [FieldProblem(details["loc"], words(details, model)) for details in errors]


def words(details: ErrorDetails, model: type[BaseModel]) -> str:
    """What would be right at the place of one error."""
    kind, location = details["type"], details["loc"]
    if kind == "extra_forbidden":
        return unknown_key(str(location[-1]), model_at(model, location[:-1]))
    if kind == "missing":
        return missing_key(field_at(model, location))
    if kind == "value_error":
        return str(details["ctx"]["error"])
    return EXPECTATIONS.get(kind) or details["msg"].replace("Input should", "should")


def unknown_key(key: str, model: type[BaseModel] | None) -> str:
    """Names the nearest key of the table, or all of them."""
    known = list(model.model_fields) if model else []
    near = get_close_matches(key, known, n=1)
    hint = f"did you mean {near[0]}?" if near else f"known here: {', '.join(known)}"
    return f"is not a known key; {hint}"


def missing_key(field: FieldInfo | None) -> str:
    """The field's description says what belongs there."""
    return f"is missing: {field.description}" if field and field.description else "is missing"


def field_at(model: type[BaseModel], location: Location) -> FieldInfo | None:
    """The field that a location's last part names."""
    owner = model_at(model, location[:-1])
    return owner.model_fields.get(str(location[-1])) if owner else None


def model_at(model: type[BaseModel] | None, location: Location) -> type[BaseModel] | None:
    """The model of the table at a location; positions in lists are passed over."""
    for part in location:
        if model and isinstance(part, str):
            field = model.model_fields.get(part)
            model = next(models_in(field.annotation), None) if field else None
    return model


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """The models named in an annotation such as `tuple[AppSpec, ...] | None`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from models_in(argument)
