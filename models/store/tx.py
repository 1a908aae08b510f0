"""One transaction, as the verbs see it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from models import audit, jobs
from models.jobs import Urgency, Wanted
from models.tables import deliveries
from models.tables.base import Base, Json

Row = TypeVar("Row", bound=Base)

SYSTEM = "keyturn"
"""The actor of what the scheduler and the worker do."""


@dataclass
class Tx:
    """A session and the present; the audit entries and jobs of a verb commit together with its facts."""

    session: Session
    now: datetime
    facts: list[audit.Fact] = field(default_factory=list)
    wanted: dict[str, Wanted] = field(default_factory=dict)
    touched: set[str] = field(default_factory=set)
    """What changed and has to be shown anew; see `models.lifecycle.redraw`."""
    cards: dict[tuple[str, str, str], Json] = field(default_factory=dict)
    """Cards that people are to have, by kind, subject and person; see there too."""
    ends: "dict[Callable[[Tx], None], None]" = field(default_factory=dict)
    woke: bool = False
    """Whether jobs became ready otherwise than by `enqueue`."""

    def record(
        self, actor: str, action: str, subject: str, *, app: str = "", person: str = "", **data: Any
    ) -> None:
        """Write an audit entry; it is chained to the trail when the transaction commits."""
        self.facts.append(audit.Fact(actor, action, subject, app, person, data))

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
        """Want work done, at `run_at` (default: at once); it is written down once, when the transaction ends.

        While one of its `key` is ready, asking again changes nothing but the time, where that is earlier; but
        it never runs before the latest `not_before` (what the other side asked for by Retry-After). At
        most one job of a `lane` (default: of the key) runs at a time.
        """
        wanted = Wanted(kind, key, lane or key, payload, urgency, run_at or self.now, not_before)
        before = self.wanted.get(key)
        self.wanted[key] = before.merged(wanted) if before else wanted

    @property
    def wakes(self) -> bool:
        """Whether there is something new for the worker to do."""
        return self.woke or bool(self.wanted)

    def once(self, delivery: str) -> None:
        """Let this delivery count only once; raises `Repeated` where it was carried out before."""
        deliveries.once(self.session, delivery, self.now)

    def locked(self, table: type[Row], key: Any) -> Row | None:
        """Read a row and keep others from moving it until the commit. None if there is no such row."""
        return self.session.get(table, key, with_for_update=True, populate_existing=True)

    def at_end(self, work: "Callable[[Tx], None]") -> None:
        """Do this once before the commit, however often it is asked for."""
        self.ends[work] = None

    def close(self) -> None:
        """Write the jobs down and chain what was recorded. The store calls it last, before the commit."""
        self.session.flush()
        for work in self.ends:
            work(self)
        jobs.enqueue(self.session, self.wanted.values(), self.now)
        if self.facts:
            audit.append(self.session, self.facts, self.now)
