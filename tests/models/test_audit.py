from collections.abc import Callable

import pytest
from sqlalchemy import text

from models import audit
from models.store.base import Store
from models.store.tx import Tx

pytestmark = pytest.mark.both_engines

Tamper = Callable[[Tx], object]


def sql(*statements: str) -> Tamper:
    def run(tx: Tx) -> None:
        for statement in statements:
            tx.session.execute(text(statement))

    return run


async def fill(store: Store, entries: int = 6) -> None:
    for number in range(entries):
        await store.write(lambda tx, n=number: tx.record("UADA", "comment", f"AR-{n}", text="Größe ☃ <b>"))  # type: ignore[misc]


async def test_an_untouched_trail_is_whole(store: Store) -> None:
    await fill(store)
    verdict = await store.read(audit.verify)
    assert (verdict.whole, verdict.entries) == (True, 6)


@pytest.mark.parametrize(
    ("tamper", "found"),
    [
        (sql("UPDATE audit_entries SET actor = 'UEVE' WHERE seq = 3"), "entry 3 was changed"),
        (
            sql("UPDATE audit_entries SET at = '2020-01-01 00:00:00.000000' WHERE seq = 2"),
            "entry 2 was changed",
        ),
        (sql("DELETE FROM audit_entries WHERE seq = 4"), "entry 4 is missing"),
        (sql("DELETE FROM audit_entries WHERE seq = 1"), "entry 1 is missing"),
        (sql("DELETE FROM audit_entries WHERE seq > 4"), "its end is missing"),
        (
            sql(
                "UPDATE audit_entries SET seq = 100 WHERE seq = 2",
                "UPDATE audit_entries SET seq = 2 WHERE seq = 3",
                "UPDATE audit_entries SET seq = 3 WHERE seq = 100",
            ),
            "entry 2 does not follow",
        ),
    ],
)
async def test_a_tampered_trail_names_the_entry(store: Store, tamper: Tamper, found: str) -> None:
    await fill(store)
    await store.write(tamper)
    verdict = await store.read(audit.verify)
    assert verdict.fault is not None
    assert found in verdict.fault


async def test_entries_of_one_transaction_follow_each_other(store: Store) -> None:
    def two(tx: Tx) -> None:
        tx.record("UADA", "a", "AR-1")
        tx.record("UADA", "b", "AR-1")

    await store.write(two)
    assert [entry.action for entry in await store.read(lambda s: audit.story_of(s, ["AR-1"]))] == ["a", "b"]
