"""Channels and direct messages: their members, and posting, editing and deleting messages."""

import re
from collections.abc import Iterable

from bot.sandbox.slack.core.errors import Json, SlackError
from bot.sandbox.slack.state import events
from bot.sandbox.slack.state.apps import App
from bot.sandbox.slack.state.conversations import Channel, Message
from bot.sandbox.slack.state.directory import Directory
from bot.sandbox.slack.state.people import User

DM_MEMBERS = 2  # one person and the bot; with more it is a group conversation


class Messaging(Directory):
    """The part of the workspace that keeps conversations. Each change sends Slack's events."""

    def add_channel(
        self,
        name: str,
        *,
        members: Iterable[str | User] = (),
        private: bool = False,
        id: str | None = None,  # noqa: A002  what Slack calls it
        creator: str = "",
    ) -> Channel:
        """Add a public or private channel with these members."""
        people = [member.id if isinstance(member, User) else member for member in members]
        channel = Channel(
            id=id or self.ids.new("C"),
            name=name,
            kind="private" if private else "public",
            members=people,
            creator=creator,
            created=self.timestamps.seconds(),
            general=name == "general",
        )
        self.channels[channel.id] = channel
        return channel

    def group_dm(self, members: Iterable[str]) -> Channel:
        """The direct message between exactly these accounts, two or more; created on first use."""
        people = list(dict.fromkeys(members))
        for channel in self.channels.values():
            if channel.kind in ("im", "mpim") and set(channel.members) == set(people):
                return channel
        kind = "im" if len(people) <= DM_MEMBERS else "mpim"
        name = (
            "" if kind == "im" else "mpdm-" + "--".join(self.user(user_id).name for user_id in people) + "-1"
        )
        channel = Channel(
            self.ids.new("D" if kind == "im" else "G"), name, kind, people, created=self.timestamps.seconds()
        )
        self.channels[channel.id] = channel
        return channel

    def im(self, user_id: str, app: App) -> Channel:
        """The direct message between a person and the app's bot."""
        return self.group_dm([self.user(user_id).id, app.bot_user_id])

    def channel(self, reference: str) -> Channel:
        """A channel by id, `#name` or name.

        Raises:
            SlackError: `channel_not_found`.
        """
        name = reference.removeprefix("#")
        for channel in self.channels.values():
            if channel.id == reference or (channel.name and channel.name == name):
                return channel
        raise SlackError("channel_not_found")

    def messages(self, channel_id: str) -> list[Message]:
        """The top level of a channel, oldest first."""
        return list(self.channel(channel_id).messages)

    def join(self, channel: Channel, user_id: str) -> None:
        channel.members.append(user_id)
        self.publish(events.member_event("member_joined_channel", channel, user_id, self.timestamps.next()))

    def leave(self, channel: Channel, user_id: str) -> None:
        channel.members.remove(user_id)
        self.publish(events.member_event("member_left_channel", channel, user_id, self.timestamps.next()))

    def post(self, channel: Channel, message: Message) -> Message:
        """Add a message to its channel or thread. A reply to a reply goes to the same thread."""
        message.team = self.id
        parent = channel.find(message.thread_ts) if message.thread_ts else None
        if parent is None:
            channel.messages.append(message)
        else:
            self._reply(channel, parent, message)
        self.publish(events.message_posted(channel, message))
        return message

    def _reply(self, channel: Channel, parent: Message, message: Message) -> None:
        if parent.thread_ts and parent.parent_user_id:
            parent = channel.find(parent.thread_ts) or parent
        message.thread_ts, message.parent_user_id = parent.ts, parent.user
        parent.replies.append(message)
        if message.broadcast:
            channel.messages.append(message)

    def say(self, channel: Channel, user_id: str, text: str, thread_ts: str | None = None) -> Message:
        """Post a person's message; apps get its text with entities and mentions, as Slack sends it."""
        rich = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
        blocks: list[Json] = [{"type": "rich_text", "block_id": "say", "elements": [rich]}]
        fallback = self.with_mentions(escape(text))
        message = Message(channel.id, self.timestamps.next(), user_id, fallback, blocks, thread_ts=thread_ts)
        return self.post(channel, message)

    def mark_edited(self, channel: Channel, message: Message, before: Json) -> None:
        """Date the edit of a message that was changed in place; `before` is its JSON before that."""
        ts = self.timestamps.next()
        message.edited = {"user": message.user, "ts": ts}
        self.publish(events.message_changed(channel, message, before, ts))

    def delete(self, channel: Channel, message: Message) -> None:
        """Delete a message from its channel and thread."""
        message.deleted = True
        before = message.as_json()
        for messages in (channel.messages, *(message.replies for message in channel.messages)):
            if message in messages:
                messages.remove(message)
        self.publish(events.message_deleted(channel, before, self.timestamps.next()))

    def with_mentions(self, text: str) -> str:
        """The text with each `@handle` of a person or user group as `<@U…>` or `<!subteam^S…>`."""
        people = {user.name: f"<@{user.id}>" for user in self.users.values()}
        groups = {group.handle: f"<!subteam^{group.id}>" for group in self.usergroups.values()}
        mentions = groups | people
        return re.sub(r"@([\w.-]+)", lambda match: mentions.get(match[1], match[0]), text)


def escape(text: str) -> str:
    """The text with `&`, `<` and `>` as entities.

    https://docs.slack.dev/messaging/formatting-message-text#escaping
    """
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
