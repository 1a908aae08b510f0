"""A message, with its thread, and how the Web API shows it."""

from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.slack import visible
from bot.sandbox.slack.errors import Json


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
