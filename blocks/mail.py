"""A card as an e-mail in plain text, for people whom Slack does not reach.

Slack's markup is resolved here: mentions become names, dates the reader's own time, entities the characters
that people wrote. Of buttons only links to other sites are left, since an e-mail has no buttons.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from blocks.cards import Story
from blocks.kit import Block, Message
from blocks.kit.text import esc, unescape
from models.queries.admin_stories import ChangeStory, PauseStory
from models.queries.stories import GrantStory, RequestStory, TaskStory
from models.tables.cards import CardKind
from models.tables.grants import TaskState
from models.tables.reviews import Review, ReviewState
from models.tables.states import GrantState, RequestState
from models.text import remove_unseen

SUBJECT_LIMIT = 150
NO_LINK = "To answer, open Keyturn in Slack, under Apps. Its Home tab shows everything that needs you."

_WITHOUT_YEAR = timedelta(days=182)
"""Dates that are nearer than this say no year."""
_MARKUP = re.compile(r"<([^<>]*)>|&(amp|lt|gt);")
_EMOJI = re.compile(r"(?<!\S):[a-z][a-z0-9_+-]*:(?:\s|$)")
_BOLD = re.compile(r"(?<!\w)\*([^*\n]+)\*(?!\w)")
_DATE = re.compile(r"!date\^(\d+)\^(.*)")


@dataclass(frozen=True)
class Letter:
    """An e-mail: `subject` is one line, `text` is plain text."""

    subject: str
    text: str


def should_mail(kind: CardKind, story: Story, viewer: str) -> bool:
    """Whether this card has something to tell its viewer by e-mail now.

    Approvers and manual workers get their pending work, requesters the outcome, holders their access and its
    end, owners and admins what nobody decides, others the first comment; of an emergency, everyone who has
    its card gets one.
    """
    match story:
        case RequestStory():
            undecided = kind is CardKind.APPROVAL and story.may_decide(viewer)
            closed = kind is CardKind.REQUEST and story.request.state is not RequestState.PENDING
            stuck = kind is CardKind.OVERDUE and story.open_stage is not None and story.open_stage.overdue
            comments = kind is CardKind.COMMENTS
            return undecided or stuck or closed or comments or _should_mail_review(kind, story.review, viewer)
        case TaskStory():
            return story.task.state is TaskState.OPEN
        case ChangeStory():
            return kind is CardKind.CHANGE_DONE or (story.proposal.open and viewer != story.proposal.by)
        case PauseStory():
            return story.pause.open
        case GrantStory():
            return _should_mail_grant(kind, story.grant.state)


def _should_mail_review(kind: CardKind, review: Review | None, viewer: str) -> bool:
    if review is None:
        return False
    if kind is CardKind.REVIEW:
        return review.state is ReviewState.OPEN and viewer in review.asked
    return kind in (CardKind.ALERT, CardKind.REVIEWED)


def _should_mail_grant(kind: CardKind, state: GrantState) -> bool:
    if kind is CardKind.FAILURE:
        return state is GrantState.FAILED
    return kind is CardKind.OVER or state is GrantState.ACTIVE


def render(
    message: Message, names: Mapping[str, str], timezone: str, link: str | None, now: datetime
) -> Letter:
    """The card as an e-mail that is sent `now` to somebody in `timezone` ("Europe/Berlin"; UTC if unknown).

    `names` are people's by id. `link` leads to the card in Slack; None without one.
    """
    reader = _Reader(names, _zone(timezone), now)
    parts = [reader.text(part) for block in message["blocks"] for part in _texts(block)]
    parts.append(f"In Slack: {link}" if link else NO_LINK)
    subject = " ".join(reader.text(message["text"]).split())
    if len(subject) > SUBJECT_LIMIT:
        subject = subject[: SUBJECT_LIMIT - 1].rstrip() + "…"
    return Letter(subject or "Keyturn", "\n\n".join(part for part in parts if part) + "\n")


def names_of(story: Story) -> Mapping[str, str]:
    """The names of everybody in a story, by id."""
    return story.grant.names if isinstance(story, TaskStory) else story.names


def _texts(block: Block) -> Iterator[str]:
    """The texts of a block in reading order. Of buttons only those that open an address have one."""
    if isinstance(block.get("text"), dict):
        yield str(block["text"]["text"])
    for field in block.get("fields", ()):
        # A field's small title stands above its value in Slack, and before it here.
        yield str(field["text"]).replace("*\n", ":* ", 1)
    if block["type"] == "context":
        yield from (str(element["text"]) for element in block["elements"] if "text" in element)
    for element in block["elements"] if block["type"] == "actions" else ():
        if "url" in element:
            yield esc(f"{str(element['text']['text']).removesuffix(' ↗')}: {element['url']}")


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # a name that is not there, not possible, or a folder
        return ZoneInfo("UTC")


@dataclass(frozen=True)
class _Reader:
    """The recipient: the names to use, the time zone, and the moment of sending."""

    names: Mapping[str, str]
    zone: ZoneInfo
    now: datetime

    def text(self, mrkdwn: str) -> str:
        """Slack's markup as plain text."""
        return _MARKUP.sub(self._resolved, "\n".join(map(_without_bold, mrkdwn.splitlines()))).strip()

    def _resolved(self, match: re.Match[str]) -> str:
        if match[2]:
            return unescape(match[0])
        target, _, label = match[1].partition("|")
        if target.startswith("@"):
            return " ".join(remove_unseen(self.names.get(target[1:], target[1:])).split())
        if date := _DATE.fullmatch(target):
            return self._moment(int(date[1]), timed="{time}" in date[2])
        return f"{unescape(label)} ({unescape(target)})" if label else unescape(target)

    def _moment(self, timestamp: int, *, timed: bool) -> str:
        at = datetime.fromtimestamp(timestamp, UTC).astimezone(self.zone)
        day = f"{at:%A, %-d %B}" if abs(at - self.now) < _WITHOUT_YEAR else f"{at:%A, %-d %B %Y}"
        return f"{day}, {at:%H:%M} {at:%Z}" if timed else day


def _without_bold(line: str) -> str:
    """A line without bold and emoji. A quotation (after >) stays as it is."""
    return line if line.startswith("> ") else _BOLD.sub(r"\1", _EMOJI.sub("", line))
