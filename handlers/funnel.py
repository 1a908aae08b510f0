"""The one way in: every listener runs inside, so that every delivery is answered and no failure is silent.

Only so many are handled at once (`handlers.limiter`). One that gets no turn is turned away at once, in words:
in the form, as the command's answer, or in a message to whoever pressed a button. An event is not answered,
and Slack sends it again.

A refusal is shown where the person looks: at its field in the form, as a line only they see under a card,
in a small modal elsewhere, and as a message where Slack takes neither. Anything else that goes wrong is shown
as a reference number that also stands in the log.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any, TypeVar

import aiohttp
import structlog
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from blocks import kit
from blocks.kit.text import esc
from handlers.desk import Desk
from handlers.incoming import Click, Closing, Command, Event, Incoming, Submission, Suggestion
from handlers.limiter import Overloaded
from handlers.routes import Listener
from models.errors import Refusal, Repeated, SentAlready
from models.lifecycle.redraw import OVERLOADED, send_text
from models.store.base import Unavailable

log = structlog.get_logger("keyturn.handlers")

In = TypeVar("In", bound=Incoming)

COMMAND_WITHIN = 2.5
"""Seconds after which a command is acknowledged, whatever it still does. After three it counts as failed."""
TITLE = "That did not work"
TAKEN = "It is sent"
ELSEWHERE = ("channel_not_found", "not_in_channel", "user_not_in_channel")
"""Slack's words where the person does not see the card, so that they cannot have pressed its button."""


def listener(
    desk: Desk,
    shape: type[In],
    handle: Callable[[In], Awaitable[None]],
    fields: Mapping[str, str] | None = None,
    *,
    merges: bool = False,
) -> Listener:
    """Make a Bolt listener of a handler.

    `merges` says that any number of these deliveries cost as much as one, so that they need no turn.

    `fields` says, for a form, which block shows a refusal of which field ({"reason": block_id}); a refusal of
    no field, or of one that the form does not have, is shown at the form's first input. A block whose id goes
    on after a colon ("access:github") is named by what stands before it.
    """

    async def run(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        incoming = shape(desk, ack, client, body)
        with structlog.contextvars.bound_contextvars(actor=incoming.person, delivery=incoming.delivery):
            work = handled(incoming) if merges else in_turn(incoming)
            await (_in_time(incoming, work) if isinstance(incoming, Command) else work)

    async def in_turn(incoming: In) -> None:
        try:
            await desk.limiter.enter(person=not isinstance(incoming, Event))
        except Overloaded:
            await _turn_away(incoming)
            return
        try:
            await handled(incoming)
        finally:
            desk.limiter.leave()

    async def handled(incoming: In) -> None:
        try:
            await handle(incoming)
        except Repeated:
            log.info("repeated delivery")
        except Refusal as refusal:
            await _show(incoming, refusal, fields or {})
        except Exception as error:  # noqa: BLE001 - the last net: Bolt would drop the answer
            await _apologise(incoming, error)
        await incoming.answer(**({"options": []} if isinstance(incoming, Suggestion) else {}))

    run.__name__ = handle.__name__
    return run


_late: set[asyncio.Task[None]] = set()
"""Commands that go on after their acknowledgement."""


async def _in_time(command: Command, work: Coroutine[Any, Any, None]) -> None:
    """Acknowledge a command in time, also where what it does takes longer."""
    task = asyncio.create_task(work)
    done, _ = await asyncio.wait([task], timeout=COMMAND_WITHIN)
    if done:
        task.result()
        return
    log.warning("acknowledged before it was done")
    _late.add(task)
    task.add_done_callback(_late.discard)
    await command.answer()


async def _turn_away(incoming: Incoming) -> None:
    """Say that nothing was done, without a call to Slack."""
    if isinstance(incoming, Event):
        incoming.desk.whois.events_may_be_lost()  # until Slack sends it again
    elif isinstance(incoming, Suggestion):
        await incoming.answer(options=[])
    elif isinstance(incoming, Command | Submission):
        await _say(incoming, OVERLOADED)
    else:
        if incoming.person:
            incoming.desk.turned_away.tell(incoming.person)
        await incoming.answer()


async def _show(incoming: Incoming, refusal: Refusal, fields: Mapping[str, str]) -> None:
    log.info("refused", why=str(refusal), kind=type(refusal).__name__)
    if isinstance(refusal, SentAlready) and isinstance(incoming, Submission):
        view = kit.notice(TAKEN, str(refusal))
        await incoming.answer(response_action="update", view=dict(view))
        return
    block = _input_of(incoming.view, fields.get(refusal.field or ""))
    if isinstance(incoming, Submission) and block:
        await incoming.answer(response_action="errors", errors={block: str(refusal)})
        return
    await _tell(incoming, str(refusal))


async def _apologise(incoming: Incoming, error: Exception) -> None:
    reference = secrets.token_hex(3).upper()
    log.error("listener failed", reference=reference, exc_info=error)
    if isinstance(incoming, Event):
        incoming.desk.whois.events_may_be_lost()  # Slack takes it for heard, and does not send it again
    sentence = f"{_explanation(error)} (Reference {reference})"
    await _tell(incoming, sentence)


async def _tell(incoming: Incoming, sentence: str) -> None:
    """Say it where the person looks or, where Slack takes it nowhere there, send it to them."""
    try:
        await _say(incoming, sentence)
    except Exception as error:  # noqa: BLE001 - whatever keeps it from being shown: the sentence stands
        log.warning("could not show", why=str(error), sentence=sentence)
        if incoming.person:
            await _send(incoming, sentence)


async def _send(incoming: Incoming, sentence: str) -> None:
    try:
        await incoming.desk.store.run(send_text, incoming.person, sentence, incoming.delivery)
    except Exception as error:
        log.exception("could not tell", why=str(error), sentence=sentence)


def _explanation(error: Exception) -> str:
    """What a person can do about an error that is not theirs."""
    if isinstance(error, Unavailable):
        return "Keyturn cannot reach its database. Nothing was changed. Try again soon."
    if isinstance(error, SlackApiError) and error.response.get("error") == "ratelimited":
        wait = error.response.headers.get("Retry-After", "a few")
        return f"Slack asks Keyturn to slow down. Try again in {wait} seconds."
    if isinstance(error, SlackApiError | aiohttp.ClientError | TimeoutError):
        return "Slack did not take what Keyturn answered. Try again; if it stays so, tell an admin."
    return "Something went wrong in Keyturn. Please tell an admin."


async def _say(incoming: Incoming, sentence: str) -> None:
    """Show it in the place where the person waits for it; raises where Slack does not take it there."""
    if isinstance(incoming, Event | Suggestion | Closing):
        return  # nobody waits for a word
    if isinstance(incoming, Command):
        await incoming.answer(text=esc(sentence))
    elif isinstance(incoming, Submission):
        await incoming.answer(**_in_place(incoming.view, sentence))
    elif isinstance(incoming, Click) and incoming.place[0] and await _whispered(incoming, sentence):
        return
    else:
        await incoming.open(kit.notice(TITLE, sentence))


def _in_place(view: Mapping[str, Any], sentence: str) -> dict[str, Any]:
    """At the form's first input, so that nothing typed is lost; in place of a form where nothing is."""
    if block := _input_of(view, None):
        return {"response_action": "errors", "errors": {block: sentence}}
    return {"response_action": "update", "view": dict(kit.notice(TITLE, sentence))}


async def _whispered(click: Click, sentence: str) -> bool:
    """Whether Slack took it as a line under the card; else it takes a modal, if no other was opened."""
    try:
        await click.client.chat_postEphemeral(channel=click.place[0], user=click.person, text=esc(sentence))
    except SlackApiError as error:
        if error.response.get("error") in ELSEWHERE:
            raise
        log.info("not as a line", why=error.response.get("error"))
        return False
    return True


def _input_of(view: Mapping[str, Any], wanted: str | None) -> str | None:
    """The input that shows a refusal: the wanted one, or the first. Slack refuses errors at anything else.

    What follows a colon in a block's id tells one form from another, and is not looked at.
    """
    blocks = view.get("blocks")
    found = [
        str(block.get("block_id"))
        for block in (blocks if isinstance(blocks, list) else ())
        if isinstance(block, Mapping) and block.get("type") == "input"
    ]
    return next((one for one in found if wanted and one.partition(":")[0] == wanted), next(iter(found), None))
