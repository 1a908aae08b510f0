"""Channels and direct messages: who is in them, and what is said there."""

import re
from collections.abc import Iterable

from bot.sandbox.slack.core.errors import Json, SlackError
from bot.sandbox.slack.state import events
from bot.sandbox.slack.state.apps import App
from bot.sandbox.slack.state.conversations import Channel, Message
from bot.sandbox.slack.state.directory import Directory
from bot.sandbox.slack.state.people import User

PAIR = 2  # one person and the bot; more make it a group conversation


class Rooms(Directory):
    """The part of the workspace where people and bots talk."""

    def add_channel(
        self,
        name: str,
        *,
        members: Iterable[str | User] = (),
        private: bool = False,
        id: str | None = None,  # noqa: A002  what Slack calls it
        creator: str = "",
    ) -> Channel:
        """A new public or private channel with these members."""
        people = [each.id if isinstance(each, User) else each for each in members]
        channel = Channel(
            id=id or self.ids.new("C"),
            name=name,
            kind="private" if private else "public",
            members=people,
            creator=creator,
            created=self.stamps.seconds(),
            general=name == "general",
        )
        self.channels[channel.id] = channel
        return channel

    def group_dm(self, members: Iterable[str]) -> Channel:
        """The direct message between exactly these accounts (two, or more); made when it is first opened."""
        wanted = list(dict.fromkeys(members))
        for channel in self.channels.values():
            if channel.kind in ("im", "mpim") and set(channel.members) == set(wanted):
                return channel
        kind = "im" if len(wanted) <= PAIR else "mpim"
        name = "" if kind == "im" else "mpdm-" + "--".join(self.user(each).name for each in wanted) + "-1"
        channel = Channel(
            self.ids.new("D" if kind == "im" else "G"), name, kind, wanted, created=self.stamps.seconds()
        )
        self.channels[channel.id] = channel
        return channel

    def im(self, user_id: str, app: App) -> Channel:
        """The direct message between a person and the app's bot."""
        return self.group_dm([self.user(user_id).id, app.bot_user_id])

    def channel(self, reference: str) -> Channel:
        """A channel by id, `#name` or name; `channel_not_found` otherwise."""
        name = reference.removeprefix("#")
        for channel in self.channels.values():
            if channel.id == reference or (channel.name and channel.name == name):
                return channel
        raise SlackError("channel_not_found")

    def messages(self, channel_id: str) -> list[Message]:
        """The top level of a channel, oldest first."""
        return list(self.channel(channel_id).messages)

    def dm_of(self, user_id: str, app: App) -> list[Message]:
        """The top level of a person's conversation with the bot, oldest first."""
        return list(self.im(user_id, app).messages)

    def join(self, channel: Channel, user_id: str) -> None:
        channel.members.append(user_id)
        self.publish(events.member_event("member_joined_channel", channel, user_id, self.stamps.next()))

    def leave(self, channel: Channel, user_id: str) -> None:
        channel.members.remove(user_id)
        self.publish(events.member_event("member_left_channel", channel, user_id, self.stamps.next()))

    def post(self, channel: Channel, message: Message) -> Message:
        """Puts a message in its place and tells the apps. A reply to a reply goes into the same thread."""
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
        """A person writes; apps get the text as Slack escapes it."""
        rich = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
        blocks: list[Json] = [{"type": "rich_text", "block_id": "say", "elements": [rich]}]
        sent = with_mentions(self, escape(text))
        message = Message(channel.id, self.stamps.next(), user_id, sent, blocks, thread_ts=thread_ts)
        return self.post(channel, message)

    def edited(self, channel: Channel, message: Message, before: Json) -> None:
        """Tells the apps that a message now reads otherwise; `before` is how it was."""
        ts = self.stamps.next()
        message.edited = {"user": message.user, "ts": ts}
        self.publish(events.message_changed(channel, message, before, ts))

    def delete(self, channel: Channel, message: Message) -> None:
        """Takes a message away."""
        message.deleted = True
        before = message.as_json()
        for held in (channel.messages, *(each.replies for each in channel.messages)):
            if message in held:
                held.remove(message)
        self.publish(events.message_deleted(channel, before, self.stamps.next()))


def escape(text: str) -> str:
    """`&`, `<` and `>` as entities, so that nothing typed is taken for markup."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def with_mentions(directory: "Directory", text: str) -> str:
    """`@handle` becomes `<@U…>`, for people and for groups."""
    people = {user.name: f"<@{user.id}>" for user in directory.users.values()}
    groups = {group.handle: f"<!subteam^{group.id}>" for group in directory.usergroups.values()}
    known = groups | people
    return re.sub(r"@([\w.-]+)", lambda found: known.get(found[1], found[0]), text)
