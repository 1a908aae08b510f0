"""What is wrong with an entry, in sentences: where it is, what is wrong with it, and what would be right."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from models.catalogue.spec.conditions import When
from models.catalogue.spec.connectors import ConnectorSpec
from models.catalogue.spec.entry_kinds import KINDS
from models.catalogue.spec.examples import ExampleSpec, Someone
from models.catalogue.spec.fields import Path
from models.catalogue.spec.specs import AccessSpec, AppSpec, EmergencySpec, RequireSpec, RuleSpec, StageSpec
from models.did_you_mean import did_you_mean

_MODELS: dict[str, type[BaseModel]] = {
    "app": AppSpec,
    "access": AccessSpec,
    "stage": StageSpec,
    "deny": RuleSpec,
    "require": RequireSpec,
    "auto_approve": RuleSpec,
    "example": ExampleSpec,
    "who": Someone,
    "connector": ConnectorSpec,
    "emergency": EmergencySpec,
    "when": When,
    "any": When,
    "all": When,
    "not": When,
    **{kind.name: kind.model for kind in KINDS},
}
_SENTENCES = {
    "missing": "is missing. It has to be there",
    "string_type": "is not text. Write it in quotes",
    "string_unicode": "is not text that can be read",
    "string_too_short": "is empty. Write something",
    "string_too_long": "is longer than {max_length} characters. Shorten it",
    "string_pattern_mismatch": "can have small letters, digits and _ only",
    "bool_type": "is not a switch. Write true or false",
    "tuple_type": "is not a list. Write it in [ ]",
    "too_short": "is empty. List at least one, or leave it out",
    "too_long": "has more than {max_length} entries. Take some out",
    "model_type": "is not a table. Write it in {{ }} or under a heading of its own",
    "invalid-json-value": "cannot be kept. Write text, a number, true, false, a list or a table",
    "recursion_loop": "is nested too deep. Say it more simply",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong. `path` leads to it: ("app", 0, "access", 1, "kind")."""

    path: Path
    where: str
    """The same for people: app "github" → access "engineering" → kind."""
    text: str

    def __str__(self) -> str:
        return f"{self.where}: {self.text}" if self.where else self.text


def explain(error: ValidationError, data: object, root: type[BaseModel] = AppSpec) -> list[Problem]:
    """Say each problem that pydantic found in `data`, which was to be a `root`."""
    every = error.errors(include_url=False)
    return [
        Problem(found["loc"], where(found["loc"], data), _sentence(found, root))
        for found in every
        if not _follows(found, every)
    ]


def _follows(found: ErrorDetails, every: Sequence[ErrorDetails]) -> bool:
    """Whether a list is only called empty because what stands in it cannot be used, which is said already."""
    path = found["loc"]
    return found["type"] == "too_short" and any(
        other["loc"][: len(path)] == path and other["loc"] != path for other in every
    )


def where(path: Path, data: object) -> str:
    """Say where in `data` a path leads: entries by their key or name, places in a list counted from 1."""
    steps: list[str] = []
    for step in path:
        data = _inside(data, step)
        if isinstance(step, int) and steps:
            steps[-1] += f" {_called(data, step)}"
        else:
            steps.append(str(step)[:80])
    return " → ".join(steps)


def _sentence(found: ErrorDetails, root: type[BaseModel]) -> str:
    kind, context = found["type"], found.get("ctx", {})
    if kind == "value_error":
        text = str(context["error"])
    elif kind == "extra_forbidden":
        return f"is not known here. {did_you_mean(str(found['loc'][-1]), _keys(found['loc'], root))}"
    elif kind == "enum":
        known = [word.strip(" '") for word in context["expected"].replace(" or ", ", ").split(",")]
        return f"“{str(found['input'])[:40]}” is not known. {did_you_mean(str(found['input']), known)}"
    else:
        text = _SENTENCES[kind].format(**context) if kind in _SENTENCES else found["msg"]
    return sentence(text)


def sentence(text: str) -> str:
    """The text with its full stop."""
    return text if text.endswith((".", "?")) else f"{text}."


def _keys(path: Path, root: type[BaseModel]) -> list[str]:
    """The keys that are known where this path leads."""
    names = [step for step in path[:-1] if isinstance(step, str)]
    model = _MODELS.get(names[-1], root) if names else root
    return [field.alias or name for name, field in model.model_fields.items()]


def _inside(data: object, step: str | int) -> object:
    if isinstance(data, Mapping):
        return data.get(step)
    within = isinstance(data, Sequence) and isinstance(step, int) and step < len(data)
    return data[step] if within and isinstance(data, Sequence) and isinstance(step, int) else None


def _called(entry: object, place: int) -> str:
    named: Any = entry if isinstance(entry, Mapping) else {}
    called = next((named[key] for key in ("key", "name", "person") if isinstance(named.get(key), str)), None)
    return f'"{called[:80]}"' if called else f"{place + 1}"
