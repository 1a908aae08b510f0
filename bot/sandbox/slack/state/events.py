"""What the workspace tells of itself: an event, and which apps may hear it."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.sandbox.slack.core.errors import Json
from bot.sandbox.slack.state.apps import App
from bot.sandbox.slack.state.conversations import CHANNEL_TYPE, Channel, Message
from bot.sandbox.slack.state.people import User


@dataclass(frozen=True)
class Event:
    """`kind` is the subscription's name (`message.im`), `body` the inner event of the delivery."""

    kind: str
    body: Json
    channel: Channel | None = None
    only: App | None = None

    def reaches(self, app: App) -> bool:
        """Whether the app subscribed and its bot is where the event happened."""
        if self.only is not None and self.only is not app:
            return False
        here = self.channel is None or app.bot_user_id in self.channel.members
        return self.kind in app.events and here


Publish = Callable[[Event], None]


def message_posted(channel: Channel, message: Message) -> Event:
    """A new message; also those of the bot itself, which Slack sends too."""
    body = message.as_json(metadata=True) | {
        "channel": channel.id,
        "event_ts": message.ts,
        "channel_type": CHANNEL_TYPE[channel.kind],
    }
    return Event(f"message.{channel.family}", body, channel)


def message_changed(channel: Channel, message: Message, before: Json, ts: str) -> Event:
    """An edit; `before` is the message as it was."""
    body = _message_event(channel, "message_changed", ts)
    return Event(
        f"message.{channel.family}",
        body | {"message": message.as_json(), "previous_message": before},
        channel,
    )


def message_deleted(channel: Channel, before: Json, ts: str) -> Event:
    """A message that is gone; `before` is how it was."""
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
