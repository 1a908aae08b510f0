"""Write the catalogue's TOML file, in the layout of the documentation: every key that was set, no other."""

import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from models.catalogue.lint.problems import explain_errors
from models.catalogue.spec.conditions import NESTED, When
from models.catalogue.spec.entry_kind import EntriesByKind
from models.catalogue.spec.entry_kinds import KINDS
from models.catalogue.spec.specs import AppSpec

_TABLES = frozenset({"access", "stage", "deny", "require", "auto_approve", "example"})
"""Lists that stand under headings of their own."""


def dump(apps: Iterable[AppSpec], entries: EntriesByKind | None = None) -> str:
    """The catalogue as TOML. `models.catalogue.file.read.load` reads the same back."""
    tables = [
        *_entry_tables(entries or {}, single=True),
        *(_table(("app",), app.stored()) for app in apps),
        *_entry_tables(entries or {}, single=False),
    ]
    return "\n".join("\n".join(table) + "\n" for table in tables)


def entry_lines(entry: Mapping[str, Any]) -> str:
    """An entry's keys and values as TOML, a line each."""
    return "\n".join(f"{_key(name)} = {_value(value)}" for name, value in entry.items())


def _entry_tables(entries: EntriesByKind, *, single: bool) -> Iterator[Iterator[str]]:
    for kind in KINDS:
        for spec in entries.get(kind.name, ()) if kind.single is single else ():
            if stored := spec.stored():
                yield _table((kind.name,), stored, listed=not single)


def _table(path: tuple[str, ...], entry: Mapping[str, Any], *, listed: bool = True) -> Iterator[str]:
    indent, heading = "  " * (len(path) - 1), ".".join(path)
    yield f"{indent}[[{heading}]]" if listed else f"{indent}[{heading}]"
    below = {
        name: value for name, value in entry.items() if name in _TABLES and value and isinstance(value, list)
    }
    for name, value in entry.items():
        if name not in below and value is not None:
            yield f"{indent}{name} = {_value(value, lines=True)}"
    for name, tables in below.items():
        for table in tables:
            yield ""
            yield from _table((*path, name), table)


def _value(value: Any, *, lines: bool = False) -> str:
    if isinstance(value, Mapping):
        inner = ", ".join(
            f"{_key(name)} = {_value(inner)}" for name, inner in value.items() if inner is not None
        )
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, str) and lines and "\n" in value:
        return '"""\n' + "\n".join(_text(line)[1:-1] for line in value.split("\n")) + '"""'
    return _text(value) if isinstance(value, str) else json.dumps(value)


def _key(name: str) -> str:
    bare = name.isascii() and name.replace("_", "").replace("-", "").isalnum()
    return name if bare else _text(name)


def _text(value: str) -> str:
    """JSON's escapes are TOML's; only the delete character has to be escaped in TOML alone."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


NESTED_EXAMPLE = 'any = [{ risk = ["high"] }, { guest = true }]'
_CURLY = str.maketrans("“”„‘’", '"""\'\'')
"""Quotes as keyboards write them, to be read as plain ones."""
_MAX_PROBLEMS = 3


def write_nested(when: When | None) -> str:
    """The nested conditions of a form's field, as TOML, a line each; empty where nothing is nested."""
    data = when.stored() if when else {}
    return entry_lines({name: data[name] for name in NESTED if name in data})


def read_nested(text: str) -> dict[str, Any]:
    """Read the nested conditions of a form's field: {"any": […]}; empty for an empty text.

    Raises:
        ValueError: with sentences that say where what is wrong.
    """
    try:
        data = _loaded(text)
    except ValueError:
        data = _loaded(text.translate(_CURLY))
    if not data:
        return {}
    for name in data:
        if name in When.model_fields:
            raise ValueError(f"“{name}” has a field of its own here. Nest it, for example {NESTED_EXAMPLE}.")
        if name not in NESTED:
            raise ValueError(f"“{name[:40]}” is unknown here. Use any, all or not.")
    try:
        When.model_validate(data)
    except ValidationError as error:
        problems = explain_errors(error, data, When)[:_MAX_PROBLEMS]
        raise ValueError(f"In {' In '.join(map(str, problems))}") from None
    return data


def _loaded(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise ValueError("This is nested too deep. Simplify it.") from None
    except ValueError as error:
        raise ValueError(f"This can't be read: {str(error)[:200]}. Write it like {NESTED_EXAMPLE}.") from None
