"""What is nested in a condition (`any`, `all`, `not`), in the notation of the catalogue file."""

import tomllib
from typing import Any

from pydantic import ValidationError

from models.catalogue.conditions import NESTED, When
from models.catalogue.problems import explain
from models.catalogue.writing import lines

EXAMPLE = 'any = [{ risk = ["high"] }, { guest = true }]'
_CURLY = str.maketrans("“”„‘’", '"""\'\'')
"""What keyboards make of quotes."""
_MOST_SAID = 3


def write(when: When | None) -> str:
    """The nested parts, a line each; empty where nothing is nested."""
    data = when.stored() if when else {}
    return lines({name: data[name] for name in NESTED if name in data})


def read(text: str) -> dict[str, Any]:
    """The nested parts as data, each checked by itself.

    Raises:
        ValueError: with sentences that say where what is wrong.
    """
    data = _parsed(text)
    if not data:
        return {}
    for name in data:
        if name in When.model_fields:
            raise ValueError(f"“{name}” has a field of its own here. Nest it, as in {EXAMPLE}.")
        if name not in NESTED:
            raise ValueError(f"“{name[:40]}” is not known here. It can be any, all and not.")
    try:
        When.model_validate(data)
    except ValidationError as error:
        said = [str(problem) for problem in explain(error, data, When)]
        raise ValueError(f"In {' In '.join(said[:_MOST_SAID])}") from None
    return data


def _parsed(text: str) -> dict[str, Any]:
    try:
        return _loaded(text)
    except ValueError:
        return _loaded(text.translate(_CURLY))


def _loaded(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise ValueError("This is nested too deep. Say it more simply.") from None
    except ValueError as error:
        said = str(error)[:200]
        raise ValueError(f"This cannot be read: {said}. Write it as in {EXAMPLE}.") from None
