"""Explain what is wrong with an entry: where, what is wrong, and what would be right."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from models.catalogue.spec.conditions import When
from models.catalogue.spec.connectors import ConnectorSpec
from models.catalogue.spec.entry_kinds import KINDS
from models.catalogue.spec.examples import ExamplePerson, ExampleSpec
from models.catalogue.spec.fields import Path
from models.catalogue.spec.specs import AccessSpec, AppSpec, EmergencySpec, RequireSpec, RuleSpec, StageSpec
from models.text import did_you_mean

_MODELS: dict[str, type[BaseModel]] = {
    "app": AppSpec,
    "access": AccessSpec,
    "stage": StageSpec,
    "deny": RuleSpec,
    "require": RequireSpec,
    "auto_approve": RuleSpec,
    "example": ExampleSpec,
    "who": ExamplePerson,
    "connector": ConnectorSpec,
    "emergency": EmergencySpec,
    "when": When,
    "any": When,
    "all": When,
    "not": When,
    **{kind.name: kind.model for kind in KINDS},
}
_SENTENCES = {
    "missing": "is missing. Add it",
    "string_type": "is not text. Write it in quotes",
    "string_unicode": "is not valid text",
    "string_too_short": "is empty. Write something",
    "string_too_long": "is longer than {max_length} characters. Shorten it",
    "string_pattern_mismatch": "may contain small letters, digits and _ only",
    "bool_type": "is not a switch. Write true or false",
    "tuple_type": "is not a list. Write it in [ ]",
    "too_short": "is empty. List at least one, or remove it",
    "too_long": "has more than {max_length} entries. Remove some",
    "model_type": "is not a table. Write it in {{ }} or under a heading of its own",
    "invalid-json-value": "can't be stored. Write text, a number, true, false, a list or a table",
    "recursion_loop": "is nested too deep. Simplify it",
}


@dataclass(frozen=True, slots=True)
class CatalogueProblem:
    """A problem of the catalogue. `path` leads to it: ("app", 0, "access", 1, "kind")."""

    path: Path
    where: str
    """The path in words: app "github" → access "engineering" → kind."""
    text: str

    def __str__(self) -> str:
        return f"{self.where}: {self.text}" if self.where else self.text


def explain_errors(
    error: ValidationError, data: object, root: type[BaseModel] = AppSpec
) -> list[CatalogueProblem]:
    """The problems that pydantic found in `data`, which was validated as a `root`."""
    errors = error.errors(include_url=False)
    return [
        CatalogueProblem(details["loc"], describe_path(details["loc"], data), _sentence(details, root))
        for details in errors
        if not _follows_from_others(details, errors)
    ]


def _follows_from_others(details: ErrorDetails, errors: Sequence[ErrorDetails]) -> bool:
    """Whether a list counts as empty only because its items are wrong, which other errors say."""
    path = details["loc"]
    return details["type"] == "too_short" and any(
        other["loc"][: len(path)] == path and other["loc"] != path for other in errors
    )


def describe_path(path: Path, data: object) -> str:
    """A path in words: entries of `data` by their key or name, places in a list counted from 1."""
    steps: list[str] = []
    for step in path:
        data = _inside(data, step)
        if isinstance(step, int) and steps:
            steps[-1] += f" {_name_or_place(data, step)}"
        else:
            steps.append(str(step)[:80])
    return " → ".join(steps)


def _sentence(details: ErrorDetails, root: type[BaseModel]) -> str:
    kind, context = details["type"], details.get("ctx", {})
    if kind == "value_error":
        text = str(context["error"])
    elif kind == "extra_forbidden":
        return f"is not known here. {did_you_mean(str(details['loc'][-1]), _keys(details['loc'], root))}"
    elif kind == "enum":
        known = [word.strip(" '") for word in context["expected"].replace(" or ", ", ").split(",")]
        return f"“{str(details['input'])[:40]}” is not known. {did_you_mean(str(details['input']), known)}"
    else:
        text = _SENTENCES[kind].format(**context) if kind in _SENTENCES else details["msg"]
    return sentence(text)


def sentence(text: str) -> str:
    """The text with its full stop."""
    return text if text.endswith((".", "?")) else f"{text}."


def _keys(path: Path, root: type[BaseModel]) -> list[str]:
    """The keys that an entry at this path can have."""
    names = [step for step in path[:-1] if isinstance(step, str)]
    model = _MODELS.get(names[-1], root) if names else root
    return [field.alias or name for name, field in model.model_fields.items()]


def _inside(data: object, step: str | int) -> object:
    if isinstance(data, Mapping):
        return data.get(step)
    within = isinstance(data, Sequence) and isinstance(step, int) and step < len(data)
    return data[step] if within and isinstance(data, Sequence) and isinstance(step, int) else None


def _name_or_place(entry: object, place: int) -> str:
    fields: Any = entry if isinstance(entry, Mapping) else {}
    name = next((fields[key] for key in ("key", "name", "person") if isinstance(fields.get(key), str)), None)
    return f'"{name[:80]}"' if name else f"{place + 1}"
