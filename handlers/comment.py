"""Comments: from the card's button, or as a reply in the card's thread."""

from collections.abc import Mapping
from typing import Any

import structlog
from slack_sdk.errors import SlackApiError

from blocks.cards import CardAction
from blocks.cards.thread_replies import mentioned_people, plain_text
from blocks.forms import decision as decision_form
from blocks.forms.decision import DecisionForm
from blocks.kit.text import esc
from handlers.desk import Desk
from handlers.funnel import listener
from handlers.incoming import Click, Event, Submission
from handlers.routes import Routes
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
    "Type `/request-access` to ask for access. What you have and what waits for you is on my Home tab. "
    "To comment on a request, reply in its card's thread."
)


def register(routes: Routes, desk: Desk) -> None:
    """Listen to the Comment button and its form, and to what people write to the bot."""
    routes.action(CardAction.COMMENT)(listener(desk, Click, ask))
    routes.view(DecisionForm.COMMENT)(listener(desk, Submission, comment, FIELDS))
    routes.event("message")(listener(desk, Event, message))


async def ask(click: Click) -> None:
    """Comment was pressed."""
    await click.desk.whois.people([click.person])
    request = await click.read(_commentable, click.value, click.person)
    await click.open(decision_form.comment(request))


async def comment(sent: Submission) -> None:
    """Somebody has said something in the form."""
    ref, text = sent.carries.get("ref", ""), decision_form.parse_comment(sent.values)
    await sent.desk.whois.people([sent.person])
    await sent.run(verbs.comment, ref, sent.person, text, limits=sent.desk.limits)


def _commentable(case: Case, ref: str, person: str) -> Request:
    request = find_request(case, ref)
    only_involved(case, request, person)
    return request


async def message(event: Event) -> None:
    """Somebody wrote to the bot; what bots write, what was edited and what was deleted is passed over."""
    if not _from_a_person(event.event):
        return
    if event.event.get("thread_ts"):
        await _reply(event)
    else:
        await _tell(event, HELP)


def _from_a_person(said: Mapping[str, Any]) -> bool:
    """Whether this is something new that a person wrote in their conversation with the bot."""
    new = said.get("subtype") in (None, "thread_broadcast")
    # Where Slack does not say what kind of conversation it is, its id does.
    direct = said.get("channel_type") == "im" if "channel_type" in said else _is_direct(said.get("channel"))
    return new and direct and bool(said.get("user")) and not said.get("bot_id")


def _is_direct(channel: object) -> bool:
    return isinstance(channel, str) and channel.startswith("D")


async def _reply(event: Event) -> None:
    source = f"{event.event.get('channel', '')}:{event.event.get('ts', '')}"
    try:
        found = await event.read(_meant, event)
        if found is None:
            return
        request, text = found
        await event.desk.whois.people([event.person])
        limits = event.desk.limits
        await event.run(verbs.comment, request.ref, event.person, text, source=source, limits=limits)
    except Refusal as refusal:
        await _tell(event, esc(str(refusal)))


def _meant(case: Case, event: Event) -> tuple[Request, str] | None:
    """The request whose card this person's reply stands under, and what they say about it."""
    channel, thread = str(event.event.get("channel", "")), str(event.event.get("thread_ts", ""))
    card = card_at(case, channel, thread)
    if card is None or card.person_id != event.person:
        return None
    if card.about.startswith("CH-"):
        raise Refusal(
            "Nobody reads this here. Say it with Approve change or Reject change: its author reads that."
        )
    written = str(event.event.get("text") or "")
    return find_request(case, card.about), plain_text(written, names_of(case, mentioned_people(written)))


async def _tell(event: Event, text: str) -> None:
    """Answer so that only they see it, where they wrote."""
    thread = {"thread_ts": event.event["thread_ts"]} if event.event.get("thread_ts") else {}
    channel = str(event.event.get("channel", ""))
    try:
        await event.client.chat_postEphemeral(channel=channel, user=event.person, text=text, **thread)
    except SlackApiError as error:
        log.info("not so that only they see it", why=error.response.get("error"))
        await event.client.chat_postMessage(channel=channel, text=text, **thread)
