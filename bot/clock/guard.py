"""Decide whether to follow the machine's clock, where it jumped or has moved far while nobody ran.

Slack's clock is the witness: each of its answers is dated. Where it agrees with the machine's, that one was
only set right, or Keyturn was away for long. Where it does not, time goes on as if there had been no jump
(`MonotonicClock`); and where a mass of accesses would end by the jump, the admins are asked.

Where the clock that was set back is right, the time itself goes back: by a slower clock people would read
wrong hours for days, or for years. So that no access lasts longer by it, those that were begun by the wrong
time go back as far, in the next transaction (`models.lifecycle.clock_set_back`).
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import structlog

from bot.clock.monotonic import JUMP, MonotonicClock
from models.clock import Clock
from models.lifecycle import clock_set_back, mass_revocation
from models.store.base import Store
from models.tables.pauses import OPEN_PAUSES, Pause, PauseKind, PauseState

log = structlog.stdlib.get_logger(__name__)

MASS = 10
"""So many accesses that end by a jump alone are a mass."""
ABSENCE = timedelta(days=1)
"""Nobody ran for longer than this, and Slack does not answer: what ends in masses waits until it does."""
NOTE_INTERVAL = timedelta(minutes=1)
"""How often the time is written to the database."""
ASK_INTERVAL = timedelta(seconds=30)
"""How often Slack is asked, while the clock is in doubt."""
ANSWER_WAIT = 0.5
"""Seconds that a sweep waits for Slack's answer; one that comes later is heard before a later sweep."""


class ClockGuard:
    """Guards the clock of one process; with a clock that is no `MonotonicClock` it only notes the time."""

    def __init__(self, store: Store, clock: Clock, witness: Callable[[], Awaitable[datetime | None]]) -> None:
        """`witness` returns the time elsewhere, such as Slack's; None where nobody answers."""
        self._store, self._clock, self._witness = store, clock, witness
        self._monotonic = clock if isinstance(clock, MonotonicClock) else None
        self._noted_at: datetime | None = None
        self._asked_at: datetime | None = None
        self._pending: asyncio.Future[datetime | None] | None = None
        self._trusted_since: datetime | None = None
        """When the time was last taken from the machine: at the start, or at a jump that was accepted."""
        self._pause: int | None = None
        self.last_seen: datetime | None = None
        """When a bot last worked on the database before this one; known after `start`."""

    def ahead(self) -> float:
        """By how many seconds the machine's clock jumped and is not followed."""
        return self._monotonic.ahead.total_seconds() if self._monotonic else 0.0

    def stop(self) -> None:
        """Stop waiting for the witness."""
        if self._pending is not None:
            self._pending.cancel()

    async def start(self) -> None:
        """Compare the machine's clock with what the database knows. To be done before anything is written."""
        self.last_seen = last_seen = await self._store.read(mass_revocation.last_time)
        if self._monotonic is None:
            return
        if last_seen is not None:
            await self._start(self._monotonic, last_seen)
        self._trusted_since = self._monotonic.now()
        open_pause = await self._store.read(lambda case: case.first(OPEN_PAUSES, PauseKind.CLOCK))
        self._pause = open_pause.id if open_pause else None

    async def _start(self, monotonic: MonotonicClock, last_seen: datetime) -> None:
        now = monotonic.now()
        if abs(now - last_seen) >= JUMP and await self._is_doubtful(last_seen, now):
            log.warning(
                "the machine's clock is not believed", says=now.isoformat(), known=last_seen.isoformat()
            )
            monotonic.set_time(last_seen)
        elif last_seen - now >= JUMP:
            await self._store.run(clock_set_back.move_times_back, last_seen - now)
        elif now < last_seen:  # a small step back, while nobody ran
            monotonic.set_time(last_seen)

    async def _is_doubtful(self, last_seen: datetime, now: datetime) -> bool:
        witness_time = await self._witness()
        if witness_time is not None:
            return not _agrees(witness_time, now)
        return now < last_seen or (now - last_seen >= ABSENCE and await self._ends_a_mass(last_seen, now))

    async def check(self) -> None:
        """Check the clock, before each sweep, and note the time. Quick while the clock is right."""
        if self._monotonic is not None and (self._monotonic.ahead or self._pause is not None):
            await self._check_jump(self._monotonic)
        now = self._clock.now()
        if self._noted_at is None or abs(now - self._noted_at) >= NOTE_INTERVAL:
            await self._store.run(mass_revocation.save_time)
            self._noted_at = now

    async def _check_jump(self, monotonic: MonotonicClock) -> None:
        if not monotonic.ahead:
            await self._settle_pause()
        elif await self._pause_lifted():
            await self._accept(monotonic)
        elif (answer := await self._ask_witness(monotonic.now())) is not None:
            await self._weigh(monotonic, answer.result())

    async def _ask_witness(self, now: datetime) -> asyncio.Future[datetime | None] | None:
        """The witness's answer, asked for every `ASK_INTERVAL`; None while there is none: no sweep waits."""
        pending = self._pending
        if pending is None and (self._asked_at is None or abs(now - self._asked_at) >= ASK_INTERVAL):
            self._asked_at = now
            pending = self._pending = asyncio.ensure_future(self._witness())
            await asyncio.wait({pending}, timeout=ANSWER_WAIT)
        if pending is None or not pending.done():
            return None
        self._pending = None
        return pending

    async def _weigh(self, monotonic: MonotonicClock, witness_time: datetime | None) -> None:
        now, machine = monotonic.now(), monotonic.machine_time()
        if _agrees(witness_time, machine):
            await self._accept(monotonic)
            await self._settle_pause()
        elif monotonic.ahead > timedelta() and await self._ends_a_mass(now, machine):
            if witness_time is not None and self._pause is None:
                pause = await self._store.run(mass_revocation.open_pause, PauseKind.CLOCK, now, machine)
                self._pause = pause.id
        elif witness_time is None and monotonic.ahead > timedelta():
            await self._accept(monotonic)  # few are concerned, and nobody says that it is wrong

    async def _accept(self, monotonic: MonotonicClock) -> None:
        ahead, since = monotonic.ahead, self._trusted_since
        log.warning("the machine's clock was set", by=str(ahead), says=monotonic.machine_time().isoformat())
        monotonic.accept_machine_time()
        self._asked_at = self._noted_at = None
        self._trusted_since = monotonic.now()
        if ahead < timedelta():
            # Killed in between, the next sweep brings back what lies ahead of the present.
            await self._store.run(clock_set_back.move_times_back, -ahead, since)

    async def _settle_pause(self) -> None:
        """End the pause, if there is one: the clock is right again."""
        if (pause_id := self._pause) is not None:
            await self._store.run(mass_revocation.close_pause, pause_id)
        self._pause = None

    async def _pause_lifted(self) -> bool:
        pause_id = self._pause
        if pause_id is None:
            return False
        pause = await self._store.read(lambda case: case.get_one(Pause, pause_id))
        if pause.state is PauseState.LIFTED:
            self._pause = None
        return pause.state is PauseState.LIFTED

    async def _ends_a_mass(self, since: datetime, until: datetime) -> bool:
        ending = await self._store.read(lambda case: mass_revocation.count_ending(case, since, until))
        return ending >= MASS


def _agrees(witness_time: datetime | None, machine: datetime) -> bool:
    return witness_time is not None and abs(machine - witness_time) < JUMP
