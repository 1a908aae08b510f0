"""Posting once: a message says in its metadata what it is, and is found again by it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from blocks.kit import Message
from bot.slack import Answer, Gateway

QUIET = {"unfurl_links": False, "unfurl_media": False}
"""What people write in a reason must not make Slack fetch it."""
CLOCKS_APART = timedelta(minutes=5)
PAGES = 10
"""How far back a lost post is looked for, in pages of 200; it is among the newest."""


def mark(kind: str, payload: Mapping[str, int]) -> dict[str, Any]:
    """Metadata for a message: a kind ("keyturn_card") and the ids that make it the only one of it."""
    return {"event_type": kind, "event_payload": dict(payload)}


async def post(
    gateway: Gateway, channel: str, message: Message, metadata: dict[str, Any], **more: str
) -> Answer:
    """Post to a channel or a person; `more` may be thread_ts. The answer has the channel and ts."""
    return await gateway.call(
        "chat.postMessage", channel=channel, metadata=metadata, **message, **QUIET, **more
    )


async def find(
    gateway: Gateway, channel: str, metadata: dict[str, Any], since: datetime, thread: str = ""
) -> str | None:
    """The ts of a message with this metadata, posted since then in a channel (or a thread of it); or None."""
    method = "conversations.replies" if thread else "conversations.history"
    arguments: dict[str, Any] = {"ts": thread} if thread else {}
    arguments |= {"oldest": f"{(since - CLOCKS_APART).timestamp():.6f}", "limit": 200}
    for _ in range(PAGES):
        answer = await gateway.call(method, channel=channel, include_all_metadata=True, **arguments)
        for message in answer["messages"]:
            if message.get("metadata") == metadata:
                return str(message["ts"])
        arguments["cursor"] = (answer.get("response_metadata") or {}).get("next_cursor")
        if not arguments["cursor"]:
            return None
    return None
