"""Sign where the audit trail stands, again and again, where the configuration wants that.

Before it signs, the trail is verified from the last checkpoint on. Where it is not whole, or contradicts that
checkpoint, nothing is signed, and the second witness hears of it.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bot.audit import checkpoints
from bot.audit.checkpoints import Held, Signed
from bot.config import AuditConfig, Config
from bot.errors import Failure
from models import audit
from models.audit import Checkpoint, Kind, Verdict
from models.jobs import Urgency
from models.lifecycle import erase_words
from models.store.base import JOB, SWEEP, Store
from models.store.case import Case
from models.store.outcome import Outcome

log = structlog.stdlib.get_logger(__name__)

LOOK = 60
"""Seconds between looks whether a checkpoint is due; each is no more than a look at the clock."""
TIDY = 3600
"""Seconds between looks whether words were kept for long enough."""

Every = Callable[[int, Callable[[], Awaitable[None]]], None]
"""Has something done at this interval, in seconds: `Scheduler.every`."""


class NotSigned(Failure):
    """The trail is not whole, or is not the one that was signed before."""


def plan(every: Every, config: Config, store: Store) -> None:
    """Have done again and again what `[audit]` wants. Raises Failure for a key that cannot be used."""
    if config.audit is not None and config.audit.key is not None:
        every(LOOK, Notary(config, store).look)
    if config.audit is not None and config.audit.retention:
        every(TIDY, Eraser(config.audit, store).erase)


async def sign(store: Store, key: Ed25519PrivateKey, before: Signed | None) -> Signed:
    """Verify the trail from this checkpoint on (None: all of it) and sign where it ends. Raises NotSigned."""

    def verified(case: Case) -> tuple[Verdict, Checkpoint]:
        return audit.verify(case, after=before.point if before else None), audit.now_at(case, case.now)

    verdict, point = await store.read(verified)
    if verdict.fault:
        raise NotSigned(f"Nothing was signed: {verdict.fault}.")
    return checkpoints.sign(point, key, before)


async def sign_into(store: Store, key: Ed25519PrivateKey, path: Path, *, wait: bool = True) -> Signed:
    """The same, after the last checkpoint of a file and added to it. Raises Failure for a file that is wrong.

    Raises Held where somebody else signs just now, and `wait` is off.
    """
    with checkpoints.opened(path, wait=wait) as file:
        known = checkpoints.checked(path, file.read(), key.public_key())
        signed = await sign(store, key, known[-1] if known else None)
        await asyncio.to_thread(checkpoints.append, signed, file)
    return signed


def tell_witness(out: Outcome, config: AuditConfig, name: str, text: str) -> None:
    """Have the second witness hear of it, in Slack and by mail, once for each `name`."""
    ways = {"channel": config.witness_channel, "email": config.witness_email}
    for way, address in ways.items():
        if address:
            key = f"witness:{way}:{name}"
            payload: dict[str, Any] = {way: address, "text": text}
            out.enqueue("witness", key, urgency=Urgency.LATER, **payload)


def words_of(signed: Signed) -> str:
    """What the second witness reads of a checkpoint, one line."""
    return (
        f"Keyturn signed checkpoint {signed.counter} of the audit trail at {signed.point.at}: "
        f"entry {signed.point.seq}, digest {signed.digest}, key {signed.key}."
    )


class Notary:
    """Signs when it is time."""

    def __init__(self, config: Config, store: Store) -> None:
        """Raises Failure for a key that cannot be used, or a witness that cannot be reached."""
        wanted = config.audit or AuditConfig()
        if wanted.key is None or wanted.checkpoints is None:
            raise Failure("[audit] has no key to sign with.")
        if wanted.witness_email and config.email is None:
            raise Failure("[audit] witness_email needs [email].")
        self._config, self._store = wanted, store
        self._key, self._path = checkpoints.private_key(wanted.key), wanted.checkpoints
        self._every = timedelta(hours=wanted.every_hours)
        self._next: datetime | None = None

    async def look(self) -> None:
        """Sign, if the last checkpoint is old enough."""
        now = self._store.clock.now()
        # A clock that was set back must not put it off for longer than usual.
        if self._next is not None and now < self._next <= now + self._every:
            return
        try:
            if not await asyncio.to_thread(self._is_due, now):
                return
            signed = await sign_into(self._store, self._key, self._path, wait=False)
        except Held:
            return
        except Failure as failure:
            self._next = now + self._every
            log.error("no checkpoint was signed", why=str(failure))  # noqa: TRY400 - it says all of it
            await self._tell(f"refused:{now:%Y-%m-%dT%H}", str(failure))
            return
        self._next = now + self._every
        await self._tell(str(signed.counter), words_of(signed))

    async def _tell(self, name: str, text: str) -> None:
        await self._store.run(tell_witness, self._config, name, text, priority=JOB)

    def _is_due(self, now: datetime) -> bool:
        if not self._path.exists():
            return True
        known = checkpoints.read(self._path, self._key.public_key())
        last = datetime.fromisoformat(known[-1].point.at) if known else None
        if last is None or not last <= now < last + self._every:
            return True
        self._next = last + self._every
        return False


class Eraser:
    """Erases words whose time is up."""

    def __init__(self, config: AuditConfig, store: Store) -> None:
        self._retention = {Kind(kind): kept for kind, kept in config.retention.items()}
        self._store = store

    async def erase(self) -> None:
        """Erase all that is due, some at a time."""
        while await self._store.run(erase_words.erase_expired, self._retention, priority=SWEEP):
            pass
