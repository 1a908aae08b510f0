r"""Signed words about where the audit trail stood, kept where whoever has the database cannot reach.

The chain alone shows what was changed inside it. Somebody who may write to the database can cut off its end,
or write all of it anew; neither goes with a checkpoint that was signed before. A checkpoint is one line of
JSON: `at`, `seq` and `hash` of the last entry then, and the Ed25519 signature over these three as canonical
JSON (keys sorted, no spaces, UTF-8) behind "keyturn audit checkpoint\n".
"""

import base64
import binascii
import json
import os
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from bot.failure import Failure
from models.audit import Checkpoint, canonical

PREFIX = b"keyturn audit checkpoint\n"
OWNER_ONLY = 0o600
_HASH = re.compile("[0-9a-f]{64}")


def message(point: Checkpoint) -> bytes:
    """What is signed of a checkpoint."""
    return PREFIX + canonical(vars(point)).encode()


def new_key(path: Path) -> Path:
    """Make a key in a file that only its owner can read; returns the file beside it with the public half.

    Raises Failure where there is a file already: a key that signed something is not written over.
    """
    key, public = Ed25519PrivateKey.generate(), path.with_name(f"{path.name}.pub")
    private_pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public_pem = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY), "wb") as file:
            file.write(private_pem)
        public.write_bytes(public_pem)
    except FileExistsError:
        raise Failure(f"{path} is there already. Choose another file; a key is never written over.") from None
    except OSError as error:
        raise Failure(f"{path} cannot be written: {error.strerror}.") from error
    return public


def private_key(path: Path) -> Ed25519PrivateKey:
    """The key that signs. Raises Failure where others can read the file, or it is none."""
    pem = _bytes(path)  # says first whether it can be read at all
    if path.stat().st_mode & 0o077:
        raise Failure(f"Others can read {path}. Take that away first: chmod 600 {path}")
    try:
        key = serialization.load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise Failure(f"{path} is no key that `keyturn audit key` made.")
    return key


def public_key(path: Path) -> Ed25519PublicKey:
    """The key that a signature is held against. Raises Failure where the file holds none."""
    try:
        key = serialization.load_pem_public_key(_bytes(path))
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise Failure(f"{path} is no public key that `keyturn audit key` made (the file that ends in .pub).")
    return key


def signed(point: Checkpoint, key: Ed25519PrivateKey) -> str:
    """The checkpoint as a line, without its end."""
    signature = base64.b64encode(key.sign(message(point))).decode()
    return canonical(vars(point) | {"signature": signature})


def append(line: str, path: Path) -> None:
    """Write the line behind the others, on the disk when this returns. Raises Failure."""
    try:
        with path.open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise Failure(f"{path} cannot be written: {error.strerror}.") from error


def read(path: Path, key: Ed25519PublicKey) -> list[Checkpoint]:
    """The checkpoints of a file. Raises Failure with the line that this key has not signed."""
    lines = _bytes(path).decode("utf-8", "replace").splitlines()
    return list(_checked(path, lines, key))


def _checked(path: Path, lines: list[str], key: Ed25519PublicKey) -> Iterator[Checkpoint]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        point, signature = _parsed(line) or (None, b"")
        if point is None:
            raise Failure(f"{path}, line {number}: this is no checkpoint.")
        try:
            key.verify(signature, message(point))
        except InvalidSignature:
            raise Failure(f"{path}, line {number}: this key did not sign it.") from None
        yield point


def _parsed(line: str) -> tuple[Checkpoint, bytes] | None:
    try:
        told = json.loads(line)
        point = Checkpoint(told["at"], told["seq"], told["hash"])
        signature = base64.b64decode(told["signature"], validate=True)
        datetime.fromisoformat(point.at)
        sound = type(point.seq) is int and _HASH.fullmatch(point.hash)
    except (ValueError, KeyError, TypeError, RecursionError, binascii.Error):
        return None
    return (point, signature) if sound else None


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Failure(f"{path} cannot be read: {error.strerror}.") from error
