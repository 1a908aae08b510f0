"""Units of work: which goes next, how several share a transaction, and that a delivery counts once."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from datetime import timedelta
from enum import IntEnum
from typing import Any

from sqlalchemy import bindparam, delete

from models import audit
from models.errors import Repeated, SentBefore
from models.store.case import Busy, Case
from models.store.outcome import Outcome
from models.store.save import save
from models.tables.base import Base
from models.tables.workspace import Delivery


class Priority(IntEnum):
    """What goes first where several wait: people, then the worker's jobs, then the scheduler's sweep."""

    CLICK = 0
    JOB = 1
    SWEEP = 2


CLICK, JOB, SWEEP = Priority


@dataclass
class Unit:
    """One piece of work for a store: what to run, and what came of it."""

    work: Callable[[Outcome], Any]
    several: Callable[[Case, Callable[[], Outcome]], Any] | None = None
    """Instead of `work`: one that makes an outcome for each of several things by itself."""
    large: bool = False
    """Whether it goes into a transaction by itself: nobody else's work is to wait for all of it."""
    delivery: str | None = None
    hints: Sequence[tuple[type[Base], Any]] = ()
    """Rows that it is about, to be read together with those of others."""
    result: Any = None
    error: BaseException | None = None
    again: bool = False
    """Whether it has to run by itself, since somebody else holds what it needs."""
    outcomes: list[Outcome] = field(default_factory=list)

    def run(self, case: Case, begin: Callable[[], Outcome]) -> Any:
        """Run it, with outcomes from `begin`.

        Raises:
            Repeated: The delivery was carried out before.
        """
        if self.several is not None:
            return self.several(case, begin)
        out = begin()
        if self.delivery is not None:
            once(out, self.delivery)
        return self.work(out)

    def reset(self) -> None:
        """As it was before it ran: its transaction was undone, and it runs again."""
        self.result, self.error, self.again, self.outcomes = None, None, False, []

    def fail(self, error: Exception) -> None:
        """It cannot be saved: this is the caller's to hear."""
        self.reset()
        self.error = error

    @property
    def facts(self) -> list[audit.AuditEvent]:
        return [fact for outcome in self.outcomes for fact in outcome.facts]


def carry_out(case: Case, units: Sequence[Unit]) -> bool:
    """Run these units over one case and save what they collected; True if jobs are ready that were not.

    What a verb raises is its unit's `error`, and undoes that verb alone. What the database raises is raised
    here too; then, as with Stale, nothing of any unit may be committed.

    Raises:
        Stale: A row is not as a verb saw it.
    """
    in_hand(case, [unit.delivery for unit in units if unit.delivery])
    _hand(case, units)
    for unit in units:
        _run(case, unit)
    return save(case, [outcome for unit in units for outcome in unit.outcomes])


def _hand(case: Case, units: Sequence[Unit]) -> None:
    wanted: dict[type[Base], dict[Any, None]] = {}
    for unit in units:
        for table, key in unit.hints:
            wanted.setdefault(table, {})[key] = None
    for table, keys in wanted.items():
        if len(keys) > 1:
            case.lock_now(table, list(keys))


def _run(case: Case, unit: Unit) -> None:
    begun: list[Outcome] = []

    def begin() -> Outcome:
        begun.append(Outcome(case))
        return begun[-1]

    try:
        unit.result = unit.run(case, begin)
    except case.sql.errors:
        raise
    except Busy:
        unit.again = True
    except Exception as error:  # noqa: BLE001 - it is the caller's, who gets it
        unit.error = error
    if unit.again or unit.error is not None:
        for outcome in reversed(begun):
            outcome.drop()
    unit.outcomes = [outcome for outcome in begun if not outcome.dropped]


PATIENT = 8
"""After so many batches in a row something less urgent goes, if it waits: nobody waits for ever."""


@dataclass
class Waiting:
    """A unit of work, and who waits for it."""

    unit: Unit
    future: "asyncio.Future[Any]"
    context: Context = field(default_factory=copy_context)

    def tell(self, error: BaseException | None = None) -> None:
        """Give the caller the result, or what went wrong; one who has given up hears nothing."""
        if self.future.done():
            return
        problem = error or self.unit.error
        if problem is not None:
            self.future.set_exception(problem)
        else:
            self.future.set_result(self.unit.result)


class Queue:
    """The works that wait, by priority."""

    def __init__(self) -> None:
        self._lines: dict[Priority, deque[Waiting]] = {priority: deque() for priority in Priority}
        self._in_a_row = 0
        self._turn = 0
        """Which of the less urgent goes when nobody has to wait any longer."""

    def __bool__(self) -> bool:
        return any(self._lines.values())

    def put(self, waiting: Waiting, priority: Priority) -> None:
        """Line up."""
        self._lines[priority].append(waiting)

    def batch(self, most: int) -> list[Waiting]:
        """Those who go next, together in one transaction: the urgent first; large works go by themselves."""
        lines = [line for line in self._lines.values() if line]
        if not lines:
            return []
        self._in_a_row = self._in_a_row + 1 if len(lines) > 1 else 0
        if self._in_a_row > PATIENT:
            self._in_a_row = 0
            self._turn += 1
            lines = [lines[1 + self._turn % (len(lines) - 1)]]
        taken: list[Waiting] = []
        for line in lines:
            while line and len(taken) < most and not line[0].unit.large:
                taken.append(line.popleft())
        return taken or [lines[0].popleft()]


def waiting_for(unit: Unit) -> Waiting:
    """A place in the queue. What becomes of it need not be heard: whoever asked may have given up."""
    future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    future.add_done_callback(lambda done: done.cancelled() or done.exception())
    return Waiting(unit, future)


KEPT = timedelta(days=2)
"""Longer than Slack's last retry (minutes) and than any signature is taken as fresh (5 minutes)."""

BEFORE = "This was already sent, without what you have changed since. Close the form and check what you sent."
_OLD = delete(Delivery).where(Delivery.at < bindparam("before"))


def in_hand(case: Case, deliveries: Iterable[str]) -> None:
    """Read at once which of these were carried out, before `once` asks for each."""
    case.hand(Delivery, [_parts(delivery)[0] for delivery in deliveries])


def once(out: Outcome, delivery: str) -> None:
    """Take note of a delivery in the outcome that carries it out; a digest may stand in it after a #.

    Raises:
        Repeated: It was noted before, with the same digest.
        SentBefore: It was noted before, with another digest.
    """
    key, content = _parts(delivery)
    known = out.case.get(Delivery, key)
    if known is None:
        out.add(Delivery, key=key, content=content, at=out.now)
    elif known.content != content:
        raise SentBefore(BEFORE)
    else:
        raise Repeated(key)


def forget(out: Outcome) -> None:
    """Drop the notes that are older than any repetition could be."""
    out.bulk(_OLD, before=out.now - KEPT)


def _parts(delivery: str) -> tuple[str, str]:
    """Its key, and the digest of what was sent with it, if any."""
    key, _, content = delivery.partition("#")
    return key, content
