"""Events of the workspace, and which apps receive them. https://docs.slack.dev/reference/events ."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.sandbox.slack.core.errors import Json
from bot.sandbox.slack.state.apps import App
from bot.sandbox.slack.state.conversations import CHANNEL_TYPE, Channel, Message
from bot.sandbox.slack.state.people import User


@dataclass(frozen=True)
class Event:
    """`kind` is the subscription's name (`message.im`), `body` the inner event of the delivery.

    With a `recipient` only that app receives it.
    """

    kind: str
    body: Json
    channel: Channel | None = None
    recipient: App | None = None

    def reaches(self, app: App) -> bool:
        """Whether the app subscribed to the event and its bot is a member of the event's channel."""
        if self.recipient is not None and self.recipient is not app:
            return False
        is_member = self.channel is None or app.bot_user_id in self.channel.members
        return self.kind in app.events and is_member


Publish = Callable[[Event], None]


def message_posted(channel: Channel, message: Message) -> Event:
    """A new message; Slack sends an app its own bot's messages too."""
    body = message.as_json(metadata=True) | {
        "channel": channel.id,
        "event_ts": message.ts,
        "channel_type": CHANNEL_TYPE[channel.kind],
    }
    return Event(f"message.{channel.family}", body, channel)


def message_changed(channel: Channel, message: Message, before: Json, ts: str) -> Event:
    """An edited message; `before` is its JSON before the edit."""
    body = _message_event(channel, "message_changed", ts)
    return Event(
        f"message.{channel.family}",
        body | {"message": message.as_json(), "previous_message": before},
        channel,
    )


def message_deleted(channel: Channel, before: Json, ts: str) -> Event:
    """A deleted message; `before` is its JSON."""
    body = _message_event(channel, "message_deleted", ts)
    return Event(
        f"message.{channel.family}", body | {"previous_message": before, "deleted_ts": before["ts"]}, channel
    )


def _message_event(channel: Channel, subtype: str, ts: str) -> Json:
    return {
        "type": "message",
        "subtype": subtype,
        "channel": channel.id,
        "channel_type": CHANNEL_TYPE[channel.kind],
        "hidden": True,
        "ts": ts,
        "event_ts": ts,
    }


def user_event(kind: str, user: User, ts: str) -> Event:
    """`user_change` or `team_join`."""
    body = {"type": kind, "user": user.as_json(with_email=True), "cache_ts": int(float(ts)), "event_ts": ts}
    return Event(kind, body)


def member_event(kind: str, channel: Channel, user_id: str, ts: str) -> Event:
    """`member_joined_channel` or `member_left_channel`."""
    body = {
        "type": kind,
        "user": user_id,
        "channel": channel.id,
        "channel_type": "C" if channel.kind == "public" else "G",
        "event_ts": ts,
    }
    return Event(kind, body, channel)
