"""`response_url`: an app's late answer to a command or an interaction.

https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.sandbox.slack.blocks import content
from bot.sandbox.slack.core.errors import Json, SlackError
from bot.sandbox.slack.core.ids import secret
from bot.sandbox.slack.state.apps import App
from bot.sandbox.slack.state.conversations import Message

if TYPE_CHECKING:
    from bot.sandbox.slack.local_slack import LocalSlack

USES, LIFETIME = 5, 30 * 60


@dataclass
class ResponseUrl:
    """Where an app may answer an interaction: five times within thirty minutes."""

    app: App
    user_id: str
    channel_id: str
    expires: int
    message_ts: str | None = None
    ephemeral: bool = False
    thread_ts: str | None = None
    uses: int = 0


class Responses:
    """Issues the addresses, and carries out what is sent to them."""

    def __init__(self, slack: "LocalSlack") -> None:
        self._slack = slack
        self._issued: dict[str, ResponseUrl] = {}

    def issue(self, app: App, user_id: str, channel_id: str, message: Message | None = None) -> str:
        expires = self._slack.workspace.stamps.seconds() + LIFETIME
        key, ts = secret(), message.ts if message else None
        thread = message.thread_ts if message else None
        ephemeral = message is not None and message.ephemeral_for is not None
        self._issued[key] = ResponseUrl(app, user_id, channel_id, expires, ts, ephemeral, thread)
        return f"{self._slack.base_url}respond/{key}"

    def answer(self, key: str, body: Json) -> None:
        """One use of an address; `used_url`, `expired_url`, or what is wrong with the content."""
        target = self._issued.get(key)
        if target is None or target.uses >= USES:
            raise SlackError("used_url")
        if self._slack.workspace.stamps.seconds() > target.expires:
            raise SlackError("expired_url")
        self.put(target, body)
        target.uses += 1

    def put(self, target: ResponseUrl, body: Json) -> None:
        """Posts, replaces or deletes, as the body says; ephemeral unless it says `in_channel`."""
        original = self._original(target)
        if body.get("delete_original"):
            self._delete(target, original)
        elif body.get("replace_original") and original is not None:
            self._replace(target, original, body)
        else:
            self._post(target, body)

    def _original(self, target: ResponseUrl) -> Message | None:
        if target.ephemeral:
            return next(
                (
                    each
                    for each in self._slack.inbox.ephemeral(target.user_id)
                    if each.ts == target.message_ts
                ),
                None,
            )
        return self._slack.workspace.channels[target.channel_id].find(target.message_ts or "")

    def _delete(self, target: ResponseUrl, original: Message | None) -> None:
        if original is None:
            return
        if target.ephemeral:
            self._slack.inbox.dismiss(original)
        else:
            self._slack.workspace.delete(self._slack.workspace.channels[target.channel_id], original)

    def _replace(self, target: ResponseUrl, original: Message, body: Json) -> None:
        checked, before = content.read(body), original.as_json()
        original.fallback, original.blocks = checked.text, checked.blocks
        if target.ephemeral:
            self._slack.changes.notify()
        else:
            self._slack.workspace.edited(self._slack.workspace.channels[target.channel_id], original, before)

    def _post(self, target: ResponseUrl, body: Json) -> None:
        checked, app = content.read(body), target.app
        message = Message(
            target.channel_id,
            self._slack.workspace.stamps.next(),
            app.bot_user_id,
            checked.text,
            checked.blocks,
            thread_ts=body.get("thread_ts"),
            bot_id=app.bot_id,
            app_id=app.id,
        )
        if body.get("response_type") == "in_channel":
            self._slack.workspace.post(self._slack.workspace.channels[target.channel_id], message)
        else:
            self._slack.inbox.show(target.user_id, message)
