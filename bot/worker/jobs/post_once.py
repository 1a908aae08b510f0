"""Posting once: a message says in its metadata what it is, and is found again by it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import structlog

from blocks.kit import Message
from bot.slack.clock import CLOCKS_APART
from bot.slack.gateway import Answer, Gateway, Gone, Refused
from models.tables.cards import Card
from models.tables.requests import Comment

log = structlog.stdlib.get_logger(__name__)

QUIET = {"unfurl_links": False, "unfurl_media": False}
"""What people write in a reason must not make Slack fetch it."""
PAGES = 10
"""How far back a lost post is looked for, in pages of 200; it is among the newest."""


def mark(kind: str, payload: Mapping[str, int]) -> dict[str, Any]:
    """Metadata for a message: a kind ("keyturn_card") and the ids that make it the only one of it."""
    return {"event_type": kind, "event_payload": dict(payload)}


def card_mark(card: Card) -> dict[str, Any]:
    """The metadata of a card."""
    return mark("keyturn_card", {"card": card.id})


def comment_mark(comment: Comment) -> dict[str, Any]:
    """The metadata of a comment that is passed on; in each thread there is one of it."""
    return mark("keyturn_comment", {"comment": comment.id})


async def post(
    gateway: Gateway, channel: str, message: Message, metadata: dict[str, Any], **more: str
) -> Answer:
    """Post to a channel or a person; `more` may be thread_ts. The answer has the channel and ts."""
    arguments = {"metadata": metadata, **message, **QUIET, **more}
    try:
        answer = await gateway.call("chat.postMessage", channel=channel, **arguments)
    except Gone as gone:
        if gone.error != "channel_not_found" or not is_person(channel):
            raise
        channel = await open_dm(gateway, channel)
        answer = await gateway.call("chat.postMessage", channel=channel, **arguments)
    return {"channel": channel} | answer


def is_person(channel: str) -> bool:
    """Whether it is a person's id, which chat.postMessage takes for their conversation with us."""
    return channel.startswith(("U", "W"))


async def open_dm(gateway: Gateway, person_id: str) -> str:
    """The id of our conversation with a person. Raises Gone where they take no messages."""
    opened = await gateway.call("conversations.open", users=person_id)
    return str(opened["channel"]["id"])


async def lost(
    gateway: Gateway, place: str, metadata: dict[str, Any], since: datetime, thread: str = ""
) -> tuple[str, str] | None:
    """Channel and ts of a post whose answer was lost, to a person or a channel; None if there is none.

    Where Slack does not let us look it counts as none: twice is better than never.
    """
    try:
        channel = await open_dm(gateway, place) if is_person(place) else place
        found = await copies(gateway, channel, metadata, since, thread)
    except Gone:
        raise
    except Refused as refusal:
        log.warning("cannot look whether it was posted before", why=str(refusal))
        return None
    return (channel, found[0]) if found else None


async def copies(
    gateway: Gateway, channel: str, metadata: dict[str, Any], since: datetime, thread: str = ""
) -> list[str]:
    """The ts of each message with this metadata, posted since then in a channel (or a thread of it)."""
    method = "conversations.replies" if thread else "conversations.history"
    arguments: dict[str, Any] = {"ts": thread} if thread else {}
    arguments |= {"oldest": f"{(since - CLOCKS_APART).timestamp():.6f}", "limit": 200}
    found: list[str] = []
    for _ in range(PAGES):
        answer = await gateway.call(method, channel=channel, include_all_metadata=True, **arguments)
        found += [str(one["ts"]) for one in answer["messages"] if one.get("metadata") == metadata]
        arguments["cursor"] = (answer.get("response_metadata") or {}).get("next_cursor")
        if not arguments["cursor"]:
            break
    return found
