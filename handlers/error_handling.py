"""Run handlers so that every delivery is answered and every error is shown and logged.

Only so many run at once (`handlers.overload`). A delivery that gets no turn is refused at once, in words: in
the form, as the command's answer, or in a message to whoever clicked. An event is not answered, so that Slack
sends it again.

A refusal is shown where the person looks: at its field in the form, as an ephemeral message under a card, in
a modal elsewhere, and as a direct message where Slack takes neither. Any other error is shown as a reference
number that also stands in the log.
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
from handlers.context import Context
from handlers.deliveries import Click, Command, Event, SlackDelivery, Submission, Suggestion
from handlers.overload import Overloaded
from models.errors import Refusal, Repeated, SentAlready
from models.lifecycle.redraw import OVERLOADED, send_text
from models.store.base import Unavailable

log = structlog.get_logger("keyturn.handlers")

D = TypeVar("D", bound=SlackDelivery)
HandlerFunction = Callable[[D], Awaitable[None]]
Listener = Callable[..., Awaitable[None]]
"""A listener of Bolt's, which takes `ack`, `body` and `client`."""

COMMAND_ACK_TIMEOUT = 2.5
"""Seconds after which a command is acknowledged though it still runs. After three Slack calls it failed."""
ERROR_TITLE = "That didn't work"
ALREADY_SENT_TITLE = "Sent"
NOT_IN_CHANNEL = ("channel_not_found", "not_in_channel", "user_not_in_channel")
"""Slack's error codes where the person does not see the card, so that they cannot have clicked in it."""


def listener(
    context: Context,
    shape: type[D],
    handle: HandlerFunction[D],
    fields: Mapping[str, str] | None = None,
    *,
    merges: bool = False,
) -> Listener:
    """Make a Bolt listener of a handler that takes deliveries of this shape.

    `fields` maps the field of a refusal to the block of a form that shows it ({"reason": block_id}); a
    refusal of no field, or of one that the form does not have, is shown at the form's first input. Only the
    part of a block id before a colon counts ("access" of "access:github").

    `merges` says that any number of these deliveries cost as much as one, so that they need no turn.
    """

    async def run(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        delivery = shape(context, ack, client, body)
        with structlog.contextvars.bound_contextvars(actor=delivery.person, delivery=delivery.dedup_key):
            work = handle_safely(delivery) if merges else handle_in_turn(delivery)
            await (_acknowledge_in_time(delivery, work) if isinstance(delivery, Command) else work)

    async def handle_in_turn(delivery: D) -> None:
        try:
            await context.limiter.enter(person=not isinstance(delivery, Event))
        except Overloaded:
            await _refuse_overloaded(delivery)
            return
        try:
            await handle_safely(delivery)
        finally:
            context.limiter.leave()

    async def handle_safely(delivery: D) -> None:
        try:
            await handle(delivery)
        except Repeated:
            log.info("repeated delivery")
        except Refusal as refusal:
            await _show_refusal(delivery, refusal, fields or {})
        except Exception as error:  # noqa: BLE001 - Bolt would drop the answer
            await _report_error(delivery, error)
        await delivery.answer(**({"options": []} if isinstance(delivery, Suggestion) else {}))

    run.__name__ = handle.__name__
    return run


_unfinished_commands: set[asyncio.Task[None]] = set()
"""Commands that still run after their acknowledgement."""


async def _acknowledge_in_time(command: Command, work: Coroutine[Any, Any, None]) -> None:
    """Acknowledge a command in time, and let it go on where it takes longer."""
    task = asyncio.create_task(work)
    done, _ = await asyncio.wait([task], timeout=COMMAND_ACK_TIMEOUT)
    if done:
        task.result()
        return
    log.warning("acknowledged before it was done")
    _unfinished_commands.add(task)
    task.add_done_callback(_unfinished_commands.discard)
    await command.answer()


async def _refuse_overloaded(delivery: SlackDelivery) -> None:
    """Answer that nothing was done, without a call to Slack."""
    if isinstance(delivery, Event):
        delivery.context.people.invalidate()  # until Slack sends it again
    elif isinstance(delivery, Suggestion):
        await delivery.answer(options=[])
    elif isinstance(delivery, Command | Submission):
        await _show(delivery, OVERLOADED)
    else:
        if delivery.person:
            delivery.context.overload_notices.send(delivery.person)
        await delivery.answer()


async def _show_refusal(delivery: SlackDelivery, refusal: Refusal, fields: Mapping[str, str]) -> None:
    log.info("refused", why=str(refusal), kind=type(refusal).__name__)
    if isinstance(refusal, SentAlready) and isinstance(delivery, Submission):
        view = kit.notice(ALREADY_SENT_TITLE, str(refusal))
        await delivery.answer(response_action="update", view=dict(view))
        return
    block = _find_input(delivery.view, fields.get(refusal.field or ""))
    if isinstance(delivery, Submission) and block:
        await delivery.answer(response_action="errors", errors={block: str(refusal)})
        return
    await _show_or_send(delivery, str(refusal))


async def _report_error(delivery: SlackDelivery, error: Exception) -> None:
    reference = secrets.token_hex(3).upper()
    log.error("listener failed", reference=reference, exc_info=error)
    if isinstance(delivery, Event):
        delivery.context.people.invalidate()  # it is answered, so Slack does not send it again
    sentence = f"{_explanation(error)} (Reference {reference})"
    await _show_or_send(delivery, sentence)


async def _show_or_send(delivery: SlackDelivery, sentence: str) -> None:
    """Show a sentence where the person looks, or send it to them where Slack does not take it there."""
    try:
        await _show(delivery, sentence)
    except Exception as error:  # noqa: BLE001 - the sentence goes out as a message then
        log.warning("could not show", why=str(error), sentence=sentence)
        if delivery.person:
            await _send(delivery, sentence)


async def _send(delivery: SlackDelivery, sentence: str) -> None:
    try:
        await delivery.context.store.run(send_text, delivery.person, sentence, delivery.dedup_key)
    except Exception as error:
        log.exception("could not tell", why=str(error), sentence=sentence)


def _explanation(error: Exception) -> str:
    """Say what a person can do about an error that is not theirs."""
    if isinstance(error, Unavailable):
        return "Keyturn can't reach its database. Nothing was changed. Try again soon."
    if isinstance(error, SlackApiError) and error.response.get("error") == "ratelimited":
        wait = error.response.headers.get("Retry-After", "a few")
        return f"Slack is asking Keyturn to slow down. Try again in {wait} seconds."
    if isinstance(error, SlackApiError | aiohttp.ClientError | TimeoutError):
        return "Slack refused Keyturn's answer. Try again; if it happens again, tell an admin."
    return "Something went wrong in Keyturn. Tell an admin."


async def _show(delivery: SlackDelivery, sentence: str) -> None:
    """Show a sentence where the person waits for it.

    Raises:
        SlackApiError: Slack does not take it there.
        ConnectionError: A command's `response_url` does not take it.
        Refusal: The trigger for a modal has expired.
    """
    if isinstance(delivery, Event | Suggestion):
        return  # nobody waits for an answer
    if isinstance(delivery, Command):
        await delivery.answer(text=esc(sentence))
    elif isinstance(delivery, Submission):
        await delivery.answer(**_view_response(delivery.view, sentence))
    elif isinstance(delivery, Click) and delivery.place[0] and await _post_ephemeral(delivery, sentence):
        return
    else:
        await delivery.open(kit.notice(ERROR_TITLE, sentence))


def _view_response(view: Mapping[str, Any], sentence: str) -> dict[str, Any]:
    """Answer at the form's first input, so that no entry is lost; instead of a form that has none."""
    if block := _find_input(view, None):
        return {"response_action": "errors", "errors": {block: sentence}}
    return {"response_action": "update", "view": dict(kit.notice(ERROR_TITLE, sentence))}


async def _post_ephemeral(click: Click, sentence: str) -> bool:
    """Post a sentence under a card that only who clicked sees; False where Slack does not take it.

    Raises:
        SlackApiError: The person does not see the card, so a modal is not for them either.
    """
    try:
        await click.client.chat_postEphemeral(channel=click.place[0], user=click.person, text=esc(sentence))
    except SlackApiError as error:
        if error.response.get("error") in NOT_IN_CHANNEL:
            raise
        log.info("not as a line", why=error.response.get("error"))
        return False
    return True


def _find_input(view: Mapping[str, Any], prefix: str | None) -> str | None:
    """Return the input block with this prefix, or the first: Slack takes errors only at inputs.

    What follows a colon in a block id only tells one drawing of a form from another.
    """
    blocks = view.get("blocks")
    inputs = [
        str(block.get("block_id"))
        for block in (blocks if isinstance(blocks, list) else ())
        if isinstance(block, Mapping) and block.get("type") == "input"
    ]
    matching = [block_id for block_id in inputs if prefix and block_id.partition(":")[0] == prefix]
    return next(iter(matching or inputs), None)
