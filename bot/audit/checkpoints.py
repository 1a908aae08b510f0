r"""Signed words about where the audit trail stood, kept where whoever has the database cannot reach.

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

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from bot.errors import Failure
from models.audit import GENESIS, Checkpoint, canonical

PREFIX = b"keyturn audit checkpoint\n"
OWNER_ONLY = 0o600
_HASH = re.compile("[0-9a-f]{64}")
_KEY = re.compile("[0-9a-f]{16}")
_OLD = {"at", "seq", "hash", "signature"}
_NEW = _OLD | {"counter", "previous", "key"}


@dataclass(frozen=True)
class Signed:
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


def key_id(key: Ed25519PublicKey) -> str:
    """What a key is called in the checkpoints: the first 16 digits of the SHA-256 of its 32 bytes."""
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()[:16]


def message(content: dict[str, Any]) -> bytes:
    """What is signed of a line: all of it but the signature."""
    return PREFIX + canonical(content).encode()


def new_key(path: Path) -> Path:
    """Make a key in a file that only its owner can read; returns the file beside it with the public half.

    Raises Failure where there is either file already: a key that signed something is not written over, nor
    the half that verifies it.
    """
    key, public = Ed25519PrivateKey.generate(), public_path(path)
    private_pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public_pem = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    _write_new(public, public_pem, 0o644)
    try:
        _write_new(path, private_pem, OWNER_ONLY)
    except Failure:
        public.unlink()  # of no use to anybody: its other half is nowhere
        raise
    return public


def public_path(path: Path) -> Path:
    """Where the public half of a key's file is."""
    return path.with_name(f"{path.name}.pub")


def _write_new(path: Path, content: bytes, mode: int) -> None:
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            file.write(content)
    except FileExistsError:
        raise Failure(f"{path} already exists. Choose another file; a key is never overwritten.") from None
    except OSError as error:
        raise Failure(f"{path} cannot be written: {error.strerror}.") from error


def private_key(path: Path) -> Ed25519PrivateKey:
    """The key that signs. Raises Failure where others can read the file, or it is none."""
    pem = _bytes(path)  # says first whether it can be read at all
    if path.stat().st_mode & 0o077:
        raise Failure(f"Others can read {path}. Run this first: chmod 600 {path}")
    try:
        key = serialization.load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise Failure(f"{path} isn't a key made by `keyturn audit key`.")
    return key


def public_key(path: Path) -> Ed25519PublicKey:
    """The key that a signature is held against. Raises Failure where the file holds none."""
    try:
        key = serialization.load_pem_public_key(_bytes(path))
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise Failure(f"{path} isn't a public key made by `keyturn audit key` (the file ending in .pub).")
    return key


def sign(point: Checkpoint, key: Ed25519PrivateKey, before: Signed | None) -> Signed:
    """Sign a checkpoint that follows this one (None: it is the first)."""
    counter, previous = (before.counter + 1, before.digest) if before else (1, GENESIS)
    content = vars(point) | {"counter": counter, "previous": previous, "key": key_id(key.public_key())}
    signature = base64.b64encode(key.sign(message(content))).decode()
    return Signed(point, counter, previous, content["key"], canonical(content | {"signature": signature}))


class Held(Exception):
    """Somebody else adds a checkpoint to the file just now."""


@contextmanager
def opened(path: Path, *, wait: bool) -> Iterator[IO[str]]:
    """The file, held so that nobody else adds a checkpoint meanwhile. Raises Held instead of waiting."""
    try:
        file = path.open("a+", encoding="utf-8", errors="replace")
    except OSError as error:
        raise Failure(f"{path} cannot be written: {error.strerror}.") from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Held from None
        file.seek(0)
        yield file


def append(signed: Signed, file: IO[str]) -> None:
    """Write it behind the others, on the disk when this returns. Raises Failure."""
    try:
        file.write(f"{signed.line}\n")
        file.flush()
        os.fsync(file.fileno())
    except OSError as error:
        raise Failure(f"{file.name} cannot be written: {error.strerror}.") from error


def read(path: Path, key: Ed25519PublicKey) -> list[Signed]:
    """The checkpoints of a file. Raises Failure with the line that is wrong by itself or by those before."""
    return checked(path, _bytes(path).decode("utf-8", "replace"), key)


def checked(path: Path, text: str, key: Ed25519PublicKey) -> list[Signed]:
    """The same of what stands in the file."""
    found: list[Signed] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        signed, signature = _parsed(line, len(found) + 1) or (None, b"")
        problem = "this is no checkpoint" if signed is None else _wrong(signed, signature, found, key)
        if problem is not None or signed is None:
            raise Failure(f"{path}, line {number}: {problem}.")
        found.append(signed)
    return found


def _wrong(signed: Signed, signature: bytes, before: list[Signed], key: Ed25519PublicKey) -> str | None:
    """What is wrong with a checkpoint: its signature, its place, or what it says."""
    if signed.key and signed.key != key_id(key):
        return f"this key did not sign it, but the key {signed.key}; this is {key_id(key)}"
    content = {name: value for name, value in json.loads(signed.line).items() if name != "signature"}
    try:
        key.verify(signature, message(content))
    except InvalidSignature:
        return "this key did not sign it"
    return _misplaced(signed, before) or _contradicts(signed, before)


def _misplaced(signed: Signed, before: list[Signed]) -> str | None:
    last = before[-1] if before else None
    if not signed.key:
        return "it has no number, and comes after some that have one" if last and last.key else None
    expected = last.counter + 1 if last else 1
    if signed.counter < expected:
        return f"it is checkpoint {signed.counter} once more, signed anew or moved"
    if signed.counter > expected:
        missing = f"checkpoint {expected} is missing"
        if signed.counter > expected + 1:
            missing = f"checkpoints {expected} to {signed.counter - 1} are missing"
        return f"{missing} before checkpoint {signed.counter}"
    if signed.previous != (last.digest if last else GENESIS):
        return "it does not follow the line before it: that was changed, or signed anew"
    return None


def _contradicts(signed: Signed, before: list[Signed]) -> str | None:
    last, point = before[-1] if before else None, signed.point
    if last is None or point.seq > last.point.seq or point == last.point:
        return None
    if point.seq < last.point.seq:
        return (
            f"it says that the trail ended at entry {point.seq}, the one before it said entry "
            f"{last.point.seq}: they contradict each other, since a trail only grows"
        )
    same = point.hash == last.point.hash
    return None if same else f"it and the one before it contradict each other about entry {point.seq}"


def _parsed(line: str, place: int) -> tuple[Signed, bytes] | None:
    """The checkpoint of a line, and its signature; one of before is counted by its place."""
    try:
        content = json.loads(line)
        numbered = {"counter": place, "previous": GENESIS, "key": "0" * 16} | content
        if content.keys() not in (_OLD, _NEW) or not _is_sound(numbered):
            return None
        signature = base64.b64decode(content["signature"], validate=True)
        datetime.fromisoformat(content["at"])
        line.encode()
    except (ValueError, TypeError, AttributeError, RecursionError, binascii.Error):
        return None
    point = Checkpoint(content["at"], content["seq"], content["hash"])
    if "key" not in content:
        return Signed(point, place, "", "", line), signature
    return Signed(point, content["counter"], content["previous"], content["key"], line), signature


def _is_sound(content: dict[str, Any]) -> bool:
    """Whether every value is of the kind that it should be."""
    hashes = _HASH.fullmatch(content["hash"]) and _HASH.fullmatch(content["previous"])
    numbers = type(content["seq"]) is int and type(content["counter"]) is int
    return bool(hashes and _KEY.fullmatch(content["key"])) and numbers


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Failure(f"{path} cannot be read: {error.strerror}.") from error
