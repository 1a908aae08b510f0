"""What every store can do."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TypeVar

from sqlalchemy.orm import Session

from models.audit import Fact
from models.clock import Clock
from models.store.tx import Tx

T = TypeVar("T")


class Unavailable(Exception):
    """The database cannot be reached, is full, read-only or damaged; `str()` says which, in one sentence."""


class Store(ABC):
    """Runs works against one database, and tells who listens when a commit left jobs behind."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._listeners: list[Callable[[], object]] = []
        self._readers_of_records: list[Callable[[Sequence[Fact]], object]] = []
        self._hear_refusals: list[Callable[[Unavailable], object]] = []

    def on_records(self, listener: Callable[[Sequence[Fact]], object]) -> None:
        """Call `listener` (from any thread) with what each commit of this process wrote to the audit trail.

        It runs in the context (`contextvars`) of whoever called `write`.
        """
        self._readers_of_records.append(listener)

    def on_jobs(self, listener: Callable[[], object]) -> None:
        """Call `listener` (from any thread) after each commit of this process that wrote jobs."""
        self._listeners.append(listener)

    def on_refusal(self, listener: Callable[[Unavailable], object]) -> None:
        """Call `listener` with the error of each write of this process that the database did not take."""
        self._hear_refusals.append(listener)

    def woke(self) -> None:
        """Tell the listeners."""
        for listener in self._listeners:
            listener()

    def recorded(self, facts: Sequence[Fact]) -> None:
        """Tell those who read along."""
        for listener in self._readers_of_records if facts else ():
            with suppress(Exception):  # what is committed stands, whatever becomes of telling it
                listener(facts)

    async def write(self, work: Callable[[Tx], T], *, delivery: str | None = None) -> T:
        """Run `work` in a transaction and return its result once it is on disk.

        With `delivery` (the key of one of Slack's deliveries) it runs at most once, ever: a repetition raises
        `Repeated`. Whatever `work` raises undoes it and is raised here. Objects that it returns are detached.
        Raises `Unavailable` where the database does not take it.
        """
        try:
            return await self._carried_out(work, delivery)
        except Unavailable as error:
            for listener in self._hear_refusals:
                listener(error)
            raise

    @abstractmethod
    async def _carried_out(self, work: Callable[[Tx], T], delivery: str | None) -> T:
        """As `write`, on this kind of database."""

    @abstractmethod
    async def read(self, work: Callable[[Session], T]) -> T:
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


def carry_out(tx: Tx, work: Callable[[Tx], T], delivery: str | None) -> T:
    """The inside of every write: note the delivery, do the work, chain the trail."""
    if delivery is not None:
        tx.once(delivery)
    result = work(tx)
    tx.close()
    return result
