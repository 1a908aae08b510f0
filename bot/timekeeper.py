"""Whether the machine's clock can be believed, where it jumped or has moved far while nobody ran.

Slack's clock is the witness: each of its answers is dated. Where it agrees with the machine's, that one was
only set right, or Keyturn was away for long. Where it does not, time goes on as if there had been no jump
(`SteadyClock`); and where a mass of accesses would end by the jump, the admins are asked.

Where the clock that was set back is right, the time itself goes back: by a slower clock people would read
wrong hours for days, or for years. So that no access lasts longer by it, those that were begun by the wrong
time go back as far, in the next transaction (`models.lifecycle.clock_set_back`).
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import structlog

from bot.steady import JUMP, SteadyClock
from models.clock import Clock
from models.lifecycle import clock_set_back, mass_revocation
from models.store.base import Store
from models.tables.pauses import OPEN_PAUSES, Pause, PauseKind, PauseState

log = structlog.stdlib.get_logger(__name__)

MANY = 10
"""So many accesses that end by a jump alone are a mass."""
ABSENCE = timedelta(days=1)
"""Nobody ran for longer than this, and Slack does not answer: what ends in masses waits until it does."""
NOTED = timedelta(minutes=1)
"""How often the database is told the time."""
ASK = timedelta(seconds=30)
"""How often Slack is asked, while the clock is in doubt."""
MOMENT = 0.5
"""Seconds that a sweep waits for Slack's answer; one that comes later is heard before a later sweep."""


class Timekeeper:
    """Looks after the clock of one process; with a clock that is no `SteadyClock` it only notes the time."""

    def __init__(self, store: Store, clock: Clock, witness: Callable[[], Awaitable[datetime | None]]) -> None:
        """`witness` asks for the time elsewhere; None where nobody answers."""
        self._store, self._clock, self._witness = store, clock, witness
        self._steady = clock if isinstance(clock, SteadyClock) else None
        self._noted: datetime | None = None
        self._asked: datetime | None = None
        self._asking: asyncio.Future[datetime | None] | None = None
        self._since: datetime | None = None
        """When the time was last taken from the machine: at the start, or at a jump that was believed."""
        self._pause: int | None = None
        self.seen_before: datetime | None = None
        """When a bot last worked on the database before this one; known after `begin`."""

    def ahead(self) -> float:
        """By how many seconds the machine's clock is not believed."""
        return self._steady.ahead.total_seconds() if self._steady else 0.0

    def stop(self) -> None:
        """Wait for no answer of Slack's."""
        if self._asking is not None:
            self._asking.cancel()

    async def begin(self) -> None:
        """Hold the machine's clock against what the database knows. To be done before anything is written."""
        self.seen_before = seen = await self._store.read(mass_revocation.last_time)
        if self._steady is None:
            return
        if seen is not None:
            await self._begin(self._steady, seen)
        self._since = self._steady.now()
        known = await self._store.read(lambda case: case.first(OPEN_PAUSES, PauseKind.CLOCK))
        self._pause = known.id if known else None

    async def _begin(self, steady: SteadyClock, seen: datetime) -> None:
        now = steady.now()
        if abs(now - seen) >= JUMP and await self._doubtful(seen, now):
            log.warning("the machine's clock is not believed", says=now.isoformat(), known=seen.isoformat())
            steady.go_on_from(seen)
        elif seen - now >= JUMP:
            await self._store.run(clock_set_back.move_times_back, seen - now)
        elif now < seen:  # a small step back, while nobody ran
            steady.go_on_from(seen)

    async def _doubtful(self, seen: datetime, now: datetime) -> bool:
        said = await self._witness()
        if said is not None:
            return not _agree(said, now)
        return now < seen or (now - seen >= ABSENCE and await self._many(seen, now))

    async def look(self) -> None:
        """Before each sweep: is the clock still right? Quick while it is."""
        if self._steady is not None and (self._steady.ahead or self._pause is not None):
            await self._judge(self._steady)
        now = self._clock.now()
        if self._noted is None or abs(now - self._noted) >= NOTED:
            await self._store.run(mass_revocation.save_time)
            self._noted = now

    async def _judge(self, steady: SteadyClock) -> None:
        if not steady.ahead:
            await self._right_again()
        elif await self._lifted():
            await self._believe(steady)
        elif (answer := await self._answer(steady.now())) is not None:
            await self._hear(steady, answer.result())

    async def _answer(self, now: datetime) -> asyncio.Future[datetime | None] | None:
        """What Slack says, asked now and then; None while it has not answered: no sweep waits for that."""
        asking = self._asking
        if asking is None and (self._asked is None or abs(now - self._asked) >= ASK):
            self._asked = now
            asking = self._asking = asyncio.ensure_future(self._witness())
            await asyncio.wait({asking}, timeout=MOMENT)
        if asking is None or not asking.done():
            return None
        self._asking = None
        return asking

    async def _hear(self, steady: SteadyClock, said: datetime | None) -> None:
        now, machine = steady.now(), steady.machine()
        if _agree(said, machine):
            await self._believe(steady)
            await self._right_again()
        elif steady.ahead > timedelta() and await self._many(now, machine):
            if said is not None and self._pause is None:
                pause = await self._store.run(mass_revocation.open_pause, PauseKind.CLOCK, now, machine)
                self._pause = pause.id
        elif said is None and steady.ahead > timedelta():
            await self._believe(steady)  # few are concerned, and nobody says that it is wrong

    async def _believe(self, steady: SteadyClock) -> None:
        ahead, since = steady.ahead, self._since
        log.warning("the machine's clock was set", by=str(ahead), says=steady.machine().isoformat())
        steady.believe()
        self._asked = self._noted = None
        self._since = steady.now()
        if ahead < timedelta():
            # Killed in between, the next sweep brings back what lies ahead of the present.
            await self._store.run(clock_set_back.move_times_back, -ahead, since)

    async def _right_again(self) -> None:
        """A pause that lies about is settled."""
        if (pause_id := self._pause) is not None:
            await self._store.run(mass_revocation.close_pause, pause_id)
        self._pause = None

    async def _lifted(self) -> bool:
        pause_id = self._pause
        if pause_id is None:
            return False
        pause = await self._store.read(lambda case: case.get_one(Pause, pause_id))
        if pause.state is PauseState.LIFTED:
            self._pause = None
        return pause.state is PauseState.LIFTED

    async def _many(self, since: datetime, until: datetime) -> bool:
        ending = await self._store.read(lambda case: mass_revocation.count_ending(case, since, until))
        return ending >= MANY


def _agree(said: datetime | None, machine: datetime) -> bool:
    return said is not None and abs(machine - said) < JUMP
