"""The job `tell`: what could not be shown where somebody pressed a button is sent to them as a message."""

import zlib
from datetime import datetime
from typing import Any

import structlog

from blocks.cards import thread_replies
from bot.slack.gateway import Gateway, Gone
from bot.worker.jobs import post_once
from models.jobs import Work
from models.store.base import Store

log = structlog.stdlib.get_logger(__name__)


def mark(key: str) -> dict[str, Any]:
    """The metadata of the message that a job of this key posts."""
    return post_once.mark("keyturn_told", {"told": zlib.crc32(key.encode())})


class TellJob:
    """Tells people, once."""

    def __init__(self, store: Store, gateway: Gateway) -> None:
        self._store, self._gateway = store, gateway

    async def run(self, work: Work) -> None:
        """Carry out one; its payload is {"person": id, "text": plain, "at": when it happened}."""
        try:
            await self._tell(work)
        except Gone as gone:
            log.info("nobody is left to be told", person=work.payload["person"], why=gone.error)

    async def _tell(self, work: Work) -> None:
        person, since = str(work.payload["person"]), datetime.fromisoformat(work.payload["at"])
        metadata = mark(work.key)
        if work.attempts > 1 and await post_once.lost(self._gateway, person, metadata, since):
            return
        await post_once.post(
            self._gateway, person, thread_replies.sentence_reply(str(work.payload["text"])), metadata
        )
