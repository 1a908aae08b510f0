"""Ten thousand ends at once: how long they take against the driver alone."""

import time
from contextlib import AsyncExitStack, ExitStack
from datetime import timedelta
from pathlib import Path

from bot.serve import keep_what_is_loaded
from models.clock import ManualClock
from tests.bench import places
from tests.bench.elsewhere import elsewhere
from tests.bench.measure import Result, interleaved
from tests.bench.recording import Replay, keep, noted
from tests.bench.settling import settling

ENDS, ROUNDS = 10_000, 5
TOGETHER = 200
"""Grants that the driver alone has in one commit."""
QUICK = {"ENDS": 200, "ROUNDS": 1}


class EndPart:
    """A store in a process of its own, on which grants end."""

    def open(self) -> None:
        keep_what_is_loaded()

    async def end(self, path: str, count: int, note: str | None = None) -> float:
        """Let all that is due end; returns the seconds until the last is ended.

        With `note`, what went to the database is written into that file.
        """
        clock = ManualClock(places.NOW + timedelta(minutes=2))
        with ExitStack() as stack:
            transactions = stack.enter_context(noted()) if note else []
            async with places.store_at(Path(path), clock) as store, settling(store) as ends:
                began = time.perf_counter()
                await ends.come_true(count)
                took = time.perf_counter() - began
        if note:
            keep(transactions, note)
        return took


async def run() -> list[Result]:
    """Swept, taken by a connector, on record, their cards and jobs written: against the same rows, raw."""
    async with AsyncExitStack() as stack:
        path = await stack.enter_async_context(places.database())
        places.fill_grants(path, ENDS, ends=places.NOW + timedelta(minutes=1))
        ours = await stack.enter_async_context(elsewhere(EndPart))
        floor = await stack.enter_async_context(elsewhere(Replay))
        await ours.do("open")
        script = str(path.with_name("noted"))
        await ours.do("end", path=str(places.copy(path, "noted.db")), count=ENDS, note=script)

        async def end() -> float:
            copy = places.copy(path, "ours.db")
            took = await ours.do("end", path=str(copy), count=ENDS)
            _assert_ended(copy)
            return float(took)

        async def send() -> float:
            copy = places.copy(path, "raw.db")
            await floor.do("open", path=str(copy), noted=script, reads=False, hashes=True)
            took = await floor.do("send", commits=2 * ENDS // TOGETHER)
            await floor.do("close")
            _assert_ended(copy)
            return float(took["seconds"])

        seconds, floor_seconds = await interleaved(ROUNDS, end, send)
    what = f"{ENDS:,} ends at once: swept, taken by a connector, audited, cards and jobs written"
    floor_is = f"raw, the same rows with their hashes, {TOGETHER} grants a commit"
    return [Result(what, floor_is, seconds, floor_seconds, 3.5)]


def _assert_ended(path: Path) -> None:
    """All are ended, on record twice, each with a card that is still to be drawn."""
    counts = {
        "SELECT count(*) FROM grants WHERE state = 'ended'": ENDS,
        "SELECT count(*) FROM audit_entries": 2 * ENDS,
        "SELECT max(seq) FROM audit_entries JOIN audit_head USING (seq, hash)": 2 * ENDS,
        "SELECT count(*) FROM cards WHERE kind = 'over'": ENDS,
        "SELECT count(*) FROM jobs WHERE kind = 'card' AND state = 'ready'": ENDS,
    }
    found = {sql: places.ask(path, sql) for sql in counts}
    assert found == counts, found
