"""What Slack delivers, in the shapes that our listeners work with.

Everything in here is what Slack says about the delivery itself: who, where, which reference. What the
reference stands for, and whether that person may, is always looked up.
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
from handlers.desk import Desk
from models.errors import Refusal, Repeated
from models.lifecycle.people import app_home
from models.store.base import CLICK, JOB
from models.store.case import Case
from models.store.outcome import Outcome

P = ParamSpec("P")
T = TypeVar("T")

TOO_LATE = "Slack waited too long for the form. Please try that again."


@dataclass
class Incoming:
    """One delivery of Slack's, with what is needed to answer it."""

    desk: Desk
    ack: AsyncAck
    client: AsyncWebClient
    body: Mapping[str, Any]
    answered: bool = False

    priority = CLICK
    """How urgent what it writes is."""

    @property
    def person(self) -> str:
        """Who did it."""
        user = self.body.get("user")
        named = user.get("id") if isinstance(user, Mapping) else self.body.get("user_id")
        return str(named or "")

    @property
    def trigger(self) -> str:
        """Good for one modal, within three seconds."""
        return str(self.body.get("trigger_id") or "")

    @cached_property
    def delivery(self) -> str:
        """The same for every repetition of this delivery, and for no other: see `Store.write`."""
        if self.trigger:
            return f"trigger:{self.trigger}"
        return f"body:{_digest(self.body)}"

    async def run(self, verb: Callable[Concatenate[Outcome, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Carry out a verb for this delivery, once; raises Repeated where that was done before.

        Whoever pressed something on App Home sees at once what came of it.
        """

        def work(out: Outcome) -> T:
            result = verb(out, *args, **kwargs)
            if self.view.get("type") == "home":
                app_home.publish_now(out, self.person)
            return result

        return await self.desk.store.write(
            work, delivery=self.delivery, priority=self.priority, about=args[:1]
        )

    async def check(self, look: Callable[Concatenate[Case, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Ask whether a verb would be carried out, on rows that nobody else changes meanwhile."""
        return await self.desk.store.write(lambda out: look(out.case, *args, **kwargs), about=args[:1])

    async def read(self, query: Callable[Concatenate[Case, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what a query reads."""
        return await self.desk.store.read(lambda case: query(case, *args, **kwargs))

    async def answer(self, **response: Any) -> None:
        """Acknowledge, at most once; without arguments a plain yes."""
        if not self.answered:
            self.answered = True
            await self.ack(**response)

    async def open(self, view: View) -> Mapping[str, Any]:
        """Open a modal over whatever the person looks at (pushed where a modal is open already).

        Returns the view as Slack has it now, with its `id` and `hash`. Raises Repeated where this delivery
        has opened its modal before, a Refusal where Slack waits no longer.
        """
        if not self.trigger:
            raise Refusal(TOO_LATE)
        show = self.client.views_push if self.view.get("type") == "modal" else self.client.views_open
        try:
            answer = await show(trigger_id=self.trigger, view=dict(view))
        except SlackApiError as error:
            raise _of_trigger(error) from error
        return answer.get("view") or {}

    async def redraw(self, view: View) -> None:
        """Draw the modal it came from again, unless it has changed meanwhile: then that change draws it."""
        if not self.view.get("id"):
            return
        try:
            await self.client.views_update(view=dict(view), **which(self.view))
        except SlackApiError as error:
            if error.response.get("error") not in ("hash_conflict", "not_found"):
                raise

    @property
    def view(self) -> Mapping[str, Any]:
        """The view it came from; empty where it came from elsewhere."""
        view = self.body.get("view")
        return view if isinstance(view, Mapping) else {}

    @property
    def carries(self) -> dict[str, str]:
        """The references that the modal carries (`blocks.kit.modal`)."""
        return carried(str(self.view.get("private_metadata") or ""))

    @property
    def values(self) -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
        """A view's state: by block_id, then by action_id. Forms parse it."""
        state = self.view.get("state")
        values = state.get("values") if isinstance(state, Mapping) else None
        return values if isinstance(values, Mapping) else {}


@dataclass
class Command(Incoming):
    """A slash command. What it has to say after it was acknowledged goes to its `response_url`."""

    async def answer(self, **response: Any) -> None:
        if not (self.answered and response):
            await super().answer(**response)
            return
        address = str(self.body.get("response_url") or "")
        if not _is_of(self.client.base_url, address):
            raise ConnectionError("the command has no response_url of Slack's")
        sent = await AsyncWebhookClient(address, session=self.client.session).send(**response)
        if sent.status_code != HTTPStatus.OK:
            raise ConnectionError(f"response_url: HTTP {sent.status_code}")

    @property
    def text(self) -> str:
        """What was typed behind the command."""
        return str(self.body.get("text") or "").strip()


@dataclass
class Shortcut(Incoming):
    """A global shortcut."""


@dataclass
class Click(Incoming):
    """A button or a menu, in a message, a modal or on App Home."""

    @property
    def action(self) -> Mapping[str, Any]:
        """The element that was used, as Slack describes it."""
        actions = self.body.get("actions")
        return actions[0] if isinstance(actions, list) and actions and isinstance(actions[0], Mapping) else {}

    @property
    def action_id(self) -> str:
        """The id of that element."""
        return str(self.action.get("action_id") or "")

    @property
    def value(self) -> str:
        """The button's value, or the chosen option's."""
        chosen = self.action.get("selected_option")
        if isinstance(chosen, Mapping):
            return str(chosen.get("value", ""))
        return str(self.action.get("value") or "")

    @property
    def place(self) -> tuple[str, str]:
        """Channel and ts of the message it is in; empty outside messages."""
        where, channel, message = (_part(self.body, name) for name in ("container", "channel", "message"))
        return (
            str(where.get("channel_id") or channel.get("id") or ""),
            str(where.get("message_ts") or message.get("ts") or ""),
        )


@dataclass
class Submission(Incoming):
    """A modal that was sent."""

    @cached_property
    def delivery(self) -> str:
        if self.view.get("id") and self.view.get("hash"):
            # A form that was sent before and drawn anew must not count as sent again; and whoever writes
            # something else into it, since they did not hear that it was taken, must not hear that this was.
            return f"view:{self.view['id']}:{self.view['hash']}#{_digest(self.values)[:32]}"
        return super().delivery


@dataclass
class Closing(Incoming):
    """A modal that was cancelled."""


@dataclass
class Suggestion(Incoming):
    """A menu that asks for its choices."""

    @property
    def block(self) -> str:
        """The id of the block that the menu stands in."""
        return str(self.body.get("block_id") or "")

    @property
    def typed(self) -> str:
        """What was typed so far."""
        return str(self.body.get("value") or "")


@dataclass
class Event(Incoming):
    """Something that happened in the workspace."""

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
    def delivery(self) -> str:
        return f"event:{self.body['event_id']}" if self.body.get("event_id") else super().delivery


def which(view: Mapping[str, Any]) -> dict[str, str]:
    """Which view views.update is to draw; by its hash, where it has one, nothing newer is drawn over."""
    told = {"view_id": view.get("id"), "hash": view.get("hash")}
    return {name: str(value) for name, value in told.items() if value}


def _is_of(api_url: str, address: str) -> bool:
    """Whether an address is of the Slack that we call: of its host, or of one below (hooks.slack.com)."""
    slack, host = urlsplit(api_url).hostname, urlsplit(address).hostname
    return bool(slack and host) and (host == slack or str(host).endswith(f".{slack}"))


def _digest(of: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(of, sort_keys=True, default=str).encode()).hexdigest()


def _part(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = body.get(name)
    return part if isinstance(part, Mapping) else {}


def _of_trigger(error: SlackApiError) -> Exception:
    """What a trigger's error means (Slack's reference of views.open); others stay what they are."""
    match error.response.get("error"):
        case "exchanged_trigger_id":
            return Repeated("it has opened its modal before")
        case "expired_trigger_id" | "invalid_trigger_id":
            return Refusal(TOO_LATE)
    return error
