"""Signs where the audit trail stands, again and again, where the configuration wants that."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from bot import checkpoints
from bot.config import AuditConfig
from models import audit
from models.store.base import Store


def notary(config: AuditConfig, store: Store) -> Callable[[], Awaitable[None]]:
    """What writes a checkpoint whenever it is called. Raises Failure for a key that cannot be used."""
    key, file = checkpoints.private_key(config.key), Path(config.checkpoints)

    async def sign() -> None:
        point = await store.read(lambda session: audit.now_at(session, store.clock.now()))
        await asyncio.to_thread(checkpoints.append, checkpoints.signed(point, key), file)

    return sign
