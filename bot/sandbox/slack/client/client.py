"""A person's Slack client: sends interactions with Slack's payloads, and carries out the acknowledgements.

Works with ids and surfaces; `Person` finds these by what is visible.
"""

from typing import TYPE_CHECKING, Any

from bot.sandbox.slack.blocks.visible import Placed
from bot.sandbox.slack.client import submission
from bot.sandbox.slack.client.results import CommandResult, Outcome, SubmitResult
from bot.sandbox.slack.client.submission import apply as apply_submission
from bot.sandbox.slack.client.surfaces import MessageSurface, Surface, ViewSurface
from bot.sandbox.slack.core.errors import Json, SlackError
from bot.sandbox.slack.delivery import delivery as acks
from bot.sandbox.slack.delivery.deliveries import Delivery
from bot.sandbox.slack.delivery.delivery import Ack
from bot.sandbox.slack.delivery.response_urls import ResponseUrl
from bot.sandbox.slack.state.apps import App
from bot.sandbox.slack.state.conversations import Channel, Message
from bot.sandbox.slack.state.messaging import with_mentions
from bot.sandbox.slack.state.views import View

if TYPE_CHECKING:
    from bot.sandbox.slack.local_slack import LocalSlack


class Client:
    """One person with one app."""

    def __init__(self, slack: "LocalSlack", user_id: str, app: App) -> None:
        self.slack, self.user_id, self.app = slack, user_id, app
        self.user = slack.workspace.user(user_id)

    def surface(self, message: Message) -> MessageSurface:
        """A message as this person has it before them."""
        channel = self.slack.workspace.channels[message.channel]
        return MessageSurface(message, channel, self.slack.inbox.form(self.user_id, message))

    async def command(self, command: str, text: str, channel: Channel) -> CommandResult:
        """A slash command; the acknowledgement's text, if any, is shown to this person."""
        before = len(self.slack.inbox.ephemeral(self.user_id))
        response_url = self.slack.responses.issue(self.app, self.user_id, channel.id)
        payload = self._command_payload(command, text, channel, response_url)
        answer = await self._send(Delivery("slash_command", "slash_commands", payload, True))
        trouble = answer.command_trouble(command) or self._show_answer(command, answer, channel)
        shown = self.slack.inbox.ephemeral(self.user_id)[before:]
        return CommandResult(trouble, text="\n".join(each.text for each in shown) or None)

    def _command_payload(self, command: str, text: str, channel: Channel, response_url: str) -> Json:
        workspace = self.slack.workspace
        return {
            "token": self.app.verification_token,
            "team_id": workspace.id,
            "team_domain": workspace.domain,
            "channel_id": channel.id,
            "channel_name": {"im": "directmessage", "private": "privategroup"}.get(
                channel.kind, channel.name
            ),
            "user_id": self.user_id,
            "user_name": self.user.name,
            "command": command,
            "text": self._command_text(command, text),
            "api_app_id": self.app.id,
            "is_enterprise_install": "false",
            "response_url": response_url,
            "trigger_id": self._trigger(),
        }

    def _command_text(self, command: str, text: str) -> str:
        """Mentions are resolved only for commands whose manifest says `should_escape`."""
        escaped = self.app.commands.get(command, {}).get("should_escape")
        return with_mentions(self.slack.workspace, text) if escaped else text

    def _show_answer(self, command: str, answer: Ack, channel: Channel) -> str | None:
        body = {"text": answer.body} if isinstance(answer.body, str) else answer.body
        if not body:
            return None
        try:
            self.slack.responses.put(ResponseUrl(self.app, self.user_id, channel.id, 0), dict(body))
        except (SlackError, ValueError, TypeError):
            return f'{command} failed with the error "invalid_command_response"'
        return None

    async def shortcut(self, callback_id: str) -> Outcome:
        """A global shortcut."""
        payload = self._base(
            "shortcut", callback_id=callback_id, action_ts=self.slack.workspace.stamps.next()
        )
        return self._outcome(await self._interactive("shortcut", payload))

    async def message_action(self, callback_id: str, message: Message) -> Outcome:
        """A shortcut on a message."""
        channel = self.slack.workspace.channels[message.channel]
        payload = self._base(
            "message_action",
            callback_id=callback_id,
            message_ts=message.ts,
            message=message.as_json(metadata=True),
            channel={"id": channel.id, "name": channel.name or "directmessage"},
            response_url=self.slack.responses.issue(self.app, self.user_id, channel.id, message),
            action_ts=self.slack.workspace.stamps.next(),
        )
        return self._outcome(await self._interactive("message_action", payload))

    async def act(self, surface: Surface, target: Placed, **chosen: Any) -> Outcome:
        """Sends block_actions for one element; `chosen` is what no form holds, as the entry of a menu."""
        payload = self._base("block_actions", **surface.as_json())
        payload["actions"] = [self._action(surface, target) | chosen]
        if isinstance(surface, MessageSurface):
            payload["response_url"] = self.slack.responses.issue(
                self.app, self.user_id, surface.channel.id, surface.message
            )
        return self._outcome(await self._interactive("block_actions", payload))

    def _action(self, surface: Surface, target: Placed) -> Json:
        element, (block_id, action_id) = target.element, target.key
        kept: Json = {
            key: element[key] for key in ("text", "value", "style", "placeholder", "url") if key in element
        }
        if element["type"] != "button":
            kept.pop("value", None)
        basis = {"type": element["type"], "block_id": block_id, "action_id": action_id}
        return {
            **basis,
            **kept,
            **surface.form.state(target.key),
            "action_ts": self.slack.workspace.stamps.next(),
        }

    async def suggest(self, surface: Surface, target: Placed, typed: str) -> list[Json]:
        """The options (or groups laid flat) that the app offers in an external menu; raises `Trouble`."""
        block_id, action_id = target.key
        payload = self._base("block_suggestion", block_id=block_id, action_id=action_id, value=typed)
        payload |= surface.as_json()
        payload.pop("trigger_id")
        return submission.read(await self._interactive("block_suggestion", payload))

    async def submit(self, view: View) -> SubmitResult:
        """Sends the form, unless the client itself finds something wrong."""
        found = submission.problems(view)
        if found:
            return apply_submission(self.slack, view, Ack({"response_action": "errors", "errors": found}))
        payload = self._base("view_submission", view=view.as_json(), response_urls=self._response_urls(view))
        answer = await self._interactive("view_submission", payload)
        self.slack.changes.notify()
        return apply_submission(self.slack, view, answer)

    def _response_urls(self, view: View) -> list[Json]:
        """For channel menus with `response_url_enabled`."""
        urls: list[Json] = []
        for block in view.blocks:
            element = block.get("element", {})
            if element.get("response_url_enabled"):
                channel_id = view.form.get((block["block_id"], element["action_id"]))
                url = self.slack.responses.issue(self.app, self.user_id, channel_id)
                ids = {"block_id": block["block_id"], "action_id": element["action_id"]}
                urls.append({**ids, "channel_id": channel_id, "response_url": url})
        return urls

    async def close(self, view: View, *, whole_stack: bool = False) -> Outcome:
        """Cancel (this view; the whole stack if it clears on close) or the cross (the whole stack)."""
        cleared = whole_stack or bool(view.definition.get("clear_on_close"))
        told = Outcome(sent=False)
        for gone in reversed(self.slack.views.close(view, whole_stack=cleared)):
            if gone.definition.get("notify_on_close"):
                payload = self._base("view_closed", view=gone.as_json(), is_cleared=cleared)
                payload.pop("trigger_id")
                told = self._outcome(await self._interactive("view_closed", payload))
        return told

    def _base(self, kind: str, **more: Any) -> Json:
        workspace = self.slack.workspace
        return {
            "type": kind,
            "team": {"id": workspace.id, "domain": workspace.domain},
            "user": {
                "id": self.user_id,
                "username": self.user.name,
                "name": self.user.name,
                "team_id": self.user.team_id,
            },
            "api_app_id": self.app.id,
            "token": self.app.verification_token,
            "enterprise": None,
            "is_enterprise_install": False,
            "trigger_id": self._trigger(),
            **more,
        }

    def _trigger(self) -> str:
        return self.slack.triggers.issue(self.app.id, self.user_id)

    async def _interactive(self, name: str, payload: Json) -> Ack:
        accepts = name in ("view_submission", "block_suggestion")
        return await self._send(Delivery(name, "interactive", payload, accepts))

    async def _send(self, delivery: Delivery) -> Ack:
        if not self.app.interactive and delivery.envelope == "interactive":
            return Ack(error=acks.NOT_CONFIGURED)
        return await self.slack.deliveries.send(self.app, delivery)

    def _outcome(self, answer: Ack) -> Outcome:
        if answer.error == acks.NOT_CONFIGURED:
            return Outcome(acks.NOT_CONFIGURED, sent=False)
        return Outcome(answer.action_trouble())


def home_surface(view: View) -> ViewSurface:
    """A Home tab or a modal as something to touch."""
    return ViewSurface(view)
