"""Channels and their messages, and the JSON objects that the Web API gives of them."""

from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.slack.blocks import visible
from bot.sandbox.slack.core.errors import Json

# The word that scopes and `message.*` events use for each kind of conversation.
FAMILY = {"public": "channels", "private": "groups", "im": "im", "mpim": "mpim"}
CHANNEL_TYPE = {"public": "channel", "private": "group", "im": "im", "mpim": "mpim"}


@dataclass(eq=False)
class Message:
    """A message with its thread. `chat.update` changes it in place: the object stays current."""

    channel: str
    ts: str
    user: str
    fallback: str
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    team: str = ""
    thread_ts: str | None = None
    parent_user_id: str | None = None
    bot_id: str | None = None
    app_id: str | None = None
    metadata: Json | None = None
    mrkdwn: bool = True
    edited: Json | None = None
    deleted: bool = False
    broadcast: bool = False
    ephemeral_for: str | None = None
    username: str | None = None
    files: list[Json] = field(default_factory=list)
    reactions: list[Json] = field(default_factory=list)
    replies: list["Message"] = field(default_factory=list)

    @property
    def texts(self) -> list[str]:
        """Every visible text of its blocks (mrkdwn as written); the plain text where it has no blocks."""
        return visible.texts(self.blocks) if self.blocks else [self.fallback]

    @property
    def text(self) -> str:
        """`texts` joined by line breaks; labels of buttons are in `buttons`."""
        return "\n".join(self.texts)

    @property
    def buttons(self) -> list[str]:
        """The labels of its buttons."""
        return visible.buttons(self.blocks)

    def as_json(self, *, metadata: bool = False) -> Json:
        """The message object of `conversations.history`; metadata only with `include_all_metadata`."""
        data: dict[str, Any] = {"type": "message", "user": self.user, "text": self.fallback, "ts": self.ts}
        optional = {
            "team": self.team,
            "bot_id": self.bot_id,
            "app_id": self.app_id,
            "username": self.username,
            "blocks": self.blocks,
            "attachments": self.attachments,
            "files": self.files,
            "edited": self.edited,
            "reactions": self.reactions,
            "thread_ts": self.thread_ts,
            "parent_user_id": self.parent_user_id,
            "metadata": self.metadata if metadata else None,
        }
        data |= {key: value for key, value in optional.items() if value}
        if self.broadcast:
            data["subtype"] = "thread_broadcast"
        return data | (self._thread() if self.replies else {})

    def _thread(self) -> Json:
        authors = list(dict.fromkeys(reply.user for reply in self.replies))
        return {
            "thread_ts": self.ts,
            "reply_count": len(self.replies),
            "reply_users_count": len(authors),
            "latest_reply": self.replies[-1].ts,
            "reply_users": authors[:5],
            "is_locked": False,
            "subscribed": True,
        }


@dataclass(eq=False)
class Channel:
    """A conversation. `kind` is "public", "private", "im" or "mpim"; `messages` is the top level only."""

    id: str
    name: str
    kind: str = "public"
    members: list[str] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    topic: str = ""
    creator: str = ""
    created: int = 0
    archived: bool = False
    general: bool = False

    @property
    def family(self) -> str:
        """The prefix of its scopes: `channels`, `groups`, `im` or `mpim`."""
        return FAMILY[self.kind]

    def find(self, ts: str) -> Message | None:
        """The message with this ts, at the top level or in a thread."""
        for message in self.messages:
            if message.ts == ts:
                return message
            for reply in message.replies:
                if reply.ts == ts:
                    return reply
        return None

    def other_member(self, user_id: str) -> str:
        """The other member of a direct message."""
        return next((member for member in self.members if member != user_id), user_id)

    def as_json(self, viewer: str, *, count: bool = False) -> Json:
        """The conversation object of `conversations.info`, as the user or bot `viewer` gets it."""
        data: Json = {
            "id": self.id,
            "created": self.created,
            "is_archived": self.archived,
            "is_org_shared": False,
        }
        if self.kind == "im":
            return data | {
                "is_im": True,
                "user": self.other_member(viewer),
                "is_user_deleted": False,
                "priority": 0,
            }
        data |= {
            "name": self.name,
            "name_normalized": self.name,
            "is_channel": self.kind == "public",
            "is_group": self.kind == "private",
            "is_im": False,
            "is_mpim": self.kind == "mpim",
            "is_private": self.kind != "public",
            "is_general": self.general,
            "is_shared": False,
            "is_member": viewer in self.members,
            "creator": self.creator,
            "topic": {"value": self.topic, "creator": "", "last_set": 0},
            "purpose": {"value": "", "creator": "", "last_set": 0},
        }
        return data | ({"num_members": len(self.members)} if count else {})
