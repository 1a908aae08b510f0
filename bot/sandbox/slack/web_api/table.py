"""Reads `table.toml`, the facts about every method."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Argument:
    """`kind` is str, int, bool, list or json."""

    name: str
    kind: str
    required: bool


@dataclass(frozen=True)
class Method:
    """One row of the table; its columns are explained at the top of `table.toml`."""

    name: str
    verb: str
    tier: str
    scopes: tuple[str, ...]
    arguments: tuple[Argument, ...]
    errors: frozenset[str]
    json: bool
    caller: str


def _words(text: str, families: dict[str, str]) -> list[str]:
    """The words, with `$name` replaced by those of its family."""
    return [each for word in text.split() for each in families.get(word.removeprefix("$"), word).split()]


def _argument(word: str) -> Argument:
    name, _, kind = word.partition(":")
    return Argument(name.rstrip("!"), kind or "str", name.endswith("!"))


def _method(name: str, row: dict[str, Any], families: dict[str, dict[str, str]]) -> Method:
    columns = {each: _words(row.get(each, ""), families[each]) for each in ("scopes", "arguments", "errors")}
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
