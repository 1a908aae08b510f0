"""Comment on a request, by the card's button or by a reply in the card's thread."""

from collections.abc import Mapping
from typing import Any

import structlog
from slack_sdk.errors import SlackApiError

from blocks.cards import CardAction
from blocks.cards.thread_replies import mentioned_people, plain_text
from blocks.forms import decision as decision_form
from blocks.forms.decision import DecisionForm
from blocks.kit.text import esc
from handlers.deliveries import Click, Event, Submission
from handlers.routes import on_click, on_event, on_submit
from models.errors import Refusal
from models.lifecycle.request import comment as verbs
from models.registry.by_reference import card_at, find_request
from models.registry.directory import names_of
from models.registry.permissions import only_involved
from models.store.case import Case
from models.tables.requests import Request

log = structlog.get_logger("keyturn.comment")

FIELDS = {"comment": decision_form.COMMENT}
HELP = (
    "Type `/request-access` to request access. Your access and open requests are on my Home tab. "
    "To comment on a request, reply in its card's thread."
)


@on_click(CardAction.COMMENT)
async def open_comment_form(click: Click) -> None:
    """Open the form for a comment."""
    await click.context.people.refresh([click.person])
    request = await click.read(_commentable, click.value, click.person)
    await click.open(decision_form.comment(request))


@on_submit(DecisionForm.COMMENT, fields=FIELDS)
async def comment(submission: Submission) -> None:
    """Add a comment from the form."""
    ref, text = submission.metadata.get("ref", ""), decision_form.parse_comment(submission.values)
    await submission.context.people.refresh([submission.person])
    await submission.run(verbs.comment, ref, submission.person, text, limits=submission.context.limits)


def _commentable(case: Case, ref: str, person: str) -> Request:
    request = find_request(case, ref)
    only_involved(case, request, person)
    return request


@on_event("message")
async def handle_message(event: Event) -> None:
    """Answer a direct message: in the thread of a card about a request it is a comment.

    Elsewhere it gets the help text.

    Messages of bots, and edits and deletions, are ignored.
    """
    if not _is_new_direct_message(event.event):
        return
    if event.event.get("thread_ts"):
        await _comment_by_reply(event)
    else:
        await _answer(event, HELP)


def _is_new_direct_message(message: Mapping[str, Any]) -> bool:
    """Whether a person has sent this in their conversation with the bot."""
    new = message.get("subtype") in (None, "thread_broadcast")
    if "channel_type" in message:
        direct = message["channel_type"] == "im"
    else:  # the id of the channel says it too
        direct = _is_direct(message.get("channel"))
    return new and direct and bool(message.get("user")) and not message.get("bot_id")


def _is_direct(channel: object) -> bool:
    return isinstance(channel, str) and channel.startswith("D")


async def _comment_by_reply(event: Event) -> None:
    source = f"{event.event.get('channel', '')}:{event.event.get('ts', '')}"
    try:
        reply = await event.read(_parse_reply, event)
        if reply is None:
            return
        request, text = reply
        await event.context.people.refresh([event.person])
        limits = event.context.limits
        await event.run(verbs.comment, request.ref, event.person, text, source=source, limits=limits)
    except Refusal as refusal:
        await _answer(event, esc(str(refusal)))


def _parse_reply(case: Case, event: Event) -> tuple[Request, str] | None:
    """Return the request under whose card the reply stands, and its text; None under somebody else's card.

    Raises:
        Refusal: It stands under no card, or under one that is about no request.
    """
    channel, thread = str(event.event.get("channel", "")), str(event.event.get("thread_ts", ""))
    card = card_at(case, channel, thread)
    if card is None:
        raise Refusal(HELP)
    if card.person_id != event.person:
        return None
    if card.about.startswith("CH-"):
        raise Refusal(
            "Nobody sees replies here. Use Approve change or Reject change: its author sees your comment."
        )
    if card.about.startswith("PS-"):
        raise Refusal("Nobody sees replies here. Use the buttons, or write to the other admins.")
    text = str(event.event.get("text") or "")
    return find_request(case, card.about), plain_text(text, names_of(case, mentioned_people(text)))


async def _answer(event: Event, text: str) -> None:
    """Answer where they wrote, as an ephemeral message where Slack takes one."""
    thread = {"thread_ts": event.event["thread_ts"]} if event.event.get("thread_ts") else {}
    channel = str(event.event.get("channel", ""))
    try:
        await event.client.chat_postEphemeral(channel=channel, user=event.person, text=text, **thread)
    except SlackApiError as error:
        log.info("not so that only they see it", why=error.response.get("error"))
        await event.client.chat_postMessage(channel=channel, text=text, **thread)
