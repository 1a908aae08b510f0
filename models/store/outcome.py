"""What a verb wants: rows added and changed, audit facts, jobs, cards. Collected, and saved as one.

A verb gets the outcome as its first argument, reads `out.case` and adds to `out`; there is nothing else that
it could touch. One that refuses has written nothing: what it collected is dropped.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from models.audit import AuditEvent
from models.jobs.work import NewJob, Work, add_job
from models.statements import Sql, row_type
from models.store.case import Case
from models.tables.base import Base, Json, key_of, keys_of, type_of
from models.tables.jobs import Urgency

R = TypeVar("R", bound=Base)

SYSTEM = "keyturn"
"""The actor of what the scheduler and the worker do."""
OPERATOR = "operator"
"""The actor of what is done by the command line and the configuration."""


@dataclass
class Outcome:
    """What one verb collects. Everything in it is saved in the transaction of its case, or nothing is."""

    case: Case
    facts: list[AuditEvent] = field(default_factory=list)
    jobs: dict[str, NewJob] = field(default_factory=dict)
    finished: list[Work] = field(default_factory=list)
    touched: set[str] = field(default_factory=set)
    """What changed and has to be shown anew: references, and people's ids; see `models.store.redraw`."""
    cards: dict[tuple[str, str, str], Json] = field(default_factory=dict)
    """Cards that people are to have, by kind, subject and person."""
    bulks: list[tuple[Any, Json]] = field(default_factory=list)
    woke: bool = False
    """Whether jobs became ready otherwise than by `enqueue`."""
    dropped: bool = False

    def __post_init__(self) -> None:
        self._journal: list[tuple[type[Base], Any, Any, bool]] = []
        self._numbers = dict(self.case.numbers)

    @property
    def now(self) -> datetime:
        """The one moment of this unit of work, in UTC."""
        return self.case.now

    @property
    def sql(self) -> Sql:
        """The transaction itself, for the job table's own moves (`models.jobs`) and nothing else."""
        return self.case.sql

    def add(self, table: type[R], /, **values: Any) -> R:
        """Add a row and return it. What is left out has its default; an `id` is given where it has one."""
        if "id" not in values and keys_of(table) == ("id",):
            values["id"] = self.case.new_id(table)
        row: R = row_type(table)(**{**_defaults(table), **values})
        self._put(table, key_of(row), row)
        return row

    def change(self, row: R, /, **new: Any) -> R:
        """Change these columns of a row, as it is by now; returns the row as it is then. Rows are frozen."""
        table, key = type_of(row), key_of(row)
        present: Any = self.case.get(table, key)
        changed = present._replace(**new)
        if changed != present:
            self._put(table, key, changed)
        return changed  # type: ignore[no-any-return]

    def put(self, table: type[R], /, **values: Any) -> R:
        """Add a row, or change the one that has its key already."""
        names = keys_of(table)
        key = values[names[0]] if len(names) == 1 else tuple(values[name] for name in names)
        present = self.case.get(table, key)
        return self.add(table, **values) if present is None else self.change(present, **values)

    def remove(self, row: Base) -> None:
        """Take a row away."""
        self._put(type_of(row), key_of(row), None)

    def bulk(self, statement: Any, /, **values: Any) -> None:
        """Change any number of rows without reading them, by a declared UPDATE or DELETE, after all else."""
        self.bulks.append((statement, values))

    def record(
        self, actor: str, action: str, subject: str, *, app: str = "", person: str = "", **data: Any
    ) -> None:
        """Write an audit entry; it is chained to the trail at the commit. `data` is what JSON can hold."""
        self.facts.append(AuditEvent(actor, action, subject, app, person, data))

    def enqueue(
        self,
        kind: str,
        key: str,
        *,
        run_at: datetime | None = None,
        not_before: datetime | None = None,
        lane: str | None = None,
        urgency: Urgency = Urgency.TELL,
        **payload: Any,
    ) -> None:
        """Want a job done, at `run_at` (default: at once).

        While one of its `key` is ready, asking again changes nothing but the time, where that is earlier; but
        it never runs before the latest `not_before` (what the other side asked for by Retry-After). At
        most one job of a `lane` (default: of the key) runs at a time.
        """
        at = run_at or self.now
        add_job(self.jobs, NewJob(kind, key, lane or key, payload, urgency, at, not_before))

    def finish(self, work: Work) -> None:
        """The job is done, with whatever else is in this outcome; LeaseLost where another process has it."""
        self.finished.append(work)

    def drop(self) -> None:
        """Undo all of it in the case: the verb refused, or failed."""
        for table, key, old, first in reversed(self._journal):
            self.case.put_back(table, key, old, first=first)
        self.case.numbers = self._numbers
        self._journal.clear()
        self.dropped = True

    def _put(self, table: type[Base], key: Any, row: Any) -> None:
        old, first = self.case.put(table, key, row)
        self._journal.append((table, key, old, first))


def _defaults(table: type[Base]) -> dict[str, Any]:
    known = _DEFAULTS.get(table)
    if known is None:
        columns = table.__table__.columns
        known = _DEFAULTS[table] = {
            column.key: column.default.arg if column.default is not None else None
            for column in columns
            if column.default is not None or column.nullable
        }
    return known


_DEFAULTS: dict[type[Base], dict[str, Any]] = {}
