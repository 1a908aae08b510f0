"""`response_url`: an app's later response to a command or an interaction.

https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
"""

from collections.abc import Callable
from dataclasses import dataclass

from bot.sandbox.slack.blocks.content import check_message
from bot.sandbox.slack.core.changes import Changes
from bot.sandbox.slack.core.errors import Json, SlackError
from bot.sandbox.slack.core.ids import secret
from bot.sandbox.slack.state.apps import App
from bot.sandbox.slack.state.conversations import Message
from bot.sandbox.slack.state.inbox import Inbox
from bot.sandbox.slack.state.workspace import Workspace

MAX_USES, LIFETIME = 5, 30 * 60  # seconds


@dataclass
class ResponseUrl:
    """The right to respond to an interaction, five times within thirty minutes; `expires` in Unix seconds."""

    app: App
    user_id: str
    channel_id: str
    expires: int
    message_ts: str | None = None
    ephemeral: bool = False
    thread_ts: str | None = None
    uses: int = 0


class ResponseUrls:
    """Issues response URLs and carries out what apps POST to them."""

    def __init__(
        self, workspace: Workspace, inbox: Inbox, changes: Changes, base_url: Callable[[], str]
    ) -> None:
        self._workspace, self._inbox, self._changes, self._base_url = workspace, inbox, changes, base_url
        self._issued: dict[str, ResponseUrl] = {}

    def issue(self, app: App, user_id: str, channel_id: str, message: Message | None = None) -> str:
        """A new address; with a `message` it can replace or delete that message."""
        expires = self._workspace.timestamps.seconds() + LIFETIME
        key, ts = secret(), message.ts if message else None
        thread = message.thread_ts if message else None
        ephemeral = message is not None and message.ephemeral_for is not None
        self._issued[key] = ResponseUrl(app, user_id, channel_id, expires, ts, ephemeral, thread)
        return f"{self._base_url()}respond/{key}"

    def respond(self, key: str, body: Json) -> None:
        """Use an address once.

        Raises:
            SlackError: `used_url`, `expired_url`, or an error of the content.
        """
        target = self._issued.get(key)
        if target is None or target.uses >= MAX_USES:
            raise SlackError("used_url")
        if self._workspace.timestamps.seconds() > target.expires:
            raise SlackError("expired_url")
        self.apply(target, body)
        target.uses += 1

    def apply(self, target: ResponseUrl, body: Json) -> None:
        """Post, replace or delete a message, as the body says; ephemeral unless it says `in_channel`."""
        original = self._original(target)
        if body.get("delete_original"):
            self._delete(target, original)
        elif body.get("replace_original") and original is not None:
            self._replace(target, original, body)
        else:
            self._post(target, body)

    def _original(self, target: ResponseUrl) -> Message | None:
        if target.ephemeral:
            messages = self._inbox.ephemeral(target.user_id)
            return next((message for message in messages if message.ts == target.message_ts), None)
        return self._workspace.channels[target.channel_id].find(target.message_ts or "")

    def _delete(self, target: ResponseUrl, original: Message | None) -> None:
        if original is None:
            return
        if target.ephemeral:
            self._inbox.dismiss(original)
        else:
            self._workspace.delete(self._workspace.channels[target.channel_id], original)

    def _replace(self, target: ResponseUrl, original: Message, body: Json) -> None:
        content, before = check_message(body), original.as_json()
        original.fallback, original.blocks = content.text, content.blocks
        if target.ephemeral:
            self._changes.notify()
        else:
            self._workspace.mark_edited(self._workspace.channels[target.channel_id], original, before)

    def _post(self, target: ResponseUrl, body: Json) -> None:
        content, app = check_message(body), target.app
        message = Message(
            target.channel_id,
            self._workspace.timestamps.next(),
            app.bot_user_id,
            content.text,
            content.blocks,
            thread_ts=body.get("thread_ts"),
            bot_id=app.bot_id,
            app_id=app.id,
        )
        if body.get("response_type") == "in_channel":
            self._workspace.post(self._workspace.channels[target.channel_id], message)
        else:
            self._inbox.show(target.user_id, message)
