"""Slack's deliveries, in the shapes that handlers take.

A shape holds only what Slack says of the delivery itself: who, where, which reference. What the reference
stands for, and whether that person may, is always looked up.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from typing import Any, Concatenate, ParamSpec, TypeVar
from urllib.parse import urlsplit

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from blocks.kit import View, carried
from handlers.context import Context
from models.errors import Refusal, Repeated
from models.lifecycle.people import app_home
from models.store.base import CLICK, JOB
from models.store.case import Case
from models.store.outcome import Outcome

P = ParamSpec("P")
T = TypeVar("T")

TOO_LATE = "That took too long for Slack to open the form. Try again."


@dataclass
class SlackDelivery:
    """One delivery of Slack's, with the means to answer it."""

    context: Context
    ack: AsyncAck
    client: AsyncWebClient
    body: Mapping[str, Any]
    answered: bool = False

    priority = CLICK
    """The priority of what it writes."""

    @property
    def person(self) -> str:
        """The id of the person who did it."""
        user = self.body.get("user")
        person_id = user.get("id") if isinstance(user, Mapping) else self.body.get("user_id")
        return str(person_id or "")

    @property
    def trigger(self) -> str:
        """The trigger id, which opens one modal within three seconds."""
        return str(self.body.get("trigger_id") or "")

    @cached_property
    def dedup_key(self) -> str:
        """A key that repetitions of this delivery share and no other has: see `Store.write`."""
        if self.trigger:
            return f"trigger:{self.trigger}"
        return f"body:{_digest(self.body)}"

    async def run(self, verb: Callable[Concatenate[Outcome, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Carry out a verb for this delivery, once, and show the result on App Home where it came from there.

        Raises:
            Repeated: The verb was carried out for this delivery before.
            Refusal: The verb refused.
        """

        def work(out: Outcome) -> T:
            result = verb(out, *args, **kwargs)
            if self.view.get("type") == "home":
                app_home.publish_now(out, self.person)
            return result

        return await self.context.store.write(
            work, delivery=self.dedup_key, priority=self.priority, about=args[:1]
        )

    async def check(self, query: Callable[Concatenate[Case, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Read with the rows locked, to check whether a verb would be carried out; raises what it refuses."""
        return await self.context.store.write(lambda out: query(out.case, *args, **kwargs), about=args[:1])

    async def read(self, query: Callable[Concatenate[Case, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a query, and return its result."""
        return await self.context.store.read(lambda case: query(case, *args, **kwargs))

    async def answer(self, **response: Any) -> None:
        """Acknowledge with this response, at most once; without arguments plainly."""
        if not self.answered:
            self.answered = True
            await self.ack(**response)

    async def open(self, view: View) -> Mapping[str, Any]:
        """Open a modal, or push it where the delivery came from a modal.

        Returns the view as Slack has it now, with its `id` and `hash`.

        Raises:
            Repeated: This delivery has opened its modal before.
            Refusal: Slack waits no longer.
            SlackApiError: Slack does not take the view.
        """
        if not self.trigger:
            raise Refusal(TOO_LATE)
        show = self.client.views_push if self.view.get("type") == "modal" else self.client.views_open
        try:
            answer = await show(trigger_id=self.trigger, view=dict(view))
        except SlackApiError as error:
            match error.response.get("error"):  # as in Slack's reference of views.open
                case "exchanged_trigger_id":
                    raise Repeated("it has opened its modal before") from error
                case "expired_trigger_id" | "invalid_trigger_id":
                    raise Refusal(TOO_LATE) from error
            raise
        return answer.get("view") or {}

    async def redraw(self, view: View) -> None:
        """Redraw the modal that the delivery came from, unless a later delivery has redrawn it meanwhile.

        Raises:
            SlackApiError: Slack does not take the view.
        """
        if not self.view.get("id"):
            return
        try:
            await self.client.views_update(view=dict(view), **view_version(self.view))
        except SlackApiError as error:
            if error.response.get("error") not in ("hash_conflict", "not_found"):
                raise

    @property
    def view(self) -> Mapping[str, Any]:
        """The view that the delivery came from; empty where it came from elsewhere."""
        view = self.body.get("view")
        return view if isinstance(view, Mapping) else {}

    @property
    def metadata(self) -> dict[str, str]:
        """The references in the modal's private_metadata (`blocks.kit.modal`)."""
        return carried(str(self.view.get("private_metadata") or ""))

    @property
    def values(self) -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
        """The view's state, by block_id and action_id, which forms parse."""
        state = self.view.get("state")
        values = state.get("values") if isinstance(state, Mapping) else None
        return values if isinstance(values, Mapping) else {}


@dataclass
class Command(SlackDelivery):
    """A slash command. An answer after its acknowledgement goes to its `response_url`."""

    async def answer(self, **response: Any) -> None:
        """Acknowledge or, where that is done, send the response.

        Raises:
            ConnectionError: Slack does not take the response.
        """
        if not (self.answered and response):
            await super().answer(**response)
            return
        address = str(self.body.get("response_url") or "")
        if not _is_slack_host(self.client.base_url, address):
            raise ConnectionError("the command has no response_url of Slack's")
        reply = await AsyncWebhookClient(address, session=self.client.session).send(**response)
        if reply.status_code != HTTPStatus.OK:
            raise ConnectionError(f"response_url: HTTP {reply.status_code}")

    @property
    def text(self) -> str:
        """The text after the command."""
        return str(self.body.get("text") or "").strip()


@dataclass
class Shortcut(SlackDelivery):
    """A global shortcut."""


@dataclass
class Click(SlackDelivery):
    """A click on a button or a choice in a menu, in a message, a modal or on App Home."""

    @property
    def action(self) -> Mapping[str, Any]:
        """The button or menu, as Slack describes it."""
        actions = self.body.get("actions")
        return actions[0] if isinstance(actions, list) and actions and isinstance(actions[0], Mapping) else {}

    @property
    def action_id(self) -> str:
        """The id of the button or menu."""
        return str(self.action.get("action_id") or "")

    @property
    def value(self) -> str:
        """The value of the button, or of the selected option."""
        option = self.action.get("selected_option")
        if isinstance(option, Mapping):
            return str(option.get("value", ""))
        return str(self.action.get("value") or "")

    @property
    def values_chosen(self) -> tuple[str, ...]:
        """The values of the selected options, of a menu that takes several."""
        options = self.action.get("selected_options")
        chosen = [one for one in options if isinstance(one, Mapping)] if isinstance(options, list) else []
        return tuple(dict.fromkeys(str(one.get("value") or "") for one in chosen))

    @property
    def place(self) -> tuple[str, str]:
        """Channel and ts of the message with the button; empty outside messages."""
        container, channel, message = (_part(self.body, name) for name in ("container", "channel", "message"))
        return (
            str(container.get("channel_id") or channel.get("id") or ""),
            str(container.get("message_ts") or message.get("ts") or ""),
        )


@dataclass
class Submission(SlackDelivery):
    """A submitted modal."""

    @cached_property
    def dedup_key(self) -> str:
        if self.view.get("id") and self.view.get("hash"):
            # The hash changes when a form is redrawn, so that it can be sent again. The digest tells other
            # entries in the same form apart, which must not be answered as if they had been taken.
            return f"view:{self.view['id']}:{self.view['hash']}#{_digest(self.values)[:32]}"
        return super().dedup_key


@dataclass
class Suggestion(SlackDelivery):
    """A menu that asks for its options."""

    @property
    def block(self) -> str:
        """The id of the menu's block."""
        return str(self.body.get("block_id") or "")

    @property
    def query(self) -> str:
        """The text typed so far."""
        return str(self.body.get("value") or "")


@dataclass
class Event(SlackDelivery):
    """An event in the workspace."""

    priority = JOB

    @property
    def event(self) -> Mapping[str, Any]:
        """The event itself."""
        event = self.body.get("event")
        return event if isinstance(event, Mapping) else {}

    @property
    def person(self) -> str:
        user = self.event.get("user")
        return str(user.get("id", "")) if isinstance(user, Mapping) else str(user or "")

    @cached_property
    def dedup_key(self) -> str:
        return f"event:{self.body['event_id']}" if self.body.get("event_id") else super().dedup_key


def view_version(view: Mapping[str, Any]) -> dict[str, str]:
    """Return the arguments by which views.update replaces this view and no newer version of it."""
    version = {"view_id": view.get("id"), "hash": view.get("hash")}
    return {name: str(value) for name, value in version.items() if value}


def _is_slack_host(api_url: str, address: str) -> bool:
    """Whether an address is on the host of Slack's API or a host below it (hooks.slack.com)."""
    slack, host = urlsplit(api_url).hostname, urlsplit(address).hostname
    return bool(slack and host) and (host == slack or str(host).endswith(f".{slack}"))


def _digest(value: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()


def _part(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = body.get(name)
    return part if isinstance(part, Mapping) else {}
