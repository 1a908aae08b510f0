"""The jobs `say`, `note` and `tell`: post one message, as a reply under a card or to a person.

Updating a card notifies nobody in Slack, nor does a reply in a thread those who never wrote in it. So what
people have to notice is posted: a comment (`say`) as a reply in the card's thread that is shown in the
conversation too, a duration that an approver changed (`note`) as a reply, and to whoever pressed a button
what could not be shown there (`tell`).
"""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog

from blocks.cards import thread_replies
from blocks.kit import Message
from bot.errors import RetryAfter
from bot.slack.gateway import Gateway, Gone
from bot.worker.jobs import post_once
from bot.worker.runner import Result
from models.jobs import Work
from models.lifecycle.deliver_comment import post_again
from models.registry.directory import names_of
from models.store.base import Store
from models.store.case import Case
from models.tables.cards import Card
from models.tables.requests import Comment, Request

log = structlog.stdlib.get_logger(__name__)

CARD_WAIT = timedelta(seconds=2)
"""How long a reply waits for its card to be posted before it is tried again."""

Payload = Mapping[str, Any]


@dataclass(frozen=True)
class Post:
    """A message, with where it goes and what it is found again by."""

    channel: str
    """A channel's id, or a person's for their conversation with us."""
    message: Message
    metadata: dict[str, Any]
    since: datetime
    """No copy of it is older."""
    thread: str | None = None
    """The ts of the card that it replies to, empty while that is not posted; None where it is no reply."""
    broadcast: bool = False
    """Whether a reply is a new message in the conversation too."""
    gone: bool = False
    """Whether the card that it replies to is known to be gone."""


def read_post(case: Case, payload: Payload, key: str) -> Post | None:
    """The message that a job of this payload and key posts; None where nobody can see it any more.

    Payloads: {"comment": id, "card": id} (with "again" where the card is posted again for it),
    {"card": id, "by": who, "before": term, "after": term}, and
    {"person": id, "text": plain, "at": when it happened}.
    """
    if "person" in payload:
        return _message_to_person(payload, key)
    card = case.get_one(Card, payload["card"])
    if "comment" in payload:
        return _comment(case, card, case.get_one(Comment, payload["comment"]))
    if card.gone:
        return None
    message = thread_replies.term_change_reply(payload["by"], payload["before"], payload["after"])
    return Post(card.channel, message, _metadata("note", key), card.created_at, card.ts)


def _comment(case: Case, card: Card, comment: Comment) -> Post:
    request = case.get_one(Request, comment.request_id)
    names = names_of(case, {comment.person_id, request.beneficiary_id})
    message = thread_replies.comment_reply(comment, request, names)
    metadata = post_once.comment_metadata(comment)
    return Post(card.channel, message, metadata, comment.at, card.ts, broadcast=True, gone=card.gone)


def _message_to_person(payload: Payload, key: str) -> Post:
    metadata = _metadata("told", key)
    message, at = thread_replies.sentence_reply(str(payload["text"])), datetime.fromisoformat(payload["at"])
    return Post(str(payload["person"]), message, metadata, at)


def _metadata(name: str, key: str) -> dict[str, Any]:
    return post_once.message_metadata(f"keyturn_{name}", {name: zlib.crc32(key.encode())})


class PostMessageJob:
    """Posts a message once."""

    def __init__(self, store: Store, gateway: Gateway) -> None:
        self._store, self._gateway = store, gateway

    async def run(self, work: Work) -> Result | None:
        """Carry out one; see `read_post` for its payload.

        Raises:
            RetryAfter: Its card is not posted yet.
        """
        post = await self._store.read(lambda case: read_post(case, work.payload, work.key))
        if post is None:
            return None
        if not post.gone:
            if post.thread == "":
                raise RetryAfter("its card is not posted yet", CARD_WAIT)
            try:
                await self._post(post, tried=work.attempts > 1)
            except Gone as gone:
                # Where it replies to a card, the card's next update finds out and notes it.
                log.info("nobody is left to see the message", channel=post.channel, why=gone.error)
            else:
                return None
        if "comment" not in work.payload:
            return None
        return lambda out: post_again(out, work.payload, post.thread or "")

    async def _post(self, post: Post, *, tried: bool) -> None:
        place, thread = (self._gateway, post.channel), post.thread or ""
        if tried and await post_once.find_lost_post(*place, post.metadata, post.since, thread):
            return
        await post_once.post(*place, post.message, post.metadata, thread, broadcast=post.broadcast)
