"""Save what verbs collected: one transaction's changes, jobs and audit entries, each in sets.

Updates are compare-and-swap on the state that the verb saw; where a row has moved meanwhile (another process
on PostgreSQL), `Stale` undoes the transaction and each verb runs again alone, on a fresh case: it then
refuses, or not, by itself.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import bindparam, column, delete, func, insert, literal, update

from models import audit
from models.jobs import queue
from models.jobs.work import add_job
from models.statements import Sql, Write, many, row_type
from models.store import redraw
from models.store.case import Case
from models.store.outcome import Outcome
from models.tables.base import Base, keys_of


class Stale(Exception):
    """A row is not as the verb saw it: somebody else has changed it since."""


def save(case: Case, outcomes: Sequence[Outcome]) -> bool:
    """Write what these outcomes collected over their case; True if jobs were written or woken."""
    sql, writes = case.sql, _rows(case)
    if bulks := [bulk for outcome in outcomes for bulk in outcome.bulks]:
        sql.write(writes)
        writes = []
        for statement, values in bulks:
            sql.run(statement, [values])
            case.rewritten.add(statement.table)
    cards = {key: card for outcome in outcomes for key, card in outcome.cards.items()}
    touched = {name for outcome in outcomes for name in outcome.touched}
    jobs = redraw.wanted_jobs(case, cards, touched)
    for outcome in outcomes:
        for wanted in outcome.jobs.values():
            add_job(jobs, wanted)
    writes += queue.finish(sql, [work for outcome in outcomes for work in outcome.finished])
    writes += queue.enqueue(sql, jobs.values(), case.now)
    if facts := [fact for outcome in outcomes for fact in outcome.facts]:
        case.cache.head = audit.append(sql, facts, case.now, case.cache.head, after=writes)
    else:
        sql.write(writes)
    return bool(jobs) or any(outcome.woke for outcome in outcomes)


def _rows(case: Case) -> list[Write]:
    """Deletes, then updates, then inserts: what moves out of a unique index goes before what moves in."""
    tables = sorted(case.before, key=lambda table: _order()[table.__tablename__])
    changes = {table: _changes(case, table) for table in tables}
    writes: list[Write] = []
    for table in reversed(tables):
        gone = [old for old, new in changes[table] if new is None]
        if gone:
            names = keys_of(table)
            rows = [{f"was_{name}": getattr(row, name) for name in names} for row in gone]
            writes.append(Write(_delete(table), rows))
    for table in tables:
        writes += _updates(case.sql, table, [(old, new) for old, new in changes[table] if old and new])
    for table in tables:
        if added := [new._asdict() for old, new in changes[table] if old is None]:
            writes.append(Write(_insert(table), added))
    return writes


def _changes(case: Case, table: type[Base]) -> list[tuple[Any, Any]]:
    """The rows that differ from what the database has, as (before, after)."""
    both = [(old, case.get(table, key)) for key, old in case.before[table].items()]
    return [(old, new) for old, new in both if old != new]


def _updates(sql: Sql, table: type[Base], changes: list[tuple[Any, Any]]) -> list[Write]:
    """Rows that change in the same columns are one set."""
    sets: dict[tuple[str, ...], list[tuple[Any, Any]]] = {}
    fields = row_type(table)._fields
    for old, new in changes:
        names = tuple([name for name, was, now in zip(fields, old, new, strict=True) if was != now])
        sets.setdefault(names, []).append((old, new))
    return [_swap(sql, table, names, both) for names, both in sets.items()]


def _swap(sql: Sql, table: type[Base], names: tuple[str, ...], both: list[tuple[Any, Any]]) -> Write:
    guards = _guards(table)
    rows = [
        {name: getattr(new, name) for name in names} | {f"was_{name}": getattr(old, name) for name in guards}
        for old, new in both
    ]

    def check(changed: int) -> None:
        if changed != len(rows):
            raise Stale(f"{table.__tablename__}: {changed} of {len(rows)} rows were as they had been read")

    if sql.dialect.name == "sqlite":
        return Write(_update(table, names), rows, check)
    # It tells no number where a statement is run for several rows, but of one that returns.
    lists = {name: [row[name] for row in rows] for name in rows[0]}
    return Write(_update_many(table, names), [lists], check)


@cache
def _guards(table: type[Base]) -> tuple[str, ...]:
    """What has to be as it was: the key, and the state where there is one."""
    names = keys_of(table)
    return (*names, "state") if "state" in table.__table__.c else names


@cache
def _order() -> dict[str, int]:
    """Tables after those that they refer to."""
    return {table.name: place for place, table in enumerate(Base.metadata.sorted_tables)}


@cache
def _insert(table: type[Base]) -> Any:
    return insert(table.__table__)  # type: ignore[arg-type]


@cache
def _delete(table: type[Base]) -> Any:
    columns = table.__table__.c
    mine = (columns[name] == bindparam(f"was_{name}") for name in keys_of(table))
    return delete(table.__table__).where(*mine)  # type: ignore[arg-type]


@cache
def _update(table: type[Base], names: tuple[str, ...]) -> Any:
    columns = table.__table__.c
    as_it_was = (columns[name] == bindparam(f"was_{name}") for name in _guards(table))
    statement = update(table.__table__).where(*as_it_was)  # type: ignore[arg-type]
    return statement.values({name: bindparam(name, type_=columns[name].type) for name in names})


@cache
def _update_many(table: type[Base], names: tuple[str, ...]) -> Any:
    columns = table.__table__.c
    all_names = {name: columns[name].type for name in names} | {
        f"was_{name}": columns[name].type for name in _guards(table)
    }
    lists = [many(name, type_) for name, type_ in all_names.items()]
    given = func.unnest(*lists).table_valued(*(column(name, type_) for name, type_ in all_names.items()))
    given = given.render_derived(name="given")
    statement = update(table.__table__).where(  # type: ignore[arg-type]
        *(columns[name] == given.c[f"was_{name}"] for name in _guards(table))
    )
    return statement.values({name: given.c[name] for name in names}).returning(literal(1))
