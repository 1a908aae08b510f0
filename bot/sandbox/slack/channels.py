"""Channels, direct messages, and how the Web API shows them."""

from dataclasses import dataclass, field

from bot.sandbox.slack.errors import Json
from bot.sandbox.slack.messages import Message

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
