"""Run verbs without a database, on given rows only."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.sql.functions import FunctionElement

from models.errors import Refusal
from models.statements import Sql, Values
from models.store.case import Case
from models.store.outcome import Outcome
from models.tables.base import Base, key_of, type_of

R = TypeVar("R", bound=Base)
P = ParamSpec("P")

NOON = datetime(2030, 5, 6, 12, tzinfo=UTC)


class Nothing(Sql):
    """A database that has no rows, and takes none: a verb only collects."""

    dialect = SQLiteDialect_pysqlite()

    def all(self, statement: Any, /, **_values: Any) -> list[Any]:
        (column, *others) = statement.selected_columns
        return [0] if isinstance(column, FunctionElement) and not others else []

    def run(self, statement: Any, rows: Sequence[Values]) -> int:
        raise AssertionError(f"a verb wrote: {statement}")


def case_of(*rows: Base, now: datetime = NOON) -> Case:
    """A case that has these rows, as if its unit of work had added them; its groups are made of them."""
    case = Case(Nothing(), now)
    for row in rows:
        table, key = type_of(row), key_of(row)
        case.put(table, key, row)
        if isinstance(key, int):
            case.numbers[table] = max(case.numbers.get(table, 0), key)
    return case


def play(
    verb: Callable[Concatenate[Outcome, P], object], case: Case, /, *args: P.args, **kwargs: P.kwargs
) -> Outcome:
    """Carry out a verb; the case shows what came of it. One that refuses has collected nothing."""
    out, before = Outcome(case), rows_in(case)
    try:
        verb(out, *args, **kwargs)
    except Refusal:
        assert collected(out) == []
        assert rows_in(case) == before
        raise
    return out


def collected(out: Outcome) -> list[Any]:
    """All that a verb wants but rows."""
    return [*out.facts, *out.jobs, *out.cards, *out.touched, *out.bulks, *out.finished]


def actions(out: Outcome) -> list[str]:
    """What a verb records, in order."""
    return [fact.action for fact in out.facts]


def rows_in(case: Case) -> dict[tuple[type[Base], Any], Any]:
    """All rows as they stand."""
    every = ((table, key, row) for table, rows in case._rows.items() for key, row in rows.items())
    return {(table, key): row for table, key, row in every if row is not None}


def only(case: Case, table: type[R]) -> R:
    """The only row of a table."""
    (row,) = all_in(case, table)
    return row


def all_in(case: Case, table: type[R]) -> list[R]:
    """The rows of a table, by their keys."""
    rows = {key: row for (of, key), row in rows_in(case).items() if of is table}
    return [rows[key] for key in sorted(rows)]
