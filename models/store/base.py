"""What every store can do."""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Iterable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from models.audit import AuditEvent
from models.clock import Clock
from models.statements import Sql
from models.store.case import Case
from models.store.outcome import Outcome
from models.store.units import CLICK, JOB, SWEEP, Priority, Unit
from models.tables.base import Base
from models.tables.grants import Grant
from models.tables.requests import Request

__all__ = ["CLICK", "JOB", "STANDSTILL", "SWEEP", "Offer", "Priority", "Store", "Unavailable"]

T = TypeVar("T")

STANDSTILL = timedelta(seconds=30)
"""After so long a transaction whose process froze is undone; others wait for what it locked (PostgreSQL)."""
_REF = re.compile(r"(AR|GR)-(\d{1,18})")
_TABLES: dict[str, type[Base]] = {"AR": Request, "GR": Grant}


class Unavailable(Exception):
    """The database cannot be reached, is full, read-only or damaged; `str()` says which, in one sentence."""


class Offer(Protocol):
    """What a worker can take on now; for one commit, which uses it or not."""

    def claim(self, sql: Sql, now: datetime) -> None:
        """Claim due jobs, in the transaction that may have written them."""

    def start(self) -> None:
        """The commit is done: begin with what was claimed, and look after what was not."""

    def withdraw(self) -> None:
        """The commit failed, or left no jobs: nothing was claimed."""


class Store(ABC):
    """Runs verbs against one database, and tells who listens when a commit left jobs behind."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.memory: dict[Hashable, Any] = {}
        """What cases of this database may keep beyond their transaction (`Case.memory`)."""
        self._offer: Callable[[], Offer | None] | None = None
        self._job_listeners: list[Callable[[], object]] = []
        self._record_listeners: list[Callable[[Sequence[AuditEvent]], object]] = []
        self._refusal_listeners: list[Callable[[Unavailable], object]] = []

    def on_records(self, listener: Callable[[Sequence[AuditEvent]], object]) -> None:
        """Call `listener` with what each verb of this process wrote to the audit trail, once it is on disk.

        It runs in the context (`contextvars`) of whoever called the store.
        """
        self._record_listeners.append(listener)

    def on_jobs(self, listener: Callable[[], object]) -> None:
        """Call `listener` after each commit of ours that left jobs and had no offer to claim them."""
        self._job_listeners.append(listener)

    def on_refusal(self, listener: Callable[[Unavailable], object]) -> None:
        """Call `listener` with the error of each write of this process that the database did not take."""
        self._refusal_listeners.append(listener)

    def woke(self) -> None:
        """Tell those who listen for jobs."""
        for listener in self._job_listeners:
            listener()

    def recorded(self, facts: Sequence[AuditEvent]) -> None:
        """Tell those who read the trail along."""
        for listener in self._record_listeners if facts else ():
            with suppress(Exception):  # what is committed stands, whatever becomes of telling it
                listener(facts)

    def claim_with(self, offer: Callable[[], Offer | None]) -> None:
        """Let a worker claim jobs in the commit that leaves them; None: it can take on no more just now."""
        self._offer = offer

    def offer(self) -> Offer | None:
        """What the worker can take on, if there is one and it can."""
        return self._offer() if self._offer is not None else None

    async def run(
        self,
        verb: Callable[..., T],
        /,
        *args: Any,
        delivery: str | None = None,
        priority: Priority = CLICK,
        **kwargs: Any,
    ) -> T:
        """Carry out a verb with these arguments: `run(decide.approve, "AR-7", by)`; see `write`."""
        return await self.write(
            lambda out: verb(out, *args, **kwargs), delivery=delivery, priority=priority, about=args[:1]
        )

    async def write(
        self,
        work: Callable[[Outcome], T],
        *,
        delivery: str | None = None,
        priority: Priority = CLICK,
        about: Iterable[object] = (),
        large: bool = False,
    ) -> T:
        """Carry out `work` and return its result once what it collected is on disk.

        Works that wait at the same time share a transaction, but for those that are `large`. With `delivery`
        (the key of one of Slack's deliveries) it counts at most once, ever. What `work` raises undoes it, and
        is raised here. It may run twice, on a fresh case, where somebody else was faster: so it must have no
        other effect than its outcome. References in `about` are read with those of other works.

        Raises:
            Repeated: `delivery` was carried out before.
            Unavailable: The database does not take it.
        """
        unit = Unit(work, large=large, delivery=delivery, hints=_hints(about))
        return await self._carry_out(unit, priority)  # type: ignore[no-any-return]

    async def write_many(
        self, work: Callable[[Case, Callable[[], Outcome]], T], *, priority: Priority = SWEEP
    ) -> T:
        """Carry out a work that is many: it begins an outcome for each, and drops those that fail."""
        return await self._carry_out(Unit(_nothing, work, large=True), priority)  # type: ignore[no-any-return]

    async def _carry_out(self, unit: Unit, priority: Priority) -> Any:
        try:
            return await self._write(unit, priority)
        except Unavailable as error:
            for listener in self._refusal_listeners:
                listener(error)
            raise

    @abstractmethod
    async def _write(self, unit: Unit, priority: Priority) -> Any:
        """Carry out one unit on this kind of database, and return its result."""

    @abstractmethod
    async def read(self, work: Callable[[Case], T]) -> T:
        """Run `work` on a snapshot that nothing can be written to, beside the writers."""

    async def cut_off_frozen(self) -> int:
        """End the transactions of processes that froze in the middle of one: others need what they locked.

        Returns how many. Where one process has the database to itself there are none.
        """
        return 0

    @abstractmethod
    async def close(self) -> None:
        """Finish what is in hand and let the database go."""

    @property
    @abstractmethod
    def shared(self) -> bool:
        """Whether other processes may work on the same database (PostgreSQL)."""


def _nothing(_out: Outcome) -> None: ...


def _hints(about: Iterable[object]) -> list[tuple[type[Base], Any]]:
    """The rows that references among these arguments name."""
    found = (_REF.fullmatch(one) for one in about if isinstance(one, str))
    return [(_TABLES[match[1]], int(match[2])) for match in found if match]
