"""Signed checkpoints: what the chain alone cannot show, with the database and with an export, offline."""

import base64
import hashlib
import json
import os
import shutil
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from bot.app import build
from bot.audit import checkpoints, keys
from bot.audit.files import read_jsonl
from bot.audit.schedule import CHECK_INTERVAL, ERASE_INTERVAL, CheckpointSigner, TextEraser
from bot.config import Config
from bot.errors import Failure
from bot.worker.jobs.notify_witness import NotifyWitnessJob
from models import audit
from models.audit import Checkpoint, canonical
from models.clock import ManualClock
from models.jobs import Job, Work
from models.store.base import Store
from models.store.open import open_store
from tests.bot.command_line import CommandLine, keyturn
from tests.bot.test_cmd_audit import SQLITE, entry, happen, tamper
from tests.rows import all_of, count_of

__all__ = ["keyturn"]

OUTSIDE = ("previous", "hash", "texts")
"""What of an exported line is not in its hash."""
POINTS = ("--checkpoints", "points.jsonl", "--key", "audit.key.pub")


@pytest.fixture
def signed(keyturn: CommandLine, sqlite_template: str) -> CommandLine:
    """A trail of three entries with a checkpoint at the second and the third; and one entry after them."""
    shutil.copy(sqlite_template, "keyturn.db")
    happen(SQLITE, entry("AR-1"), entry("AR-2", text="Größe ☃", n=1.5))
    assert keyturn("audit", "key", "audit.key").code == 0
    for more in ("AR-3", "AR-4"):
        assert keyturn("audit", "checkpoint", "--key", "audit.key", "--to", "points.jsonl").code == 0
        happen(SQLITE, entry(more))
    return keyturn


def exported(keyturn: CommandLine) -> list[dict[str, Any]]:
    assert keyturn("audit", "export", "--output", "trail.jsonl").code == 0
    return [json.loads(line) for line in Path("trail.jsonl").read_text(encoding="utf-8").splitlines()]


def written(lines: list[dict[str, Any]]) -> None:
    Path("trail.jsonl").write_text("".join(canonical(line) + "\n" for line in lines), encoding="utf-8")


def rechained(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same with every link made anew, as somebody would who can write to the database."""
    previous = audit.GENESIS
    for number, line in enumerate(lines, start=1):
        line |= {"seq": number, "previous": previous}
        previous = line["hash"] = hashlib.sha256(
            (previous + canonical({k: v for k, v in line.items() if k not in OUTSIDE})).encode()
        ).hexdigest()
    return lines


def test_what_is_as_it_was_goes_with_its_checkpoints_in_the_database_and_in_an_export(
    signed: CommandLine,
) -> None:
    exported(signed)
    for where in ((), ("--export", "trail.jsonl")):
        ended = signed("audit", "verify", *POINTS, *where)
        assert ended.code == 0, ended
        assert ended.out.startswith("4 entries, whole, as 2 checkpoints say, ends at ")


def test_an_export_is_verified_without_a_configuration_or_a_database(signed: CommandLine) -> None:
    exported(signed)
    for name in ("config.toml", "keyturn.db"):
        Path(name).unlink()
    assert signed("audit", "verify", *POINTS, "--export", "trail.jsonl").code == 0


def test_a_tail_that_was_cut_off_together_with_its_head_is_found(signed: CommandLine) -> None:
    tamper(SQLITE, "DELETE FROM audit_entries WHERE seq > 2")
    tamper(SQLITE, "UPDATE audit_head SET seq = 2, hash = (SELECT hash FROM audit_entries WHERE seq = 2)")
    assert signed("audit", "verify").code == 0  # the chain alone does not know
    ended = signed("audit", "verify", *POINTS)
    assert (ended.code, ended.out) == (1, "")
    assert "the trail ends at entry 2, but at" in ended.err
    assert "it had entry 3: its end is missing. 2 entries before that: whole." in ended.err


def test_a_trail_that_was_written_anew_is_found_with_the_entry_from_which_on(signed: CommandLine) -> None:
    lines = exported(signed)
    for changed, words, since in (
        (0, "entry 2 is not what it was", "from the beginning"),
        (2, "entry 3 is not what it was", "after entry 2, which is as it was"),
    ):
        anew = [dict(line) for line in lines]
        anew[changed]["actor"] = "UNOBODY"
        written(rechained(anew))
        assert signed("audit", "verify", "--export", "trail.jsonl").code == 0
        ended = signed("audit", "verify", "--export", "trail.jsonl", *POINTS)
        assert ended.code == 1
        assert words in ended.err
        assert f"written anew {since}" in ended.err


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda lines: lines[1].update(actor="UEVE"), "entry 2 was changed"),
        (lambda lines: lines.pop(1), "entry 2 is missing"),
        (lambda lines: lines.insert(1, lines.pop(2)), "entry 2 is missing (entry 3 comes next)"),
        (lambda lines: lines.__delitem__(slice(2, None)), "ends at entry 2, but at"),
        (lambda lines: lines[1].update(at="2026-03-02 18:00"), "Line 2 of the export isn't an audit entry"),
        (lambda lines: lines[3].pop("hash"), "Line 4 of the export isn't an audit entry"),
    ],
)
def test_an_export_that_was_changed_is_told_with_the_place(
    signed: CommandLine, damage: Any, words: str
) -> None:
    lines = exported(signed)
    damage(lines)
    written(lines)
    ended = signed("audit", "verify", "--export", "trail.jsonl", *POINTS)
    assert (ended.code, ended.out) == (1, "")
    assert words in ended.err


def test_a_checkpoint_that_somebody_else_signed_or_changed_is_told_with_its_line(signed: CommandLine) -> None:
    first, second = points()
    for line, words in (
        (second.replace('"seq":3', '"seq":1'), "line 2: this key did not sign it"),
        ("{}", "line 2: this is no checkpoint"),
        (second.replace('"counter":2', '"counter":"2"'), "line 2: this is no checkpoint"),
    ):
        assert words in against(signed, first, line)
    assert signed("audit", "key", "other.key").code == 0
    Path("points.jsonl").write_text(first, encoding="utf-8")
    ended = signed("audit", "verify", "--checkpoints", "points.jsonl", "--key", "other.key.pub")
    assert "line 1: this key did not sign it, but the key " in ended.err


def points() -> list[str]:
    return Path("points.jsonl").read_text(encoding="utf-8").splitlines()


def against(keyturn: CommandLine, *lines: str) -> str:
    """What verify says of these checkpoints, which are wrong."""
    Path("points.jsonl").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    ended = keyturn("audit", "verify", *POINTS)
    assert (ended.code, ended.out) == (1, "")
    return ended.err


def made_anew(line: str, **changes: Any) -> str:
    """The same checkpoint, changed and signed anew by whoever has the key."""
    content = {name: value for name, value in json.loads(line).items() if name != "signature"} | changes
    key = keys.private_key(Path("audit.key"))
    signature = base64.b64encode(key.sign(checkpoints.message(content))).decode()
    return canonical(content | {"signature": signature})


def test_checkpoints_that_are_missing_or_signed_anew_are_told(signed: CommandLine) -> None:
    happen(SQLITE, entry("AR-5"))
    assert signed("audit", "checkpoint", "--key", "audit.key", "--to", "points.jsonl").code == 0
    first, second, third = points()
    assert [json.loads(line)["counter"] for line in points()] == [1, 2, 3]
    assert "line 1: checkpoint 1 is missing before checkpoint 2" in against(signed, second, third)
    assert "line 1: checkpoints 1 to 2 are missing before checkpoint 3" in against(signed, third)
    assert "line 2: checkpoint 2 is missing before checkpoint 3" in against(signed, first, third)
    assert "line 2: it is checkpoint 1 once more" in against(signed, first, first, second)
    later = made_anew(second, at="2026-03-09T09:00:00+00:00")
    assert "line 3: it does not follow the line before it" in against(signed, first, later, third)
    assert "line 2: it does not follow" in against(signed, first, made_anew(second, previous="0" * 64))
    error = against(signed, first, made_anew(second, seq=1))
    assert "it says that the trail ended at entry 1, the one before it said entry 2: they contradict" in error
    error = against(signed, first, made_anew(second, seq=2))
    assert "line 2: it and the one before it contradict each other about entry 2" in error


def test_the_last_one_signed_anew_goes_with_the_file_but_not_with_what_the_witness_heard(
    signed: CommandLine,
) -> None:
    first, second = points()
    heard = hashlib.sha256(second.encode()).hexdigest()
    assert f"its digest is {heard}" in signed("audit", "verify", *POINTS).out
    assert signed("audit", "verify", *POINTS, "--witness", heard).code == 0
    anew = made_anew(second, at="2026-03-09T09:00:00+00:00")
    Path("points.jsonl").write_text(f"{first}\n{anew}\n", encoding="utf-8")
    assert signed("audit", "verify", *POINTS).code == 0
    ended = signed("audit", "verify", *POINTS, "--witness", heard)
    assert (ended.code, ended.out) == (1, "")
    assert "the one that the witness received is missing, or was signed again" in ended.err
    assert signed("audit", "verify", "--witness", heard).code == 2


def test_checkpoints_of_before_are_taken_and_followed(signed: CommandLine) -> None:
    """They have no number; the first that has one follows the last of them."""
    key = keys.private_key(Path("audit.key"))
    old = []
    for line in points():
        content = {name: json.loads(line)[name] for name in ("at", "seq", "hash")}
        signature = base64.b64encode(key.sign(checkpoints.PREFIX + canonical(content).encode())).decode()
        old.append(canonical(content | {"signature": signature}))
    Path("points.jsonl").write_text("".join(f"{line}\n" for line in old), encoding="utf-8")
    assert signed("audit", "verify", *POINTS).out.startswith("4 entries, whole, as 2 checkpoints say")
    assert signed("audit", "checkpoint", "--key", "audit.key", "--to", "points.jsonl").code == 0
    third = points()[2]
    assert json.loads(third)["counter"] == 3
    assert signed("audit", "verify", *POINTS).out.startswith("4 entries, whole, as 3 checkpoints say")
    assert "line 2: checkpoint 2 is missing" in against(signed, old[0], third)
    assert "line 4: it has no number" in against(signed, *old, third, old[1])


def test_nothing_is_signed_that_contradicts_the_checkpoint_before_or_is_broken(signed: CommandLine) -> None:
    before = points()
    refused = ("audit", "checkpoint", "--key", "audit.key", "--to", "points.jsonl")
    shutil.copy("keyturn.db", "kept.db")
    for damage, words in (
        ("UPDATE audit_entries SET actor = 'UEVE' WHERE seq = 4", "entry 4 was changed"),
        ("UPDATE audit_entries SET hash = 'f' WHERE seq = 3", "entry 3 is not what it was at"),
        ("DELETE FROM audit_entries WHERE seq > 2", "entry 3 is missing, but at"),
    ):
        tamper(SQLITE, damage)
        ended = signed(*refused)
        assert (ended.code, ended.out) == (1, "")
        assert "Nothing was signed: " in ended.err
        assert words in ended.err
        for left in Path().glob("keyturn.db*"):
            left.unlink()
        shutil.copy("kept.db", "keyturn.db")
    assert points() == before
    Path("points.jsonl").write_text(f"{before[0]}\nnonsense\n", encoding="utf-8")
    assert "line 2: this is no checkpoint" in signed(*refused).err
    assert signed("audit", "checkpoint", "--key", "audit.key").code == 0  # by itself it is whole


def test_what_is_printed_follows_the_file_that_is_named(signed: CommandLine) -> None:
    alone = json.loads(signed("audit", "checkpoint", "--key", "audit.key").out)
    assert (alone["counter"], alone["previous"]) == (1, audit.GENESIS)
    after = signed("audit", "checkpoint", "--key", "audit.key", "--after", "points.jsonl").out
    assert json.loads(after)["counter"] == 3
    with Path("points.jsonl").open("a", encoding="utf-8") as file:
        file.write(after)
    assert signed("audit", "verify", *POINTS).code == 0


def demanded(keyturn: CommandLine, more: str = "") -> None:
    """Configure checkpoints."""
    with (keyturn.folder / "config.toml").open("a", encoding="utf-8") as file:
        file.write(f"\n[audit]\nkey = 'audit.key'\ncheckpoints = 'points.jsonl'\n{more}")


def test_an_empty_file_held_nothing_against_the_trail_and_fails_where_one_is_demanded(
    signed: CommandLine,
) -> None:
    Path("points.jsonl").write_text("", encoding="utf-8")
    ended = signed("audit", "verify", *POINTS)
    assert ended.code == 0
    assert "No checkpoint to compare with: there is none in points.jsonl" in ended.out
    demanded(signed)
    ended = signed("audit", "verify")
    assert (ended.code, ended.out) == (1, "")
    assert "No checkpoint to compare with: there is none in points.jsonl. [audit] requires one." in ended.err
    Path("points.jsonl").unlink()
    assert "points.jsonl cannot be read" in signed("audit", "verify").err


def test_configured_ones_are_demanded_and_their_age_is_told(signed: CommandLine) -> None:
    demanded(signed)
    ended = signed("audit", "verify")
    assert ended.code == 0, ended
    assert ended.out.startswith("4 entries, whole, as 2 checkpoints say, ends at ")
    assert "The last checkpoint, number 2, is less than a minute old (" in ended.out
    line = signed("audit", "checkpoint").out.strip()
    assert points()[2] == line
    assert signed("audit", "verify").out.startswith("4 entries, whole, as 3 checkpoints say")


def test_the_command_has_the_witness_told(signed: CommandLine) -> None:
    demanded(signed, "witness_channel = 'C0AUDIT'\n")
    assert signed("audit", "checkpoint").code == 0
    third = points()[2]
    with sqlite3.connect("keyturn.db") as raw:
        ((kind, payload),) = raw.execute("SELECT kind, payload FROM jobs").fetchall()
    assert (kind, json.loads(payload)["channel"]) == ("witness", "C0AUDIT")
    assert hashlib.sha256(third.encode()).hexdigest() in json.loads(payload)["text"]


def test_the_key_is_its_owner_s_alone_and_never_written_over(signed: CommandLine) -> None:
    assert Path("audit.key").stat().st_mode & 0o777 == 0o600
    assert "PRIVATE" not in Path("audit.key.pub").read_text(encoding="utf-8")
    before = Path("audit.key").read_bytes()
    public = Path("audit.key.pub").read_bytes()
    assert "audit.key.pub already exists" in signed("audit", "key", "audit.key").err
    Path("audit.key").rename("old.key")  # its public half is what verifies all that it has signed
    assert "audit.key.pub already exists" in signed("audit", "key", "audit.key").err
    Path("old.key").rename("audit.key")
    Path("audit.key.pub").rename("old.pub")
    assert "audit.key already exists" in signed("audit", "key", "audit.key").err
    assert not Path("audit.key.pub").exists()
    Path("old.pub").rename("audit.key.pub")
    assert (Path("audit.key").read_bytes(), Path("audit.key.pub").read_bytes()) == (before, public)
    os.chmod("audit.key", 0o644)  # noqa: PTH101
    assert "chmod 600" in signed("audit", "checkpoint", "--key", "audit.key").err


def test_what_belongs_together_is_asked_for(signed: CommandLine) -> None:
    assert signed("audit", "verify", "--key", "audit.key.pub").code == 2
    assert "set [audit] key" in signed("audit", "checkpoint").err
    for wrong in ("audit.key", "nowhere"):
        assert signed("audit", "verify", "--checkpoints", "points.jsonl", "--key", wrong).code == 1


@pytest.fixture
async def store(sqlite_template: str, tmp_path: Path, clock: ManualClock) -> AsyncIterator[Store]:
    shutil.copy(sqlite_template, tmp_path / "keyturn.db")
    opened = open_store(f"sqlite+aiosqlite:///{tmp_path / 'keyturn.db'}", clock)
    yield opened
    await opened.close()


@pytest.fixture
def config(tmp_path: Path) -> Config:
    keys.new_key(tmp_path / "audit.key")
    file = {"key": str(tmp_path / "audit.key"), "checkpoints": str(tmp_path / "points.jsonl")}
    return Config.model_validate(
        {
            "slack": {"bot_token": "xoxb-1", "app_token": "xapp-1", "api_url": "http://127.0.0.1:1/api/"},
            "database": {"url": f"sqlite+aiosqlite:///{tmp_path / 'keyturn.db'}"},
            "email": {"smtp": "smtp://127.0.0.1:1", "sender": "keyturn@example.com"},
            "audit": {
                **file, "every_hours": 1, "retention": {"words": "2d"},
                "witness_channel": "C0AUDIT", "witness_email": "auditor@example.com",
            },
        }
    )  # fmt: skip


def in_file(config: Config) -> list[checkpoints.SignedCheckpoint]:
    assert config.audit is not None
    assert config.audit.key is not None
    assert config.audit.checkpoints is not None
    public = keys.public_key(keys.public_path(config.audit.key))
    return checkpoints.read(config.audit.checkpoints, public)


async def test_keyturn_signs_when_it_is_time_also_after_a_start(
    store: Store, config: Config, clock: ManualClock
) -> None:
    signer = CheckpointSigner(config, store)
    await signer.sign_if_due()
    await store.write(lambda out: out.record("UADA", "comment", "AR-1"))
    await signer.sign_if_due()
    clock.advance(timedelta(minutes=59))
    # As after a start: the file says when the last one was signed.
    await CheckpointSigner(config, store).sign_if_due()
    assert [signed.point.seq for signed in in_file(config)] == [0]
    clock.advance(timedelta(minutes=1))
    await CheckpointSigner(config, store).sign_if_due()
    end = await store.read(audit.verify)
    assert [signed.point.seq for signed in in_file(config)] == [0, end.entries]
    assert in_file(config)[-1].point.hash == end.head
    clock.advance(-timedelta(days=3))  # the clock was set back: no three days without one
    await signer.sign_if_due()
    assert [signed.counter for signed in in_file(config)] == [1, 2, 3]


async def test_the_witness_hears_of_each_and_of_a_trail_that_is_broken(
    store: Store, config: Config, clock: ManualClock
) -> None:
    signer = CheckpointSigner(config, store)
    await store.write(lambda out: out.record("UADA", "comment", "AR-1", text="mine"))
    await signer.sign_if_due()
    wanted = await all_of(store, Job)
    assert [job.kind for job in wanted] == ["witness", "witness"]
    assert {*wanted[0].payload, *wanted[1].payload} == {"text", "channel", "email"}
    assert in_file(config)[0].digest in wanted[0].payload["text"]
    await store.write(lambda out: out.sql.all(text("UPDATE audit_entries SET actor = 'UEVE'")))
    clock.advance(timedelta(hours=1))
    await store.write(lambda out: out.record("UADA", "comment", "AR-2"))
    await store.write(lambda out: out.sql.all(text("UPDATE audit_entries SET actor = 'UEVE'")))
    for _ in range(2):  # the second time it is not time yet
        await signer.sign_if_due()
    assert len(in_file(config)) == 1
    refused = [job.payload["text"] for job in await all_of(store, Job)][2:]
    assert refused == ["Nothing was signed: entry 2 was changed."] * 2


async def test_who_signs_elsewhere_just_now_is_not_waited_for(store: Store, config: Config) -> None:
    assert config.audit is not None
    assert config.audit.checkpoints is not None
    with checkpoints.locked_file(config.audit.checkpoints, wait=True):
        await CheckpointSigner(config, store).sign_if_due()
    assert in_file(config) == []


async def test_words_are_erased_where_the_configuration_wants_that(
    store: Store, config: Config, clock: ManualClock
) -> None:
    assert config.audit is not None
    await store.write(lambda out: out.record("UADA", "comment", "AR-1", text="mine"))
    eraser = TextEraser(config.audit, store)
    await eraser.erase()
    assert await count_of(store, audit.AuditText) == 1
    clock.advance(timedelta(days=2, seconds=1))
    await eraser.erase()
    assert await count_of(store, audit.AuditText) == 0
    assert (await store.read(audit.verify)).intact


@pytest.mark.usefixtures("store")
async def test_a_running_keyturn_looks_for_both(config: Config, clock: ManualClock) -> None:
    bot = await build(config, clock)
    planned = {job.trigger.interval for job in bot.scheduler.cron.jobs}
    await bot.resources.aclose()
    assert {timedelta(seconds=CHECK_INTERVAL), timedelta(seconds=ERASE_INTERVAL)} <= planned


def test_a_key_that_others_can_read_and_a_witness_without_a_server_start_nothing(
    store: Store, config: Config
) -> None:
    assert config.audit is not None
    assert config.audit.key is not None
    with pytest.raises(Failure, match="witness_email needs"):
        CheckpointSigner(config.model_copy(update={"email": None}), store)
    config.audit.key.chmod(0o644)
    with pytest.raises(Failure, match="chmod 600"):
        CheckpointSigner(config, store)


class Recorder:
    """A store, a Slack and a mail server at once: it notes what it is told."""

    def __init__(self, clock: ManualClock) -> None:
        self.clock, self.calls = clock, list[tuple[Any, dict[str, Any]]]()

    async def call(self, *arguments: Any, **named: Any) -> dict[str, Any]:
        self.calls.append((arguments, named))
        return {"ok": True}

    send = run = call


async def test_the_witness_is_told_in_its_channel_and_by_mail(clock: ManualClock) -> None:
    slack, mailer = Recorder(clock), Recorder(clock)
    job = NotifyWitnessJob(slack, slack, mailer)  # type: ignore[arg-type]
    work = Work(1, "witness", "witness:channel:7", {"channel": "C0AUDIT", "text": "digest abc"}, 1, "t")
    await job.run(work)
    assert slack.calls[0][0] == ("chat.postMessage",)
    assert slack.calls[0][1]["channel"] == "C0AUDIT"
    assert slack.calls[0][1]["text"] == "digest abc"
    await job.run(replace(work, payload={"email": "auditor@example.com", "text": "digest abc"}))
    assert mailer.calls[0][0][0] == "auditor@example.com"
    assert mailer.calls[0][0][1].text == "digest abc\n"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=5,
)
FIELDS = st.sampled_from(["at", "seq", "hash", "signature", "data", "previous", "actor"])


@given(st.lists(st.text(max_size=40) | st.dictionaries(FIELDS, JSON).map(json.dumps), max_size=4))
def test_no_text_is_taken_for_an_export_or_a_checkpoint_and_none_breaks_the_reader(lines: list[str]) -> None:
    if lines:
        with pytest.raises(Failure):
            list(read_jsonl(lines))
    for line in lines:
        assert checkpoints._parse_line(line, 1) is None or '"signature"' in line


@given(st.text().filter(lambda text: "2026" not in text), st.integers(0, 10**9))
def test_a_signed_line_reads_as_what_was_signed(at: str, seq: int) -> None:
    point = Checkpoint("2026-03-02T09:00:00+00:00", seq, "0" * 64)
    signed = checkpoints.sign(point, Ed25519PrivateKey.generate(), None)
    parsed = checkpoints._parse_line(signed.line, 1)
    assert parsed is not None
    assert parsed[0] == signed
    assert checkpoints._parse_line(signed.line.replace(point.at, json.dumps(at)[1:-1]), 1) != parsed
