"""Who may do what: the table in roles.txt, complete, and true of the real app.

A part of the cells is tried by default: in each row one for each outcome there is, with another part from
row to row. KEYTURN_ROLES=all tries every one.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, cast

import pytest
import typer

from bot.cli import build
from bot.slack import listeners
from handlers.context import Context
from tests.handlers.delivery_outcome import outcome
from tests.handlers.roles_world import ROLES, RolesWorld

TABLE = Path(__file__).with_name("roles.txt")
ALL = os.environ.get("KEYTURN_ROLES") == "all"


class Row(NamedTuple):
    """One thing that can be done, what it is done to, and what comes of it by part."""

    kind: str
    name: str
    about: str
    cells: dict[str, str]

    def tried(self, number: int) -> dict[str, str]:
        """The cells that are tried, where this is the row with that number."""
        if ALL:
            return self.cells
        by_outcome = {
            found: [role for role in self.cells if self.cells[role] == found] for found in self.outcomes
        }
        return {roles[number % len(roles)]: found for found, roles in by_outcome.items()}

    @property
    def outcomes(self) -> set[str]:
        return set(self.cells.values())


def lines(*, cli: bool) -> Iterator[list[str]]:
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        words = line.split()
        if words and words[0] not in ("#", "kind") and (words[0] == "cli") is cli:
            yield words


ROWS = [
    Row(kind, name, about, dict(zip(ROLES, cells, strict=True)))
    for kind, name, about, *cells in lines(cli=False)
]


def test_every_action_has_its_row_with_a_cell_for_every_part() -> None:
    registered = listeners.all_routes(cast("Context", None)).listeners
    assert sorted((row.kind, row.name) for row in ROWS) == sorted(
        (kind.name.lower(), name) for kind, name in registered
    )


def test_every_command_of_the_command_line_has_its_row() -> None:
    def paths(command: Any, path: str = "") -> Iterator[str]:
        for name, below in getattr(command, "commands", {}).items():
            yield from paths(below, f"{path} {name}")
        if not hasattr(command, "commands"):
            yield path.strip()

    assert sorted(" ".join(words[1:-1]) for words in lines(cli=True)) == sorted(
        paths(typer.main.get_command(build()))
    )


@pytest.mark.parametrize("part", range(3))
async def test_everybody_gets_what_the_table_says(company: RolesWorld, part: int) -> None:
    wrong = {}
    for number, row in list(enumerate(ROWS))[part::3]:
        for role, expected in row.tried(number).items():
            found = await outcome(company, role, row.kind, row.name, row.about)
            if found != expected:
                wrong[f"{row.kind} {row.name} by {role}"] = f"{found}, and not {expected}"
    assert wrong == {}
