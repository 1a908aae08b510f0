"""A message, with its thread, and how the Web API shows it."""

from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.slack.blocks import visible
from bot.sandbox.slack.core.errors import Json


@dataclass(eq=False)
class Message:
    """A live message: `chat.update` changes it in place, so a variable that holds it stays current."""

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
        """Each visible text of its blocks (mrkdwn as written), or the plain text where it has no blocks."""
        return visible.texts(self.blocks) if self.blocks else [self.fallback]

    @property
    def text(self) -> str:
        """All visible text in one string, one line per piece. Labels of buttons are in `buttons`."""
        return "\n".join(self.texts)

    @property
    def buttons(self) -> list[str]:
        """The labels of the buttons one can press."""
        return visible.buttons(self.blocks)

    def as_json(self, *, metadata: bool = False) -> Json:
        """The message object of `conversations.history`; metadata only with `include_all_metadata`."""
        shown: dict[str, Any] = {"type": "message", "user": self.user, "text": self.fallback, "ts": self.ts}
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
        shown |= {key: value for key, value in optional.items() if value}
        if self.broadcast:
            shown["subtype"] = "thread_broadcast"
        return shown | (self._thread() if self.replies else {})

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


# The word that scopes and `message.*` events use for each kind of conversation.
FAMILY = {"public": "channels", "private": "groups", "im": "im", "mpim": "mpim"}
CHANNEL_TYPE = {"public": "channel", "private": "group", "im": "im", "mpim": "mpim"}


@dataclass(eq=False)
class Channel:
    """A conversation. `kind` is public, private, im or mpim; `messages` holds the top level only."""

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
        """`channels`, `groups`, `im` or `mpim`: the first half of the scopes that reach it."""
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

    def other(self, user_id: str) -> str:
        """The other side of a direct message."""
        return next((member for member in self.members if member != user_id), user_id)

    def as_json(self, viewer: str, *, count: bool = False) -> Json:
        """The conversation object as the user or bot `viewer` sees it."""
        shown: Json = {
            "id": self.id,
            "created": self.created,
            "is_archived": self.archived,
            "is_org_shared": False,
        }
        if self.kind == "im":
            return shown | {
                "is_im": True,
                "user": self.other(viewer),
                "is_user_deleted": False,
                "priority": 0,
            }
        shown |= {
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
        return shown | ({"num_members": len(self.members)} if count else {})
