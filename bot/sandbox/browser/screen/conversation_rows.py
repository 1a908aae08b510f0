"""The messages of a conversation or a thread as rows of the screen."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from markupsafe import Markup

from bot.sandbox.browser.draw import dates
from bot.sandbox.browser.draw.canvas import Canvas
from bot.sandbox.browser.draw.mrkdwn import mrkdwn, plain
from bot.sandbox.browser.draw.reader import Reader
from bot.sandbox.slack import LocalSlack
from bot.sandbox.slack.state.conversations import Channel, Message
from bot.sandbox.slack.state.people import User
from bot.sandbox.slack.state.views import View

MAX_ROWS = 100  # earlier messages are counted, not drawn
SAME_HEADING = 300  # seconds within which messages of one author share a heading


class RowSource(Protocol):
    """What the rows are made from; `Screen` has it."""

    slack: LocalSlack
    user: User
    reader: Reader

    @property
    def names(self) -> Mapping[str, str]: ...
    def picture(self, user_id: str) -> Markup: ...
    def canvas(self, surface: Message | View) -> Canvas: ...


@dataclass(frozen=True)
class MessageRow:
    """A message as a row. `day` is set for the first of a day, `headed` where the author's name is shown."""

    message: Message
    canvas: Canvas
    author: str
    picture: Markup
    is_app: bool
    at: datetime
    day: str | None
    headed: bool
    text: Markup
    attachments: list[Markup]
    replies: str

    @property
    def time(self) -> str:
        return dates.clock(self.at)

    @property
    def ref(self) -> str:
        return self.canvas.ref

    @property
    def ephemeral(self) -> bool:
        return self.message.ephemeral_for is not None


def message_rows(source: RowSource, channel: Channel) -> list[MessageRow]:
    """The top level of a conversation with this person's ephemeral messages, oldest first."""
    own = [
        message for message in source.slack.inbox.ephemeral(source.user.id) if message.channel == channel.id
    ]
    return _rows(source, [*channel.messages, *(message for message in own if not message.thread_ts)])


def thread_rows(source: RowSource, channel: Channel, ts: str) -> list[MessageRow]:
    """A message and its replies; empty if it was deleted."""
    first = channel.find(ts)
    if first is None:
        return []
    own = [message for message in source.slack.inbox.ephemeral(source.user.id) if message.thread_ts == ts]
    return _rows(source, [first, *first.replies, *own])


def _rows(source: RowSource, messages: list[Message]) -> list[MessageRow]:
    visible = sorted(
        (message for message in messages if not message.deleted), key=lambda message: float(message.ts)
    )
    rows: list[MessageRow] = []
    for message in visible[-MAX_ROWS:]:
        rows.append(_row(source, message, rows[-1] if rows else None))
    return rows


def _row(source: RowSource, message: Message, before: MessageRow | None) -> MessageRow:
    reader, at = source.reader, source.reader.moment(float(message.ts))
    author = message.username or source.names.get(message.user, message.user)
    new_day = before is None or before.at.date() != at.date()
    follows = before is not None and not new_day and _continues(before, message, at)
    return MessageRow(
        message,
        source.canvas(message),
        author,
        source.picture(message.user),
        message.bot_id is not None,
        at,
        dates.day(at, reader.now) if new_day else None,
        not follows,
        Markup() if message.blocks else _text(source, message),
        [_attachment(source, attachment) for attachment in message.attachments],
        _replies(source, message),
    )


def _continues(before: MessageRow, message: Message, at: datetime) -> bool:
    same = before.message.user == message.user and before.ephemeral == (message.ephemeral_for is not None)
    return same and (at - before.at).total_seconds() < SAME_HEADING


def _text(source: RowSource, message: Message) -> Markup:
    return mrkdwn(message.fallback, source.reader) if message.mrkdwn else plain(message.fallback)


def _attachment(source: RowSource, attachment: dict[str, Any]) -> Markup:
    """The text of an old-style attachment; the rest of it is not drawn."""
    return mrkdwn(str(attachment.get("text") or attachment.get("fallback") or "…"), source.reader)


def _replies(source: RowSource, message: Message) -> str:
    if not message.replies:
        return ""
    count, last = len(message.replies), source.reader.moment(float(message.replies[-1].ts))
    return f"{count} {'reply' if count == 1 else 'replies'}, last {dates.ago(last, source.reader.now)}"
