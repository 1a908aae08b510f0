"""Several statements in one round trip to PostgreSQL.

asyncpg has no pipelining: each statement waits for the answer to the one before, and the trip costs this
process and the server more than most statements do. So what is read together is one SELECT of arrays of rows,
and what is written together is one statement too, whose WITH has the parts:

    WITH w0 AS (UPDATE requests …), w1 AS (INSERT INTO grants …)
    SELECT (SELECT count(*) FROM w0), (SELECT count(*) FROM w1), ARRAY(SELECT ROW(r.*) FROM (SELECT …) AS r)

Of such parts each sees the tables as they were before, and their order is PostgreSQL's. So a trip writes to a
table once only: what goes out of a unique index and what comes into it are never of the same.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import column, func, literal_column, select

from models.statements import Made, Plan, Read, Write, many, returns

KINDS = 1024
"""So many combinations of statements are kept: a verb has a few, by what it reads and writes."""
_PLACE = re.compile(r"\$(\d+)")


class Trips(Made):
    """Statements on PostgreSQL, several of them in one trip."""

    def all_of(self, reads: Sequence[Read]) -> list[list[Any]]:
        return self._send([], reads)[1] if len(reads) > 1 else super().all_of(reads)

    def write(self, writes: Iterable[Write], then: Read | None = None) -> list[Any]:
        trips = list(_apart(_part(each) for each in writes if each.rows))
        if then is not None and (not trips or not _fits(trips[-1][0])):
            trips.append([])
        last: list[Any] = []
        for number, trip in enumerate(trips, 1):
            reads = [then] if then is not None and number == len(trips) else []
            if len(trip) + len(reads) > 1:
                counts, found = self._send(trip, reads)
                for each, count in zip(trip, counts, strict=True):
                    each.check(count)
                last = found[0] if reads else []
            else:
                last = super().write(trip, *reads)
        return last

    def _send(self, writes: Sequence[Write], reads: Sequence[Read]) -> tuple[list[int], list[list[Any]]]:
        """Run these in one statement; returns how many rows each has written, and what each has read."""
        made = [(self.plan(each.statement), each.rows[0]) for each in writes]
        read = [self.plan(each.statement) for each in reads]
        given = [value for plan, row in made for value in plan.given(row)]
        given += [value for plan, each in zip(read, reads, strict=True) for value in plan.given(each.values)]
        (row,) = self._fetch(_joined(_texts([plan for plan, _row in made]), _texts(read)), given)
        found = [plan.read(rows) for plan, rows in zip(read, row[len(made) :], strict=True)]
        return list(row[: len(made)]), found


def _texts(plans: Iterable[Plan]) -> tuple[tuple[str, int], ...]:
    """What each is in SQL, and how many parameters it has."""
    return tuple((plan.sql, len(plan.binds)) for plan in plans)


@lru_cache(maxsize=KINDS)
def _joined(writes: tuple[tuple[str, int], ...], reads: tuple[tuple[str, int], ...]) -> str:
    """One statement of these: its columns are the counts of the writes and the rows of the reads."""
    texts, before = list[str](), 0
    for sql, number in (*writes, *reads):
        texts.append(_PLACE.sub(lambda place, by=before: f"${int(place[1]) + by}", sql))  # type: ignore[misc]
        before += number
    written, read = texts[: len(writes)], texts[len(writes) :]
    parts = [f"w{number} AS ({sql})" for number, sql in enumerate(written)]
    columns = [f"(SELECT count(*) FROM w{number})" for number in range(len(written))]  # noqa: S608 - a name
    columns += [f"ARRAY(SELECT ROW(r.*) FROM ({sql}) AS r)" for sql in read]  # noqa: S608 - compiled parts
    return f"{'WITH ' if parts else ''}{', '.join(parts)} SELECT {', '.join(columns)}"


def _apart(writes: Iterable[Write]) -> Iterator[list[Write]]:
    """Trips that can be one statement each: none writes to a table twice."""
    trip: list[Write] = []
    for each in writes:
        twice = each.statement.table in [other.statement.table for other in trip]
        if trip and (twice or not _fits(each) or not _fits(trip[0])):
            yield trip
            trip = []
        trip.append(each)
    if trip:
        yield trip


def _fits(write: Write) -> bool:
    """Whether it can be part of a statement: it is run once, and says how many rows it has written."""
    return len(write.rows) == 1 and returns(write.statement)


def _part(write: Write) -> Write:
    """The same as it can be part of a statement: one that returns something for each row.

    An INSERT is of arrays, by column: its text does not depend on the number of rows.
    """
    statement, rows, check = write
    if statement.is_insert:
        names = tuple(rows[0])
        arrays = {name: [row[name] for row in rows] for name in names}
        return Write(_insert_of_arrays(statement, names), [arrays], check)
    return Write(_returning(statement), rows, check) if len(rows) == 1 else write


@cache
def _insert_of_arrays(statement: Any, names: tuple[str, ...]) -> Any:
    types = {name: statement.table.c[name].type for name in names}
    lists = [many(name, type_) for name, type_ in types.items()]
    given = func.unnest(*lists).table_valued(*(column(name, type_) for name, type_ in types.items()))
    given = given.render_derived(name="given")
    return _returning(statement.from_select(names, select(*given.c)))


@cache
def _returning(statement: Any) -> Any:
    return statement if returns(statement) else statement.returning(literal_column("1"))
