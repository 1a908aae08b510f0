"""Read what a verb is about to look at in one trip to the database.

The case then has it as if it had been read one by one: the verb does not know, and what was not foreseen is
read when it is asked for. Where a statement is no trip (SQLite) nothing is read ahead.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from models.statements import Read
from models.store import reads
from models.store.case import Case
from models.tables.base import Base, Group, type_of


@dataclass(frozen=True)
class Lookahead:
    """What a verb is about to look at."""

    groups: Sequence[tuple[Group[Any], Collection[Any]]] = ()
    """Groups, each with the values that their rows share."""
    rows: Sequence[tuple[type[Base], Collection[Any]]] = ()
    """Tables, each with the keys of rows."""
    others: Sequence[Read] = ()
    """What reads whole rows of a table."""
    numbers: Mapping[type[Base], Read] = field(default_factory=dict)
    """Tables that get a row for each that this finds, to have their numbers at hand."""


def makes_trips(case: Case) -> bool:
    """Whether each statement is a trip to the database, so that reading ahead pays."""
    return case.sql.dialect.name != "sqlite"


def prefetch(case: Case, look: Lookahead) -> None:
    """Read it, but for what the case has already."""
    if not makes_trips(case):
        return
    groups = [(of, missing) for of, keys in look.groups if (missing := _missing(case, of, keys))]
    tables = [(table, missing) for table, keys in look.rows if (missing := _missing(case, table, keys))]
    found = iter(
        case.sql.all_of(
            [
                *(Read(reads.members(of), reads.keyed(of, keys)) for of, keys in groups),
                *(Read(reads.by_keys(table), {"keys": keys}) for table, keys in tables),
                *look.others,
                *(
                    Read(reads.number_each(table, one.statement), one.values)
                    for table, one in look.numbers.items()
                ),
            ]
        )
    )
    for of, keys in groups:
        case.fill(of, keys, next(found))
    for table, keys in tables:
        case.keep_rows(table, keys, next(found))
    for _other in look.others:
        if rows := next(found):
            case.keep_rows(type_of(rows[0]), (), rows)
    for table in look.numbers:
        case.sequences.keep(table, next(found))


def _missing(case: Case, what: Group[Any] | type[Base], keys: Collection[Any]) -> list[Any]:
    return [key for key in keys if not case.known(what, key)]
