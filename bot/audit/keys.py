"""The key pair that signs checkpoints (Ed25519), each half in a file of its own (PEM)."""

import hashlib
import os
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from bot.errors import Failure

OWNER_ONLY = 0o600


def key_id(key: Ed25519PublicKey) -> str:
    """What a key is called in the checkpoints: the first 16 digits of the SHA-256 of its 32 bytes."""
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()[:16]


def new_key(path: Path) -> Path:
    """Make a key in a file that only its owner can read; returns the file beside it with the public half.

    Raises:
        Failure: There is either file already. A key that signed something is not written over, nor the half
            that verifies it.
    """
    key, public = Ed25519PrivateKey.generate(), public_path(path)
    private_pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public_pem = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    _write_new(public, public_pem)
    try:
        _write_new(path, private_pem)
    except Failure:
        public.unlink()  # of no use to anybody: its other half is nowhere
        raise
    return public


def public_path(path: Path) -> Path:
    """Where the public half of a key's file is."""
    return path.with_name(f"{path.name}.pub")


def _write_new(path: Path, content: bytes) -> None:
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY), "wb") as file:
            file.write(content)
    except FileExistsError:
        raise Failure(f"{path} already exists. Choose another file; a key is never overwritten.") from None
    except OSError as error:
        raise Failure(f"{path} cannot be written: {error.strerror}.") from error


def private_key(path: Path) -> Ed25519PrivateKey:
    """The key that signs.

    Raises:
        Failure: The file cannot be read, others can read it too, or it holds no such key.
    """
    pem = read_bytes(path)  # says first whether it can be read at all
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
    """The key that a signature is held against.

    Raises:
        Failure: The file cannot be read, or holds no such key.
    """
    try:
        key = serialization.load_pem_public_key(read_bytes(path))
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise Failure(f"{path} isn't a public key made by `keyturn audit key` (the file ending in .pub).")
    return key


def read_bytes(path: Path) -> bytes:
    """The content of a file.

    Raises:
        Failure: The file cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise Failure(f"{path} cannot be read: {error.strerror}.") from error
