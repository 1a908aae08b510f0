"""Which of the works that wait for a database goes next."""

import asyncio
from collections import deque
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from typing import Any

from models.store.units import Priority, Unit

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
