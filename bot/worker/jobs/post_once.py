"""Post a message once: its metadata says what it is, so that one whose answer was lost is found again."""

import json
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

import structlog

from blocks.kit import Message
from bot.slack.clock import CLOCK_SKEW
from bot.slack.gateway import Answer, Gateway, Gone, Refused
from models.tables.cards import Card
from models.tables.requests import Comment

log = structlog.stdlib.get_logger(__name__)

NO_PREVIEWS = {"unfurl_links": False, "unfurl_media": False}
"""What people write in a reason must not make Slack fetch it."""
SEARCH_PAGES = 10
"""How far back a lost post is looked for, in pages of 200; it is among the newest."""


def message_metadata(kind: str, ids: Mapping[str, int]) -> dict[str, Any]:
    """The metadata of a message: its kind ("keyturn_card"), and the ids that no other of the kind has."""
    return {"event_type": kind, "event_payload": dict(ids)}


def card_metadata(card: Card) -> dict[str, Any]:
    """The metadata of a card."""
    return message_metadata("keyturn_card", {"card": card.id})


def comment_metadata(comment: Comment) -> dict[str, Any]:
    """The metadata of a comment that is passed on; in each thread there is one of it."""
    return message_metadata("keyturn_comment", {"comment": comment.id})


def digest_of(content: Mapping[str, Any]) -> str:
    """The SHA-256 of a message or view as JSON, in hexadecimal: equal for what looks the same."""
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return sha256(canonical.encode()).hexdigest()


async def post(
    gateway: Gateway,
    channel: str,
    message: Message,
    metadata: dict[str, Any],
    thread: str = "",
    *,
    broadcast: bool = False,
) -> Answer:
    """Post to a channel or a person, under the message `thread` (a ts) if there is one.

    `broadcast`: whether a reply is shown in the conversation too, as a new message.
    The answer has the channel and the ts. What else `Gateway.call` raises is raised here too.

    Raises:
        Gone: There is no such channel or person, or they take no messages.
    """
    arguments = {"metadata": metadata, **message, **NO_PREVIEWS}
    if thread:
        arguments |= {"thread_ts": thread} | ({"reply_broadcast": True} if broadcast else {})
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
    """The id of our conversation with a person.

    Raises:
        Gone: They take no messages.
    """
    dm = await gateway.call("conversations.open", users=person_id)
    return str(dm["channel"]["id"])


async def find_lost_post(
    gateway: Gateway, place: str, metadata: dict[str, Any], since: datetime, thread: str = ""
) -> tuple[str, str] | None:
    """Channel and ts of a post whose answer was lost, to a person or a channel; None if there is none.

    Where Slack does not let us look it counts as none: twice is better than never.

    Raises:
        Gone: There is no such channel or person, or they take no messages.
    """
    try:
        channel = await open_dm(gateway, place) if is_person(place) else place
        copies = await find_copies(gateway, channel, metadata, since, thread)
    except Gone:
        raise
    except Refused as refusal:
        log.warning("cannot look whether it was posted before", why=str(refusal))
        return None
    return (channel, copies[0]) if copies else None


async def find_copies(
    gateway: Gateway, channel: str, metadata: dict[str, Any], since: datetime, thread: str = ""
) -> list[str]:
    """The ts of each message with this metadata, posted since then in a channel (or a thread of it)."""
    method = "conversations.replies" if thread else "conversations.history"
    arguments: dict[str, Any] = {"ts": thread} if thread else {}
    arguments |= {"oldest": f"{(since - CLOCK_SKEW).timestamp():.6f}", "limit": 200}
    copies: list[str] = []
    for _ in range(SEARCH_PAGES):
        answer = await gateway.call(method, channel=channel, include_all_metadata=True, **arguments)
        copies += [
            str(message["ts"]) for message in answer["messages"] if message.get("metadata") == metadata
        ]
        arguments["cursor"] = (answer.get("response_metadata") or {}).get("next_cursor")
        if not arguments["cursor"]:
            break
    return copies
