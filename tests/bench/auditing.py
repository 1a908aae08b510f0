"""The audit trail: verifying and exporting a million entries, in how much time and in how much memory."""

import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from bot.audit.files import Selection, write_jsonl
from models import audit
from models.audit import AuditEvent
from models.store.base import Store
from models.store.case import Case
from models.store.sqlite import SqliteSql
from tests.bench import places
from tests.bench.measure import Result, in_turns

ENTRIES, SHORT = 1_000_000, 10_000
ROUNDS = 5
BATCH = 500
"""Entries of one commit."""
LEAST = 300
"""Bytes of the shortest line: two hashes, a moment and the names of the fields."""
FLOOR = "a bare SELECT of the rows"


async def run() -> list[Result]:
    """Verify and export, against only reading the rows; and the memory that a long trail takes."""
    async with places.database() as path, places.database() as short:
        _fill(path, ENTRIES)
        _fill(short, SHORT)
        output = path.with_name("trail.jsonl")
        async with places.store_at(path) as store:
            verify, export = partial(_verify, store, ENTRIES), partial(_export, store, output, ENTRIES)
            verified, floor = await in_turns(verify, partial(_select, path, ENTRIES), ROUNDS)
            exported, export_floor = await in_turns(export, partial(_select, path, ENTRIES), ROUNDS)
        memory = [await _memory(each) for each in (short, path)]
    return [
        _rate(f"Audit verify, {ENTRIES:,} entries", verified, floor, 0.45),
        _rate(f"Audit export, {ENTRIES:,} entries", exported, export_floor, 0.6),
        Result(
            f"Memory that {ENTRIES:,} entries add to verify and export", "what is allowed, 10 MiB",
            max(memory[1] - memory[0], 0), 10, 1, unit="MiB",
        ),
    ]  # fmt: skip


def _rate(what: str, ours: float, floor: float, goal: float) -> Result:
    return Result(what, FLOOR, ENTRIES / ours, ENTRIES / floor, goal, at_least=True, unit="/s")


async def _verify(store: Store, entries: int) -> None:
    verdict = await store.read(audit.verify)
    assert verdict.intact, verdict.fault
    assert verdict.entries == entries


async def _export(store: Store, output: Path, entries: int) -> None:
    def write(case: Case) -> int:
        with output.open("w", encoding="utf-8", newline="") as file:
            count = write_jsonl(case, Selection(), file)
        assert output.stat().st_size > entries * LEAST
        return count

    assert await store.read(write) == entries


def _select(path: Path, entries: int) -> None:
    """Only read what both read: the entries and their texts."""
    with sqlite3.connect(path) as raw:
        read = sum(1 for _ in raw.execute("SELECT * FROM audit_entries ORDER BY seq"))
        for _ in raw.execute("SELECT * FROM audit_texts ORDER BY seq"):
            pass
    assert read == entries


def _fill(path: Path, entries: int) -> None:
    """Write the trail of many requests, as verbs do, in commits of a sweep's size."""
    with sqlite3.connect(path, isolation_level=None) as raw:
        raw.execute("PRAGMA synchronous=OFF")
        sql, facts = SqliteSql(raw), _facts()
        for _ in range(entries // BATCH):
            raw.execute("BEGIN")
            audit.append(sql, [next(facts) for _ in range(BATCH)], places.NOW)
            raw.execute("COMMIT")


def _facts() -> Iterator[AuditEvent]:
    """What is recorded of one request after the other, from submit to the end: three of nine have words."""
    by, about, number = "UGRACE", "UADA", 0
    term = {"length": 28800, "start": None, "end": None}
    while True:
        number += 1
        request, grant = f"AR-{number}", f"GR-{number}"

        def of(ref: str, actor: str, action: str, **data: object) -> AuditEvent:
            return AuditEvent(actor, action, ref, "github", about, data)

        yield of(request, about, "request.pending", kind="request", access="engineering", term=term,
                 reason="INC-42: db is down", over_max=False, emergency=False)  # fmt: skip
        yield of(
            request, "keyturn", "stage.opened", stage="Owner", position=0, approvers={by: "owner of GitHub"}
        )
        yield of(request, by, "decision.approve", stage="Owner", position=0, comment="", term=None,
                 because="owner of GitHub", stands_in_for="")  # fmt: skip
        yield of(request, by, "request.approved", before="pending", after="approved", note="")
        yield of(grant, "keyturn", "grant.granting", request=request, target="manual:github", term=term)
        yield of(grant, "keyturn", "grant.active", before="granting", after="active", event="given")
        yield of(grant, "keyturn", "grant.notice", before_end=3600)
        yield of(
            grant, "keyturn", "grant.revoking", before="active", after="revoking", event="expire", note=""
        )
        yield of(grant, "keyturn", "grant.ended", before="revoking", after="ended", event="taken")


_MOST = """
def most():
    with open("/proc/self/status") as status:
        return next(line.split()[1] for line in status if line.startswith("VmHWM"))
"""
_BOTH = f"""{_MOST}
import asyncio, os, sys
from pathlib import Path
from bot.audit import trail
from bot.audit.files import Selection
async def main(url):
    await trail.verify(url)
    await trail.export(url, Selection(), "jsonl", Path(os.devnull))
asyncio.run(main(sys.argv[1]))
print(most())
"""


async def _memory(path: Path) -> float:
    """The most MiB of a process that verifies and exports this trail."""
    command = [sys.executable, "-c", _BOTH, f"sqlite+aiosqlite:///{path}"]
    done = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, check=True)
    return int(done.stdout.split()[-1]) / 1024
