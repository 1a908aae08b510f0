"""Signed checkpoints: what the chain alone cannot show, with the database and with an export, offline."""

import hashlib
import json
import os
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from bot import checkpoints
from bot.app import build
from bot.audit_files import read_jsonl
from bot.config import Config
from bot.failure import Failure
from bot.notary import notary
from models import audit
from models.audit import Checkpoint, canonical
from models.clock import ManualClock
from tests.bot.command_line import CommandLine, keyturn
from tests.bot.test_cmd_audit import SQLITE, entry, happen, tamper

__all__ = ["keyturn"]

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
            (previous + canonical({k: v for k, v in line.items() if k not in ("previous", "hash")})).encode()
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
        (lambda lines: lines[1].update(at="2026-03-02 18:00"), "Line 2 of the export is no entry"),
        (lambda lines: lines[3].pop("hash"), "Line 4 of the export is no entry"),
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
    first, second = Path("points.jsonl").read_text(encoding="utf-8").splitlines()
    for line, words in (
        (first.replace('"seq":2', '"seq":1'), "line 2: this key did not sign it"),
        ("{}", "line 2: this is no checkpoint"),
    ):
        Path("points.jsonl").write_text(f"{second}\n{line}\n", encoding="utf-8")
        ended = signed("audit", "verify", *POINTS)
        assert ended.code == 1
        assert words in ended.err
    assert signed("audit", "key", "other.key").code == 0
    Path("points.jsonl").write_text(first, encoding="utf-8")
    ended = signed("audit", "verify", "--checkpoints", "points.jsonl", "--key", "other.key.pub")
    assert "line 1: this key did not sign it" in ended.err


def test_the_key_is_its_owner_s_alone_and_never_written_over(signed: CommandLine) -> None:
    assert Path("audit.key").stat().st_mode & 0o777 == 0o600
    assert "PRIVATE" not in Path("audit.key.pub").read_text(encoding="utf-8")
    before = Path("audit.key").read_bytes()
    assert "is there already" in signed("audit", "key", "audit.key").err
    assert Path("audit.key").read_bytes() == before
    os.chmod("audit.key", 0o644)  # noqa: PTH101
    assert "chmod 600" in signed("audit", "checkpoint", "--key", "audit.key").err


def test_what_belongs_together_is_asked_for(signed: CommandLine) -> None:
    assert signed("audit", "verify", "--key", "audit.key.pub").code == 2
    assert "set [audit] key" in signed("audit", "checkpoint").err
    for wrong in ("audit.key", "nowhere"):
        assert signed("audit", "verify", "--checkpoints", "points.jsonl", "--key", wrong).code == 1


async def test_keyturn_signs_by_itself_where_that_is_configured(
    sqlite_template: str, tmp_path: Path, clock: ManualClock
) -> None:
    shutil.copy(sqlite_template, tmp_path / "keyturn.db")
    key, file = tmp_path / "audit.key", tmp_path / "points.jsonl"
    public = checkpoints.public_key(checkpoints.new_key(key))
    url = f"sqlite+aiosqlite:///{tmp_path / 'keyturn.db'}"
    config = Config.model_validate(
        {
            "slack": {"bot_token": "xoxb-1", "app_token": "xapp-1", "api_url": "http://127.0.0.1:1/api/"},
            "database": {"url": url},
            "audit": {"key": str(key), "checkpoints": str(file), "every_hours": 1},
        }
    )
    assert config.audit is not None
    bot = await build(config, clock)
    try:
        assert timedelta(hours=1) in {job.trigger.interval for job in bot.scheduler._ticks.get_jobs()}
        sign = notary(config.audit, bot.store)
        await sign()
        await bot.store.write(lambda tx: tx.record("UADA", "comment", "AR-1"))
        await sign()
        end = await bot.store.read(audit.verify)
    finally:
        await bot.resources.aclose()
    assert [point.seq for point in checkpoints.read(file, public)] == [0, end.entries]
    assert checkpoints.read(file, public)[-1].hash == end.head


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
        assert checkpoints._parsed(line) is None or '"signature"' in line


@given(st.text().filter(lambda text: "2026" not in text), st.integers(0, 10**9))
def test_a_signed_line_reads_as_what_was_signed(at: str, seq: int) -> None:
    point = Checkpoint("2026-03-02T09:00:00+00:00", seq, "0" * 64)
    key = Ed25519PrivateKey.generate()
    line = checkpoints.signed(point, key)
    parsed = checkpoints._parsed(line)
    assert parsed is not None
    assert parsed[0] == point
    assert checkpoints._parsed(line.replace(point.at, json.dumps(at)[1:-1])) != parsed
