"""A person's Slack client by ids and surfaces: sends payloads and applies the acknowledgements.

`Person` finds elements and surfaces by what is visible.
Payloads: https://docs.slack.dev/reference/interaction-payloads
"""

from typing import Any

from bot.sandbox.slack.blocks.visible import BlockElement
from bot.sandbox.slack.client.results import CommandResult, Outcome, SubmitResult
from bot.sandbox.slack.client.services import ClientServices
from bot.sandbox.slack.client.submission import apply_acknowledgement, input_errors, read_suggestions
from bot.sandbox.slack.client.surfaces import MessageSurface, Surface
from bot.sandbox.slack.core.errors import Json, SlackError
from bot.sandbox.slack.delivery.delivery import NOT_CONFIGURED, Ack, Delivery
from bot.sandbox.slack.delivery.response_urls import ResponseUrl
from bot.sandbox.slack.state.apps import App
from bot.sandbox.slack.state.conversations import Channel, Message
from bot.sandbox.slack.state.views import View


class Client:
    """The client of one person, as far as one app is concerned."""

    def __init__(self, slack: ClientServices, user_id: str, app: App) -> None:
        self.slack, self.user_id, self.app = slack, user_id, app
        self.user = slack.workspace.user(user_id)

    def surface(self, message: Message) -> MessageSurface:
        """A message as this person sees it."""
        channel = self.slack.workspace.channels[message.channel]
        return MessageSurface(message, channel, self.slack.inbox.form(self.user_id, message))

    async def command(self, command: str, text: str, channel: Channel) -> CommandResult:
        """Send a slash command and show the answer, if there is one, to this person."""
        before = len(self.slack.inbox.ephemeral(self.user_id))
        response_url = self.slack.response_urls.issue(self.app, self.user_id, channel.id)
        payload = self._command_payload(command, text, channel, response_url)
        answer = await self._send(Delivery("slash_command", "slash_commands", payload, True))
        trouble = answer.command_trouble(command) or self._show_answer(command, answer, channel)
        messages = self.slack.inbox.ephemeral(self.user_id)[before:]
        return CommandResult(trouble, text="\n".join(message.text for message in messages) or None)

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
        """The command's text, with mentions as ids where the manifest says `should_escape`."""
        should_escape = self.app.commands.get(command, {}).get("should_escape")
        return self.slack.workspace.with_mentions(text) if should_escape else text

    def _show_answer(self, command: str, answer: Ack, channel: Channel) -> str | None:
        body = {"text": answer.body} if isinstance(answer.body, str) else answer.body
        if not body:
            return None
        try:
            self.slack.response_urls.apply(ResponseUrl(self.app, self.user_id, channel.id, 0), dict(body))
        except (SlackError, ValueError, TypeError):
            return f'{command} failed with the error "invalid_command_response"'
        return None

    async def shortcut(self, callback_id: str) -> Outcome:
        """Send a global shortcut."""
        payload = self.payload(
            "shortcut", callback_id=callback_id, action_ts=self.slack.workspace.timestamps.next()
        )
        return self._outcome(await self._interactive("shortcut", payload))

    async def message_action(self, callback_id: str, message: Message) -> Outcome:
        """Send a shortcut on a message."""
        channel = self.slack.workspace.channels[message.channel]
        payload = self.payload(
            "message_action",
            callback_id=callback_id,
            message_ts=message.ts,
            message=message.as_json(metadata=True),
            channel={"id": channel.id, "name": channel.name or "directmessage"},
            response_url=self.slack.response_urls.issue(self.app, self.user_id, channel.id, message),
            action_ts=self.slack.workspace.timestamps.next(),
        )
        return self._outcome(await self._interactive("message_action", payload))

    async def act(self, surface: Surface, target: BlockElement, **choice: Any) -> Outcome:
        """Send block_actions for one element; `choice` is what no form holds, as an overflow menu's entry."""
        payload = self.payload("block_actions", **surface.as_json())
        payload["actions"] = [self._action(surface, target) | choice]
        if isinstance(surface, MessageSurface):
            payload["response_url"] = self.slack.response_urls.issue(
                self.app, self.user_id, surface.channel.id, surface.message
            )
        return self._outcome(await self._interactive("block_actions", payload))

    def _action(self, surface: Surface, target: BlockElement) -> Json:
        element, (block_id, action_id) = target.element, target.key
        properties: Json = {
            key: element[key] for key in ("text", "value", "style", "placeholder", "url") if key in element
        }
        if element["type"] != "button":
            properties.pop("value", None)
        ids = {"type": element["type"], "block_id": block_id, "action_id": action_id}
        return {
            **ids,
            **properties,
            **surface.form.state(target.key),
            "action_ts": self.slack.workspace.timestamps.next(),
        }

    async def suggest(self, surface: Surface, target: BlockElement, query: str) -> list[Json]:
        """The options that the app suggests for an external menu, those of groups in one list.

        Raises:
            OptionsNotLoaded: the app gave none that are valid.
        """
        block_id, action_id = target.key
        payload = self.payload("block_suggestion", block_id=block_id, action_id=action_id, value=query)
        payload |= surface.as_json()
        payload.pop("trigger_id")
        return read_suggestions(await self._interactive("block_suggestion", payload))

    async def submit(self, view: View) -> SubmitResult:
        """Send the form, unless the client itself finds an error in it."""
        errors = input_errors(view)
        if errors:
            answer = Ack({"response_action": "errors", "errors": errors})
            return apply_acknowledgement(self.slack, view, answer)
        payload = self.payload(
            "view_submission", view=view.as_json(), response_urls=self._response_urls(view)
        )
        answer = await self._interactive("view_submission", payload)
        self.slack.changes.notify()
        return apply_acknowledgement(self.slack, view, answer)

    def _response_urls(self, view: View) -> list[Json]:
        """A response_url for each channel menu with `response_url_enabled`."""
        urls: list[Json] = []
        for block in view.blocks:
            element = block.get("element", {})
            if element.get("response_url_enabled"):
                channel_id = view.form.get((block["block_id"], element["action_id"]))
                url = self.slack.response_urls.issue(self.app, self.user_id, channel_id)
                ids = {"block_id": block["block_id"], "action_id": element["action_id"]}
                urls.append({**ids, "channel_id": channel_id, "response_url": url})
        return urls

    async def close(self, view: View, *, whole_stack: bool = False) -> Outcome:
        """Close this view, or the whole stack: by the cross, or for a view with `clear_on_close`.

        Apps are notified of each view with `notify_on_close`.
        """
        is_cleared = whole_stack or bool(view.definition.get("clear_on_close"))
        outcome = Outcome(sent=False)
        for closed in reversed(self.slack.views.close(view, whole_stack=is_cleared)):
            if closed.definition.get("notify_on_close"):
                payload = self.payload("view_closed", view=closed.as_json(), is_cleared=is_cleared)
                payload.pop("trigger_id")
                outcome = self._outcome(await self._interactive("view_closed", payload))
        return outcome

    def payload(self, kind: str, **fields: Any) -> Json:
        """An interaction payload of this kind: what all have in common, and these fields."""
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
            **fields,
        }

    def _trigger(self) -> str:
        return self.slack.triggers.issue(self.app.id, self.user_id)

    async def _interactive(self, name: str, payload: Json) -> Ack:
        accepts = name in ("view_submission", "block_suggestion")
        return await self._send(Delivery(name, "interactive", payload, accepts))

    async def _send(self, delivery: Delivery) -> Ack:
        if not self.app.interactive and delivery.envelope == "interactive":
            return Ack(error=NOT_CONFIGURED)
        return await self.slack.deliveries.send(self.app, delivery)

    def _outcome(self, answer: Ack) -> Outcome:
        if answer.error == NOT_CONFIGURED:
            return Outcome(NOT_CONFIGURED, sent=False)
        return Outcome(answer.action_trouble())
