"""One transaction, as the verbs see it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from models import audit, deliveries, jobs
from models.base import Base
from models.jobs import Urgency

Row = TypeVar("Row", bound=Base)

SYSTEM = "keyturn"
"""The actor of what the scheduler and the worker do."""


@dataclass
class Tx:
    """A session and the present; the audit entries and jobs of a verb commit together with its facts."""

    session: Session
    now: datetime
    facts: list[audit.Fact] = field(default_factory=list)
    woke: bool = False

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
        lane: str | None = None,
        urgency: Urgency = Urgency.TELL,
        **payload: Any,
    ) -> None:
        """Write down work for the worker (see `models.jobs.enqueue`)."""
        jobs.enqueue(
            self.session, kind, key, payload, now=self.now, run_at=run_at, lane=lane, urgency=urgency
        )
        self.woke = True

    def once(self, delivery: str) -> None:
        """Let this delivery count only once; raises `Repeated` where it was carried out before."""
        deliveries.once(self.session, delivery, self.now)

    def locked(self, table: type[Row], key: Any) -> Row | None:
        """Read a row and keep others from moving it until the commit. None if there is no such row."""
        return self.session.get(table, key, with_for_update=True, populate_existing=True)

    def close(self) -> None:
        """Chain what was recorded. The store calls it last, before the commit."""
        self.session.flush()
        if self.facts:
            audit.append(self.session, self.facts, self.now)
            self.session.flush()
