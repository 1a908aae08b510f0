"""What one `Store.read` sees is one moment, whatever others write meanwhile."""

import asyncio
import threading

import pytest

from models.audit import AuditEntry
from models.clock import ManualClock
from models.store.base import Store
from models.store.case import Case
from models.store.open import open_store
from models.store.outcome import Outcome
from tests.rows import every

pytestmark = pytest.mark.both_engines


async def test_a_read_sees_one_moment(store: Store, database_url: str, clock: ManualClock) -> None:
    def count(case: Case) -> int:
        return len(every(case, AuditEntry))

    def twice(case: Case) -> tuple[int, int]:
        before = count(case)
        writer = threading.Thread(target=asyncio.run, args=(_write_elsewhere(database_url, clock),))
        writer.start()
        writer.join()
        return before, count(case)

    assert await store.read(twice) == (0, 0)
    assert await store.read(count) == 1


async def _write_elsewhere(url: str, clock: ManualClock) -> None:
    other = open_store(url, clock)
    await other.run(Outcome.record, "operator", "seen", "AR-1")
    await other.close()
