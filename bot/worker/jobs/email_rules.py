"""Whether a card goes out as an e-mail too. Each does once at most, and only where e-mail is configured."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import bindparam, or_, select

from blocks.cards import Story
from blocks.mail import should_mail
from models.audit import AuditEntry
from models.catalogue.spec import AppSpec, EmailUse
from models.jobs import Job
from models.queries.admin_stories import ChangeStory, PauseStory
from models.queries.stories import RequestStory, TaskStory
from models.store.case import Case
from models.store.outcome import Outcome
from models.tables.cards import Card, CardKind

LONG = timedelta(minutes=10)
"""After so long without Slack, e-mail takes its place."""
SENT, REFUSED = "mail.sent", "mail.refused"
_WENT_OUT = select(AuditEntry.data).where(
    AuditEntry.subject == bindparam("about"), or_(AuditEntry.action == SENT, AuditEntry.action == REFUSED)
)
_WAITING = select(Job.id).where(Job.kind == "mail", Job.key == bindparam("key")).limit(1)


class Why(StrEnum):
    """Why there is an e-mail."""

    GONE = "gone"  # Slack says that it cannot reach the person
    AWAY = "away"  # Slack itself cannot be reached
    COPY = "copy"  # the app wants one of everything


@dataclass(frozen=True)
class Mailing:
    """The rules; none of them holds while e-mail is not configured (`on` is False)."""

    on: bool

    def unreachable(self, out: Outcome, card: Card, story: Story) -> None:
        """Slack does not reach this person: the card never got there."""
        if not card.ts:
            self._want(out, card, story, Why.GONE)

    def away(self, out: Outcome, card: Card, story: Story) -> None:
        """Slack does not answer; the card cannot be posted, or not show how the request ended."""
        waits = not card.ts or card.kind is CardKind.REQUEST
        if waits and out.now - _since(card, story) >= LONG:
            self._want(out, card, story, Why.AWAY)

    def shown(self, out: Outcome, card: Card, story: Story, *, first: bool) -> None:
        """The card stands in Slack as it should; `first` is its first time."""
        news = first or card.kind is CardKind.REQUEST
        app = app_of(story)
        if news and app is not None and app.email is EmailUse.COPY:
            self._want(out, card, story, Why.COPY)

    def _want(self, out: Outcome, card: Card, story: Story, why: Why) -> None:
        key = f"mail:{card.id}:{why}"
        if self.on and should_mail(card.kind, story, card.person_id) and not _wanted(out.case, card, key):
            out.enqueue("mail", key, lane=f"mail:{card.id}", card=card.id, why=why)


def mailed(case: Case, card: Card) -> bool:
    """Whether the card went out before, or was refused for good."""
    return any(data.get("card") == card.id for data in case.read(_WENT_OUT, about=card.about))


def app_of(story: Story) -> AppSpec | None:
    """The app that a story is about, as it was when it was asked for; None where it is about none."""
    if isinstance(story, ChangeStory | PauseStory):
        return None
    return (story.grant if isinstance(story, TaskStory) else story).snapshot.app


def _wanted(case: Case, card: Card, key: str) -> bool:
    # One that waits for its server, or is parked, must not get a second one beside it.
    return bool(case.read(_WAITING, key=key)) or mailed(case, card)


def _since(card: Card, story: Story) -> datetime:
    """Since when there is something to tell."""
    closed = story.request.closed_at if isinstance(story, RequestStory) else None
    return (closed if card.kind is CardKind.REQUEST else None) or card.created_at
