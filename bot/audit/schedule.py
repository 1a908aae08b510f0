"""Schedule what `[audit]` configures: signed checkpoints of the trail, and the erasure of old texts.

Before it signs, the trail is verified from the last checkpoint on. Where it is not whole, or contradicts that
checkpoint, nothing is signed, and the second witness is notified.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bot.audit import checkpoints, keys
from bot.audit.checkpoints import FileLocked, SignedCheckpoint
from bot.config import AuditConfig, Config
from bot.errors import Failure
from models import audit
from models.audit import Checkpoint, TextKind, Verification
from models.jobs import Urgency
from models.lifecycle import erase_words
from models.store.base import JOB, SWEEP, Store
from models.store.case import Case
from models.store.outcome import Outcome

log = structlog.stdlib.get_logger(__name__)

CHECK_INTERVAL = 60
"""Seconds between checks whether a checkpoint is due; each costs a look at the clock."""
ERASE_INTERVAL = 3600
"""Seconds between checks whether texts were kept for long enough."""

Every = Callable[[int, Callable[[], Awaitable[None]]], None]
"""Has something done at this interval, in seconds: `Scheduler.every`."""


class NotSigned(Failure):
    """The trail is not whole, or is not the one that was signed before."""


def plan(every: Every, config: Config, store: Store) -> None:
    """Schedule what `[audit]` configures.

    Raises:
        Failure: The key cannot be used, or the witness cannot be reached.
    """
    if config.audit is not None and config.audit.key is not None:
        every(CHECK_INTERVAL, CheckpointSigner(config, store).sign_if_due)
    if config.audit is not None and config.audit.retention:
        every(ERASE_INTERVAL, TextEraser(config.audit, store).erase)


async def sign(store: Store, key: Ed25519PrivateKey, before: SignedCheckpoint | None) -> SignedCheckpoint:
    """Verify the trail from this checkpoint on (None: all of it) and sign where it ends.

    Raises:
        NotSigned: The trail is not whole; says where.
    """

    def verify(case: Case) -> tuple[Verification, Checkpoint]:
        return audit.verify(case, after=before.point if before else None), audit.current_checkpoint(
            case, case.now
        )

    verdict, point = await store.read(verify)
    if verdict.fault:
        raise NotSigned(f"Nothing was signed: {verdict.fault}.")
    return checkpoints.sign(point, key, before)


async def sign_into(
    store: Store, key: Ed25519PrivateKey, path: Path, *, wait: bool = True
) -> SignedCheckpoint:
    """Sign after the last checkpoint of a file, and add the new one to it.

    Raises:
        Failure: A line of the file is wrong, or the file cannot be written.
        FileLocked: Somebody else signs just now, and `wait` is off.
        NotSigned: The trail is not whole; says where.
    """
    with checkpoints.locked_file(path, wait=wait) as file:
        existing = checkpoints.parse(path, file.read(), key.public_key())
        checkpoint = await sign(store, key, existing[-1] if existing else None)
        await asyncio.to_thread(checkpoints.append, checkpoint, file)
    return checkpoint


def notify_witness(out: Outcome, config: AuditConfig, name: str, text: str) -> None:
    """Notify the second witness, in Slack and by e-mail, once for each `name`."""
    addresses = {"channel": config.witness_channel, "email": config.witness_email}
    for kind, address in addresses.items():
        if address:
            key = f"witness:{kind}:{name}"
            payload: dict[str, Any] = {kind: address, "text": text}
            out.enqueue("witness", key, urgency=Urgency.LATER, **payload)


def describe(checkpoint: SignedCheckpoint) -> str:
    """A checkpoint as one line for the second witness."""
    return (
        f"Keyturn signed checkpoint {checkpoint.counter} of the audit trail at {checkpoint.point.at}: "
        f"entry {checkpoint.point.seq}, digest {checkpoint.digest}, key {checkpoint.key}."
    )


class CheckpointSigner:
    """Signs a checkpoint when one is due."""

    def __init__(self, config: Config, store: Store) -> None:
        """Read the key, so that a configuration that cannot work fails at the start.

        Raises:
            Failure: The key cannot be used, or the witness cannot be reached.
        """
        audit_config = config.audit or AuditConfig()
        if audit_config.key is None or audit_config.checkpoints is None:
            raise Failure("[audit] has no key to sign with.")
        if audit_config.witness_email and config.email is None:
            raise Failure("[audit] witness_email needs [email].")
        self._config, self._store = audit_config, store
        self._key, self._path = keys.private_key(audit_config.key), audit_config.checkpoints
        self._every = timedelta(hours=audit_config.every_hours)
        self._next: datetime | None = None

    async def sign_if_due(self) -> None:
        """Sign, if the last checkpoint is old enough."""
        now = self._store.clock.now()
        # A clock that was set back must not put it off for longer than usual.
        if self._next is not None and now < self._next <= now + self._every:
            return
        try:
            if not await asyncio.to_thread(self._is_due, now):
                return
            checkpoint = await sign_into(self._store, self._key, self._path, wait=False)
        except FileLocked:
            return
        except Failure as failure:
            self._next = now + self._every
            log.error("no checkpoint was signed", why=str(failure))  # noqa: TRY400 - it says all of it
            await self._notify_witness(f"refused:{now:%Y-%m-%dT%H}", str(failure))
            return
        self._next = now + self._every
        await self._notify_witness(str(checkpoint.counter), describe(checkpoint))

    async def _notify_witness(self, name: str, text: str) -> None:
        await self._store.run(notify_witness, self._config, name, text, priority=JOB)

    def _is_due(self, now: datetime) -> bool:
        if not self._path.exists():
            return True
        existing = checkpoints.read(self._path, self._key.public_key())
        last = datetime.fromisoformat(existing[-1].point.at) if existing else None
        if last is None or not last <= now < last + self._every:
            return True
        self._next = last + self._every
        return False


class TextEraser:
    """Erases texts whose retention is over."""

    def __init__(self, config: AuditConfig, store: Store) -> None:
        self._retention = {TextKind(kind): kept for kind, kept in config.retention.items()}
        self._store = store

    async def erase(self) -> None:
        """Erase all that is due, in batches."""
        while await self._store.run(erase_words.erase_expired, self._retention, priority=SWEEP):
            pass
