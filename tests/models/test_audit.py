"""The chain: what was changed in it is named, whoever reads it sees the words, and words can be erased."""

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, text
from sqlalchemy.pool import StaticPool

from models import audit
from models.audit import ERASED, AuditEvent, TextKind, canonical, hashed_fields
from models.audit.chain import separate_texts
from models.audit.read import BEFORE_ALL, _entries
from models.clock import ManualClock
from models.lifecycle import erase_words
from models.statements import Core
from models.store.base import Store
from models.store.case import Case
from models.store.outcome import Outcome
from models.tables.base import encode_with
from models.tables.people import Person
from models.tables.requests import Decision, Term
from tests.conftest import START
from tests.models.company import ADA, ALAN, GRACE, found
from tests.models.workflow_steps import ask
from tests.rows import count_of

pytestmark = pytest.mark.both_engines

Tamper = Callable[[Outcome], object]

NASTY = ('Größe ☃ “q” "q" \\ b\x01\x1f\x7f \u2028', "\n\t\b\f\r </b> 𝄞 %s ' ? :x {}")


def sql(*statements: str) -> Tamper:
    def run(out: Outcome) -> None:
        for statement in statements:
            out.sql.all(text(statement.replace(":", r"\:")))

    return run


def comment(out: Outcome, number: int) -> None:
    out.record("UADA", "comment", f"AR-{number}", text="Größe ☃ <b>")


async def fill(store: Store, entries: int = 6) -> None:
    for number in range(entries):
        await store.run(comment, number)


async def fault(store: Store) -> str | None:
    return (await store.read(audit.verify)).fault


async def test_an_untouched_trail_is_whole(store: Store) -> None:
    await fill(store)
    verdict = await store.read(audit.verify)
    assert (verdict.intact, verdict.entries) == (True, 6)


@pytest.mark.parametrize(
    ("tamper", "named"),
    [
        (sql("UPDATE audit_entries SET actor = 'UEVE' WHERE seq = 3"), "entry 3 was changed"),
        (
            sql("UPDATE audit_entries SET at = '2020-01-01 00:00:00.000000' WHERE seq = 2"),
            "entry 2 was changed",
        ),
        (sql("""UPDATE audit_entries SET data = '{"text":"other"}' WHERE seq = 4"""), "entry 4 was changed"),
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
        (
            sql(
                "INSERT INTO audit_entries SELECT 0, at, actor, action, subject, app, person, data, "
                "previous, hash FROM audit_entries WHERE seq = 1"
            ),
            "entry 1 is missing (entry 0 comes next)",
        ),
        (
            sql("UPDATE audit_texts SET text = '\"other\"' WHERE seq = 5"),
            "the text “text” of entry 5 was changed",
        ),
        (
            sql("UPDATE audit_texts SET field = 'note' WHERE seq = 5"),
            "the text “note” of entry 5 was changed",
        ),
        (
            sql("UPDATE audit_texts SET seq = 9 WHERE seq = 5"),
            "there is a text of entry 9, and no such entry",
        ),
        (sql("DELETE FROM audit_head"), "its head says 0"),
    ],
)
async def test_a_tampered_trail_names_the_entry(store: Store, tamper: Tamper, named: str) -> None:
    await fill(store)
    await store.write(tamper)
    named_fault = await fault(store)
    assert named_fault is not None
    assert named in named_fault


async def test_entries_of_one_transaction_follow_each_other(store: Store) -> None:
    def two(out: Outcome) -> None:
        out.record("UADA", "a", "AR-1")
        out.record("UADA", "b", "AR-1")

    await store.write(two)
    assert [entry.action for entry in await store.read(lambda case: audit.entries_about(case, ["AR-1"]))] == [
        "a",
        "b",
    ]


async def test_a_decision_that_the_trail_does_not_know_is_named(store: Store) -> None:
    await store.write(found)
    ref = await ask(store, Term(length=timedelta(hours=8)))
    assert await fault(store) is None

    def forge(out: Outcome) -> None:
        out.add(Decision, request_id=int(ref[3:]), person_id="UEVE", position=0, approve=True, at=out.now)

    await store.write(forge)
    assert await fault(store) == (
        f"the approval of {ref} by UEVE is in the table of decisions, but not in the trail: "
        "it was put there by hand"
    )


async def test_verifying_from_a_checkpoint_on_reads_what_came_after_and_looks_at_the_entry(
    store: Store,
) -> None:
    await fill(store, 3)
    point = await store.read(lambda case: audit.current_checkpoint(case, START))
    await fill(store, 2)
    await store.write(sql("UPDATE audit_entries SET actor = 'UEVE' WHERE seq = 1"))

    async def after(**changed: Any) -> audit.Verification:
        known = audit.Checkpoint(**vars(point) | changed)
        return await store.read(lambda case: audit.verify(case, after=known))

    assert (await after()).entries == 5
    assert "entry 3 is not what it was" in str((await after(hash="f" * 64)).fault)
    assert "entry 9 is missing" in str((await after(seq=9)).fault)
    await store.write(sql("UPDATE audit_entries SET actor = 'UEVE' WHERE seq = 4"))
    assert (await after()).fault == "entry 4 was changed"


# ── the text that is hashed ─────────────────────────────────────────────────────────────────────────────────

TEXT = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=20)
TEXT |= st.sampled_from(NASTY)
PLAIN = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | TEXT
DATA = st.dictionaries(
    TEXT | st.sampled_from(["reason", "because", "approvers", "stages", "note"]),
    st.recursive(
        PLAIN,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
        max_leaves=5,
    ),
    max_size=4,
)
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(DATA)
def test_canonical_json_is_what_the_standard_library_makes_of_it(data: Any) -> None:
    expected = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert canonical(data) == expected
    assert encode_with(json.JSONEncoder())(data) == json.dumps(data)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.builds(AuditEvent, TEXT, TEXT, TEXT, TEXT, TEXT, DATA), min_size=1, max_size=4), MOMENTS)
async def test_the_line_that_the_database_builds_is_what_was_hashed(
    store: Store, facts: list[AuditEvent], at: datetime
) -> None:
    """Byte for byte what Python makes of the entry, with all that texts can hold."""

    def look(out: Outcome) -> None:
        out.sql.all(text("DELETE FROM audit_texts"))
        out.sql.all(text("DELETE FROM audit_entries"))
        out.sql.all(text(f"UPDATE audit_head SET seq = 0, hash = '{audit.GENESIS}'"))
        audit.append(out.sql, facts, at)
        assert audit.verify(out.case).fault is None
        previous, lines = (
            audit.GENESIS,
            [line for _, piece in audit.export_lines(out.case) for line in piece.split("\n")],
        )
        for row, line in zip(out.case.read(_entries(frozenset()), after=BEFORE_ALL), lines, strict=True):
            entry = audit.TrailEntry._make(row)
            record = hashed_fields(entry)
            assert entry.hash == hashlib.sha256((previous + canonical(record)).encode()).hexdigest()
            exported = canonical(record | {"previous": previous, "hash": entry.hash})
            assert line == exported or line.startswith(f'{exported[:-1]},"texts":{{')
            json.loads(line)
            previous = entry.hash
        assert [entry.data for entry in audit.entries(out.case)] == [
            json.loads(canonical(f.data)) for f in facts
        ]

    await store.write(look)


@given(DATA)
def test_words_go_beside_the_chain_and_come_back(data: dict[str, Any]) -> None:
    words: list[audit.EntryText] = []
    chained = json.loads(canonical(separate_texts(data, 1, words)))
    assert sorted(audit.chain.text_fields(chained)) == sorted(each.field for each in words)
    found_again = audit.chain.restore_texts(chained, {each.field: each.text for each in words})
    assert found_again == json.loads(canonical(data))
    for each in words:
        assert audit.chain.text_digest(each.salt, each.field, each.text) in canonical(chained)


# ── words ───────────────────────────────────────────────────────────────────────────────────────────────────

STAGE = {"name": "Owner", "because": "owner of GitHub", "approvers": {"UGRACE": "manager of Ada Lovelace"}}


def asked(out: Outcome) -> None:
    out.record(
        ADA, "request.pending", "AR-1", app="github", person=ADA, reason="INC-42: my cat",
        term={"length": 3600}, because=[{"rule": "self", "text": "Ada asks"}], stages=[STAGE],
    )  # fmt: skip


async def raw(store: Store, seq: int) -> Any:
    (data,) = await store.read(lambda case: case.read(_DATA, entry=seq))
    return json.loads(data)


_DATA = text("SELECT data FROM audit_entries WHERE seq = :entry").columns()


async def story(store: Store) -> dict[str, Any]:
    (entry,) = await store.read(lambda case: audit.entries_about(case, ["AR-1"]))
    return entry.data


async def test_what_people_wrote_and_names_are_not_in_the_chain_but_are_read_with_it(store: Store) -> None:
    await store.write(asked)
    (line,) = await lines(store)
    chained = json.loads(line)["data"]
    assert chained["reason"].keys() == {"digest"}
    assert chained["stages"][0]["approvers"]["UGRACE"].keys() == {"digest"}
    assert (chained["term"], chained["because"][0]["rule"], chained["stages"][0]["name"]) == (
        {"length": 3600}, "self", "Owner",
    )  # fmt: skip
    assert (await story(store))["reason"] == "INC-42: my cat"
    assert (await story(store))["stages"] == [STAGE]


async def test_equal_words_have_different_digests(store: Store) -> None:
    await store.write(asked)
    await store.write(asked)
    first, second = (json.loads(line)["data"]["reason"] for line in (await lines(store)))
    assert first != second


async def lines(store: Store) -> list[str]:
    return await store.read(
        lambda case: [line for _, piece in audit.export_lines(case) for line in piece.split("\n")]
    )


async def test_the_words_of_a_person_are_erased_and_the_trail_still_verifies(store: Store) -> None:
    await store.write(asked)
    await store.write(lambda out: out.record("UKIM", "comment", "AR-7", text="mine"))
    await store.write(lambda out: out.record(GRACE, "comment", "AR-1", person=ALAN, text="about Alan"))
    mine = await store.read(lambda case: erase_words.texts_of_person(case, ADA))
    assert {(seq, field) for seq, field in mine} == {
        (1, "reason"), (1, "because/0/text"), (1, "stages/0/because"), (1, "stages/0/approvers/UGRACE"),
    }  # fmt: skip
    assert await store.run(erase_words.erase_person, ADA, mine, "operator") == 4
    assert await fault(store) is None
    data = (await store.read(lambda case: audit.entries_about(case, ["AR-1"])))[0].data
    assert (data["reason"], data["term"]) == (ERASED, {"length": 3600})
    assert data["stages"][0]["approvers"] == {"UGRACE": ERASED}
    assert "texts" not in json.loads((await lines(store))[0])
    (erased,) = await store.read(lambda case: audit.entries_about(case, [ADA]))
    assert (erased.actor, erased.action, erased.data) == ("operator", "audit.erased", {"texts": 4})
    assert await count_of(store, audit.AuditText) == 2


async def test_so_are_sentences_that_name_them_elsewhere_but_not_what_others_wrote(store: Store) -> None:
    def met(out: Outcome) -> None:
        out.add(Person, id=ADA, name="Ada Lovelace", checked_at=out.now)
        out.record("keyturn", "stage.escalated", "AR-9", person=ALAN, because="Ada Lovelace is away")
        out.record("keyturn", "stage.asked", "AR-9", person=ALAN, approvers={ADA: "owner", GRACE: "owner"})
        out.record(GRACE, "comment", "AR-9", person=ALAN, text="Ada Lovelace said no")

    await store.write(met)
    assert await store.read(lambda case: erase_words.texts_of_person(case, ADA)) == [
        (1, "because"), (2, f"approvers/{ADA}"),
    ]  # fmt: skip


async def test_words_are_erased_when_their_time_is_up(store: Store, clock: ManualClock) -> None:
    await store.write(asked)
    clock.advance(timedelta(days=10))
    await fill(store, 1)
    kept = {TextKind.WORDS: timedelta(days=10), TextKind.ERRORS: timedelta(days=1)}
    assert await store.run(erase_words.erase_expired, kept) == 0
    clock.advance(timedelta(seconds=1))
    assert await store.run(erase_words.erase_expired, kept) == 2
    assert await store.run(erase_words.erase_expired, kept) == 0
    assert await fault(store) is None
    assert (await story(store))["reason"] == ERASED
    assert (await story(store))["stages"] == [STAGE]
    (expired,) = await store.read(lambda case: audit.entries_about(case, ["audit"]))
    assert (expired.action, expired.data) == ("audit.expired", {"texts": 2})


async def test_many_words_are_found_in_pages(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erase_words, "_THEIRS", erase_words._THEIRS.limit(3))
    await store.write(asked)
    await store.write(asked)
    assert len(await store.read(lambda case: erase_words.texts_of_person(case, ADA))) == 8


def test_entries_are_written_in_three_statements() -> None:
    """However many, and the head of the chain with a statement of its own."""
    engine = create_engine("sqlite://", poolclass=StaticPool)
    with engine.begin() as connection:
        audit.AuditEntry.metadata.create_all(connection)
        counting = _Counting(connection)
        audit.append(
            counting, [AuditEvent("UADA", "comment", "AR-1", data={"text": str(n)}) for n in range(50)], START
        )
        assert counting.statements == 5  # the head was not there either
        counting.statements = 0
        audit.append(
            counting, [AuditEvent("UADA", "comment", "AR-1", data={"text": str(n)}) for n in range(50)], START
        )
        assert counting.statements == 4
        assert audit.verify(Case(counting, START)).entries == 100
    engine.dispose()


class _Counting(Core):
    statements = 0

    def all(self, statement: Any, /, **values: Any) -> list[Any]:
        self.statements += 1
        return super().all(statement, **values)

    def run(self, statement: Any, rows: Any) -> int:
        self.statements += 1
        return super().run(statement, rows)
