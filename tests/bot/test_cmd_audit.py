"""`keyturn audit`: the trail is proven whole, and what is handed out can be checked and hurts nobody."""

import asyncio
import csv
import hashlib
import io
import json
import os
import subprocess
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from bot.audit import trail
from bot.audit.files import Selection, escape_formula, write_table
from models.audit import TrailEntry
from models.clock import ManualClock
from models.store.open import open_store
from models.store.outcome import Outcome
from models.tables.people import Person
from tests.bot.command_line import CommandLine, Terminal, keyturn

__all__ = ["keyturn"]

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SQLITE = "sqlite+aiosqlite:///keyturn.db"


def happen(url: str, *works: Callable[[Outcome], object], step: timedelta = timedelta(hours=6)) -> None:
    """Do this in the database, the first at noon, each a step after the one before."""

    async def run() -> None:
        clock = ManualClock(NOON)
        store = open_store(url, clock)
        for work in works:
            await store.write(work)
            clock.advance(step)
        await store.close()

    asyncio.run(run())


def entry(subject: str, actor: str = "UADA", **data: object) -> Callable[[Outcome], object]:
    return lambda out: out.record(actor, "comment", subject, app="github", person="UGRACE", **data)


def met(out: Outcome) -> None:
    out.add(Person, id="UEVE", name="Eve", email="eve@example.com", checked_at=out.now)


def tamper(url: str, statement: str) -> None:
    happen(url, lambda out: out.sql.all(text(statement)))


def lines(out: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.splitlines()]


@pytest.fixture
def three(keyturn: CommandLine, database_url: str) -> CommandLine:
    """A trail of three entries: at noon, at six, and at midnight."""
    keyturn.configure(database_url)
    happen(database_url, entry("AR-1", text="Größe ☃"), entry("AR-2", "UEVE", n=1.5), entry("AR-3"))
    return keyturn


@pytest.mark.both_engines
def test_a_whole_trail_ends_with_0_and_its_last_hash(three: CommandLine) -> None:
    ended = three("audit", "verify")
    last = lines(three("audit", "export").out)[-1]
    assert ended == (0, f"3 entries, whole, ends at {last['hash']}\n", "")


def test_an_empty_trail_is_whole(keyturn: CommandLine, database_url: str) -> None:
    keyturn.configure(database_url)
    assert keyturn("audit", "verify").out.startswith("0 entries, whole")
    assert keyturn("audit", "export") == (0, "", "")


@pytest.mark.both_engines
def test_a_changed_entry_is_named(three: CommandLine, database_url: str) -> None:
    tamper(database_url, "UPDATE audit_entries SET actor = 'UADA' WHERE seq = 2")
    ended = three("audit", "verify")
    assert (ended.code, ended.out) == (1, "")
    assert "entry 2 was changed. 1 entry before that: whole." in ended.err


def test_an_export_can_be_verified_without_keyturn(three: CommandLine) -> None:
    previous = "0" * 64
    for line in three("audit", "export").out.splitlines():
        record = json.loads(line)
        carried = record.pop("previous"), record.pop("hash")
        for field, words in record.pop("texts", {}).items():
            written = f"{words['salt']}\n{field}\n{json.dumps(words['text'], ensure_ascii=False)}"
            digest = "sha256:" + hashlib.sha256(written.encode()).hexdigest()
            assert record["data"][field] == {"digest": digest}
        plain = json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        hashed = hashlib.sha256((previous + plain).encode()).hexdigest()
        assert carried == (previous, hashed)
        previous = hashed
    assert previous in three("audit", "verify").out


def test_the_table_has_the_same_entries(three: CommandLine) -> None:
    table = list(csv.DictReader(io.StringIO(three("audit", "export", "--format", "csv").out, newline="")))
    as_lines = [row | {"seq": int(row["seq"]), "data": json.loads(row["data"])} for row in table]
    expected = lines(three("audit", "export").out)
    for line in expected:
        for field, words in line.pop("texts", {}).items():
            line["data"][field] = words["text"]
    assert as_lines == expected
    assert as_lines[0]["data"] == {"text": "Größe ☃"}
    assert table[0]["at"] == "2026-03-02T12:00:00+00:00"


@pytest.mark.both_engines
@pytest.mark.parametrize(
    ("options", "subjects"),
    [
        (["--since", "2026-03-03"], ["AR-3"]),
        (["--until", "2026-03-02"], ["AR-1", "AR-2"]),
        (["--since", "2026-03-02T18:00", "--until", "2026-03-02T18:00Z"], ["AR-2"]),
        (["--since", "2026-03-02T15:00+02:00", "--until", "2026-03-02"], ["AR-2"]),
        (["--app", "github"], ["AR-1", "AR-2", "AR-3"]),
        (["--app", "wiki"], []),
        (["--person", "UEVE"], ["AR-2"]),
        (["--person", "UGRACE", "--since", "2026-03-03"], ["AR-3"]),
    ],
)
def test_a_part_can_be_asked_for(three: CommandLine, options: list[str], subjects: list[str]) -> None:
    assert [one["subject"] for one in lines(three("audit", "export", *options).out)] == subjects


def test_a_person_can_be_named_by_address(three: CommandLine, database_url: str) -> None:
    happen(database_url, met)
    assert [one["subject"] for one in lines(three("audit", "export", "--person", "Eve@example.com").out)] == [
        "AR-2"
    ]
    ended = three("audit", "export", "--person", "mallory@example.com")
    assert (ended.code, ended.out) == (1, "")
    assert "mallory@example.com" in ended.err


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--since", "yesterday"], "“yesterday” is no time. Write 2026-03-31"),
        (["--until", "2026-02-30"], "is no time"),
        (["--since", "2026-03-02", "--until", "2026-03-01"], "lies before --since"),
        (["--format", "xml"], "jsonl"),
    ],
)
def test_what_cannot_be_meant_ends_with_2(keyturn: CommandLine, options: list[str], words: str) -> None:
    ended = keyturn("audit", "export", *options)
    assert (ended.code, ended.out) == (2, "")
    assert words in ended.err


def test_a_file_has_what_standard_output_has(three: CommandLine) -> None:
    assert three("audit", "export", "--output", "trail.jsonl") == (0, "3 entries in trail.jsonl\n", "")
    assert Path("trail.jsonl").read_text(encoding="utf-8") == three("audit", "export").out


def test_an_export_that_fails_leaves_what_was_there(three: CommandLine) -> None:
    before = set(three.folder.iterdir())
    three.write("trail.csv", "the last one")
    ended = three("audit", "export", "--person", "nobody@example.com", "--output", "trail.csv")
    assert ended.code == 1
    assert Path("trail.csv").read_text(encoding="utf-8") == "the last one"
    assert set(three.folder.iterdir()) == {*before, three.folder / "trail.csv"}


@pytest.mark.parametrize(
    ("target", "words"), [("/no/such/folder/x", "No such file"), (".", "Is a directory")]
)
def test_a_place_that_cannot_be_written_is_told(three: CommandLine, target: str, words: str) -> None:
    ended = three("audit", "export", "--output", target)
    assert ended.code == 1
    assert words in ended.err
    assert "database" not in ended.err


def test_a_full_disk_is_told(three: CommandLine) -> None:
    ended = three("audit", "export", "--output", "/dev/full")
    assert (ended.code, ended.err) == (1, "The output cannot be written: No space left on device.")
    assert Path("/dev/full").is_char_device()


def test_a_reader_who_leaves_early_is_no_fault(keyturn: CommandLine, database_url: str) -> None:
    keyturn.configure(database_url)
    happen(database_url, *[entry("AR-1", text="x" * 500)] * 200, step=timedelta(0))
    with keyturn.program("audit", "export", stdout=subprocess.PIPE, stderr=subprocess.PIPE) as program:
        assert program.stdout is not None
        assert program.stderr is not None
        assert program.stdout.readline().startswith(b"{")
        program.stdout.close()
        assert program.stderr.read() == b""


@pytest.mark.both_engines
async def test_a_long_trail_needs_no_more_memory(database_url: str, clock: ManualClock) -> None:
    def comment(out: Outcome, entries: int) -> None:
        for _ in range(entries):
            out.record("UADA", "comment", "AR-1", text="x" * 200)

    async def lengthen(entries: int) -> None:
        store = open_store(database_url, clock)
        await store.run(comment, entries)
        await store.close()

    async def peak() -> int:
        tracemalloc.start()
        await trail.export(database_url, Selection(), "jsonl", Path(os.devnull))
        await trail.verify(database_url)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    await lengthen(2500)
    await peak()  # what is imported and cached at the first time
    short = await peak()
    await lengthen(7500)
    # Four times as long: what is read at once is less than all of it, and no more than twice the short one.
    assert await peak() < 2 * short


def cells(entries: list[TrailEntry]) -> Iterator[list[str]]:
    file = io.StringIO(newline="")
    write_table(entries, file)
    yield from csv.reader(io.StringIO(file.getvalue(), newline=""))


TEXTS = st.text(st.characters(exclude_categories=["Cs"])) | st.sampled_from(
    ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\r=1", "\n=1", "=cmd|' /C calc'!A0", '",=1', "'=1", "＝1"]
)


@given(TEXTS, TEXTS, st.dictionaries(TEXTS, TEXTS, max_size=3))
def test_no_cell_of_a_table_is_a_formula_and_none_is_lost(
    actor: str, person: str, data: dict[str, str]
) -> None:
    written = TrailEntry(7, NOON, actor, "comment", "AR-1", "", person, data, "0" * 64, "f" * 64)
    heading, row = cells([written])
    assert heading == list(TrailEntry._fields)
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) for cell in row)
    assert row[heading.index("actor")] in (actor, f"'{actor}")
    assert row[heading.index("person")] in (person, f"'{person}")
    assert json.loads(row[heading.index("data")]) == data


@given(st.text())
def test_only_what_begins_like_a_formula_is_changed(cell: str) -> None:
    assert escape_formula(cell).endswith(cell)
    assert escape_formula(escape_formula(cell)) == escape_formula(cell)


@pytest.mark.both_engines
def test_the_words_of_a_person_are_erased_after_a_question(
    three: CommandLine, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    happen(database_url, met)
    asked = three("audit", "erase", "--person", "UADA")
    assert (asked.code, asked.out) == (1, "")
    assert "1 text of UADA would be erased for good. Add --yes to do it." in asked.err
    assert three("audit", "erase", "--person", "eve@example.com") == (
        0, "There is no text by or about UEVE to erase.\n", "",
    )  # fmt: skip
    monkeypatch.setattr("sys.stdin", Terminal("n\n"))
    assert three("audit", "erase", "--person", "UADA").code == 1
    assert "Größe" in three("audit", "export").out
    monkeypatch.setattr("sys.stdin", Terminal("y\n"))
    ended = three("audit", "erase", "--person", "UADA")
    assert (ended.code, ended.out.strip()) == (0, "1 text of UADA erased. The trail still verifies.")
    assert "Größe" not in three("audit", "export").out
    assert '""text"":""(erased)""' in three("audit", "export", "--format", "csv").out
    assert three("audit", "verify").out.startswith("4 entries, whole")
    assert (
        three("audit", "erase", "--person", "UADA", "--yes").out
        == "There is no text by or about UADA to erase.\n"
    )


def test_a_changed_text_in_an_export_is_named(three: CommandLine) -> None:
    three.write("trail.jsonl", three("audit", "export").out)
    assert three("audit", "verify", "--export", "trail.jsonl").code == 0
    three.write("trail.jsonl", three("audit", "export").out.replace("Größe", "Groesse"))
    ended = three("audit", "verify", "--export", "trail.jsonl")
    assert (ended.code, ended.out) == (1, "")
    assert "the text “text” of entry 1 was changed" in ended.err
