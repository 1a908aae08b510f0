"""The table of methods, from `table.toml`: verb, tier, scopes, arguments, errors."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Argument:
    """An argument of a method; `kind` is str, int, bool, list or json."""

    name: str
    kind: str
    required: bool


@dataclass(frozen=True)
class Method:
    """A row of the table; its columns are explained at the top of `table.toml`."""

    name: str
    verb: str
    tier: str
    scopes: tuple[str, ...]
    arguments: tuple[Argument, ...]
    errors: frozenset[str]
    json: bool
    caller: str


def _words(text: str, families: dict[str, str]) -> list[str]:
    """The words of a cell, with `$name` replaced by the words of that family."""
    return [part for word in text.split() for part in families.get(word.removeprefix("$"), word).split()]


def _argument(word: str) -> Argument:
    name, _, kind = word.partition(":")
    return Argument(name.rstrip("!"), kind or "str", name.endswith("!"))


def _method(name: str, row: dict[str, Any], families: dict[str, dict[str, str]]) -> Method:
    columns = {
        column: _words(row.get(column, ""), families[column]) for column in ("scopes", "arguments", "errors")
    }
    return Method(
        name=name,
        verb=row["verb"],
        tier=row["tier"],
        scopes=tuple(columns["scopes"]),
        arguments=tuple(_argument(word) for word in columns["arguments"]),
        errors=frozenset([*columns["errors"], *families["errors"]["common"].split()]),
        json=row.get("json", True),
        caller=row.get("caller", "bot"),
    )


def _read() -> dict[str, Method]:
    data = tomllib.loads(Path(__file__).with_suffix(".toml").read_text())
    return {name: _method(name, row, data["families"]) for name, row in data["methods"].items()}


TABLE = _read()
