"""Units of work: verbs that share a transaction, each with an outcome of its own over one case."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from models import audit
from models.registry import deliveries
from models.store.case import Busy, Case
from models.store.outcome import Outcome
from models.store.save import save
from models.tables.base import Base


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
        """Run it, with outcomes from `begin`; raises Repeated for a delivery that was carried out before."""
        if self.several is not None:
            return self.several(case, begin)
        out = begin()
        if self.delivery is not None:
            deliveries.once(out, self.delivery)
        return self.work(out)

    def reset(self) -> None:
        """As it was before it ran: its transaction was undone, and it runs again."""
        self.result, self.error, self.again, self.outcomes = None, None, False, []

    def fail(self, error: Exception) -> None:
        """It cannot be saved: this is the caller's to hear."""
        self.reset()
        self.error = error

    @property
    def facts(self) -> list[audit.Fact]:
        return [fact for outcome in self.outcomes for fact in outcome.facts]


def carry_out(case: Case, units: Sequence[Unit]) -> bool:
    """Run these units over one case and save what they collected; True if jobs are ready that were not.

    What a verb raises is its unit's `error`, and undoes that verb alone. Raises what the database raises, and
    Stale: then nothing of any unit may be committed.
    """
    deliveries.in_hand(case, [unit.delivery for unit in units if unit.delivery])
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
