r"""Signed checkpoints of the audit trail, kept where whoever has the database cannot reach them.

The chain alone shows what was changed inside it. Somebody who may write to the database can cut off its end,
or write all of it anew; neither goes with a checkpoint that was signed before. A checkpoint is one line of
JSON: its `counter`, the moment `at`, `seq` and `hash` of the last entry then, the id of the `key`, the digest
of the checkpoint before (`previous`, the SHA-256 of its line), and the Ed25519 signature over all these as
canonical JSON (keys sorted, no spaces, UTF-8) behind "keyturn audit checkpoint\n". So one that is missing, or
was signed anew, does not go with the next. Lines of before have `at`, `seq`, `hash` and `signature` only.
"""

import base64
import binascii
import fcntl
import hashlib
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from bot.audit.keys import key_id, read_bytes
from bot.errors import Failure
from models.audit import GENESIS, Checkpoint, canonical

PREFIX = b"keyturn audit checkpoint\n"
_HASH = re.compile("[0-9a-f]{64}")
_KEY = re.compile("[0-9a-f]{16}")
_OLD = {"at", "seq", "hash", "signature"}
_NEW = _OLD | {"counter", "previous", "key"}


@dataclass(frozen=True)
class SignedCheckpoint:
    """A checkpoint and its place among the others."""

    point: Checkpoint
    counter: int
    """Counted from 1."""
    previous: str
    """The digest of the checkpoint before it; of the first `GENESIS`."""
    key: str
    """The id of the key; empty in a line of before, which had neither this nor the two above."""
    line: str

    @property
    def digest(self) -> str:
        """What the next one and the second witness name it by."""
        return hashlib.sha256(self.line.encode()).hexdigest()


def message(content: dict[str, Any]) -> bytes:
    """What is signed of a line: all of it but the signature."""
    return PREFIX + canonical(content).encode()


def sign(point: Checkpoint, key: Ed25519PrivateKey, before: SignedCheckpoint | None) -> SignedCheckpoint:
    """Sign a checkpoint that follows this one (None: it is the first)."""
    counter, previous = (before.counter + 1, before.digest) if before else (1, GENESIS)
    content = vars(point) | {"counter": counter, "previous": previous, "key": key_id(key.public_key())}
    signature = base64.b64encode(key.sign(message(content))).decode()
    return SignedCheckpoint(
        point, counter, previous, content["key"], canonical(content | {"signature": signature})
    )


class FileLocked(Exception):
    """Another process adds a checkpoint to the file just now."""


@contextmanager
def locked_file(path: Path, *, wait: bool) -> Iterator[IO[str]]:
    """The file, locked so that no other process adds a checkpoint.

    Raises:
        FileLocked: Another process holds the lock, and `wait` is off.
        Failure: The file cannot be written.
    """
    try:
        file = path.open("a+", encoding="utf-8", errors="replace")
    except OSError as error:
        raise Failure(f"{path} cannot be written: {error.strerror}.") from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise FileLocked from None
        file.seek(0)
        yield file


def append(checkpoint: SignedCheckpoint, file: IO[str]) -> None:
    """Write it behind the others, on the disk when this returns.

    Raises:
        Failure: The file cannot be written.
    """
    try:
        file.write(f"{checkpoint.line}\n")
        file.flush()
        os.fsync(file.fileno())
    except OSError as error:
        raise Failure(f"{file.name} cannot be written: {error.strerror}.") from error


def read(path: Path, key: Ed25519PublicKey) -> list[SignedCheckpoint]:
    """The checkpoints of a file.

    Raises:
        Failure: The file cannot be read, or a line is wrong by itself or by those before; names it.
    """
    return parse(path, read_bytes(path).decode("utf-8", "replace"), key)


def parse(path: Path, text: str, key: Ed25519PublicKey) -> list[SignedCheckpoint]:
    """The checkpoints in the text of a file.

    Raises:
        Failure: A line is wrong by itself or by those before; names it.
    """
    earlier: list[SignedCheckpoint] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        checkpoint, signature = _parse_line(line, len(earlier) + 1) or (None, b"")
        if checkpoint is None:
            raise Failure(f"{path}, line {number}: this is no checkpoint.")
        if problem := _problem(checkpoint, signature, earlier, key):
            raise Failure(f"{path}, line {number}: {problem}.")
        earlier.append(checkpoint)
    return earlier


def _problem(
    checkpoint: SignedCheckpoint, signature: bytes, before: list[SignedCheckpoint], key: Ed25519PublicKey
) -> str | None:
    """What is wrong with a checkpoint: its signature, its place, or what it says."""
    if checkpoint.key and checkpoint.key != key_id(key):
        return f"this key did not sign it, but the key {checkpoint.key}; this is {key_id(key)}"
    content = {name: value for name, value in json.loads(checkpoint.line).items() if name != "signature"}
    try:
        key.verify(signature, message(content))
    except InvalidSignature:
        return "this key did not sign it"
    return _misplaced(checkpoint, before) or _contradicts(checkpoint, before)


def _misplaced(checkpoint: SignedCheckpoint, before: list[SignedCheckpoint]) -> str | None:
    last = before[-1] if before else None
    if not checkpoint.key:
        return "it has no number, and comes after some that have one" if last and last.key else None
    expected = last.counter + 1 if last else 1
    if checkpoint.counter < expected:
        return f"it is checkpoint {checkpoint.counter} once more, signed anew or moved"
    if checkpoint.counter > expected:
        missing = f"checkpoint {expected} is missing"
        if checkpoint.counter > expected + 1:
            missing = f"checkpoints {expected} to {checkpoint.counter - 1} are missing"
        return f"{missing} before checkpoint {checkpoint.counter}"
    if checkpoint.previous != (last.digest if last else GENESIS):
        return "it does not follow the line before it: that was changed, or signed anew"
    return None


def _contradicts(checkpoint: SignedCheckpoint, before: list[SignedCheckpoint]) -> str | None:
    last, point = before[-1] if before else None, checkpoint.point
    if last is None or point.seq > last.point.seq or point == last.point:
        return None
    if point.seq < last.point.seq:
        return (
            f"it says that the trail ended at entry {point.seq}, the one before it said entry "
            f"{last.point.seq}: they contradict each other, since a trail only grows"
        )
    same = point.hash == last.point.hash
    return None if same else f"it and the one before it contradict each other about entry {point.seq}"


def _parse_line(line: str, place: int) -> tuple[SignedCheckpoint, bytes] | None:
    """The checkpoint of a line, and its signature; one of before is counted by its place."""
    try:
        content = json.loads(line)
        numbered = {"counter": place, "previous": GENESIS, "key": "0" * 16} | content
        if content.keys() not in (_OLD, _NEW) or not _has_right_types(numbered):
            return None
        signature = base64.b64decode(content["signature"], validate=True)
        datetime.fromisoformat(content["at"])
        line.encode()
    except (ValueError, TypeError, AttributeError, RecursionError, binascii.Error):
        return None
    point = Checkpoint(content["at"], content["seq"], content["hash"])
    if "key" not in content:
        return SignedCheckpoint(point, place, "", "", line), signature
    return SignedCheckpoint(point, content["counter"], content["previous"], content["key"], line), signature


def _has_right_types(content: dict[str, Any]) -> bool:
    """Whether every value is of the kind that it should be."""
    hashes = _HASH.fullmatch(content["hash"]) and _HASH.fullmatch(content["previous"])
    numbers = type(content["seq"]) is int and type(content["counter"]) is int
    return bool(hashes and _KEY.fullmatch(content["key"])) and numbers
