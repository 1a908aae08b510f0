"""The messages of a conversation or a thread as rows of the screen."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from bot.sandbox.browser.draw import dates
from bot.sandbox.browser.draw.canvas import Canvas
from bot.sandbox.browser.draw.mrkdwn import mrkdwn, plain
from bot.sandbox.slack.state.conversations import Channel, Message

if TYPE_CHECKING:
    from bot.sandbox.browser.screen.screen import Screen

MOST = 100  # messages on one screen; earlier ones are counted, not drawn
TOGETHER = 300  # seconds within which messages of one author stand under one name


@dataclass(frozen=True)
class Row:
    """One message. `day` is set where a new day begins, `headed` where the author's name stands."""

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


def rows(screen: "Screen", channel: Channel) -> list[Row]:
    """The top level with what only this person sees, oldest first."""
    own = [each for each in screen.slack.inbox.ephemeral(screen.user.id) if each.channel == channel.id]
    return _rows(screen, [*channel.messages, *(each for each in own if not each.thread_ts)])


def thread(screen: "Screen", channel: Channel, ts: str) -> list[Row]:
    """One message and its replies; nothing where it is gone."""
    first = channel.find(ts)
    if first is None:
        return []
    own = [each for each in screen.slack.inbox.ephemeral(screen.user.id) if each.thread_ts == ts]
    return _rows(screen, [first, *first.replies, *own])


def _rows(screen: "Screen", messages: list[Message]) -> list[Row]:
    shown = sorted((each for each in messages if not each.deleted), key=lambda each: float(each.ts))
    drawn: list[Row] = []
    for message in shown[-MOST:]:
        drawn.append(_row(screen, message, drawn[-1] if drawn else None))
    return drawn


def _row(screen: "Screen", message: Message, before: Row | None) -> Row:
    reader, at = screen.reader, screen.reader.moment(float(message.ts))
    author = message.username or screen.names.get(message.user, message.user)
    new_day = before is None or before.at.date() != at.date()
    follows = before is not None and not new_day and _continues(before, message, at)
    return Row(
        message,
        screen.canvas(message),
        author,
        screen.picture(message.user),
        message.bot_id is not None,
        at,
        dates.day(at, reader.now) if new_day else None,
        not follows,
        Markup() if message.blocks else _text(screen, message),
        [_attachment(screen, each) for each in message.attachments],
        _replies(screen, message),
    )


def _continues(before: Row, message: Message, at: datetime) -> bool:
    same = before.message.user == message.user and before.ephemeral == (message.ephemeral_for is not None)
    return same and (at - before.at).total_seconds() < TOGETHER


def _text(screen: "Screen", message: Message) -> Markup:
    return mrkdwn(message.fallback, screen.reader) if message.mrkdwn else plain(message.fallback)


def _attachment(screen: "Screen", attachment: dict[str, Any]) -> Markup:
    """The text of an old-style attachment; the rest of it is not drawn."""
    return mrkdwn(str(attachment.get("text") or attachment.get("fallback") or "…"), screen.reader)


def _replies(screen: "Screen", message: Message) -> str:
    if not message.replies:
        return ""
    count, last = len(message.replies), screen.reader.moment(float(message.replies[-1].ts))
    return f"{count} {'reply' if count == 1 else 'replies'}, last {dates.ago(last, screen.reader.now)}"
