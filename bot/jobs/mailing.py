"""Whether a card goes out as an e-mail too. Each does once at most, and only where e-mail is configured."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from blocks.cards import Story
from blocks.mail import worth
from models.audit import AuditEntry
from models.catalogue.spec import AppSpec, EmailUse
from models.jobs import Job
from models.queries.change_story import ChangeStory
from models.queries.pause_story import PauseStory
from models.queries.stories import RequestStory, TaskStory
from models.store.tx import Tx
from models.tables.cards import Card, CardKind

LONG = timedelta(minutes=10)
"""After so long without Slack, e-mail takes its place."""
SENT, REFUSED = "mail.sent", "mail.refused"


class Why(StrEnum):
    """Why there is an e-mail."""

    GONE = "gone"  # Slack says that it cannot reach the person
    AWAY = "away"  # Slack itself cannot be reached
    COPY = "copy"  # the app wants one of everything


@dataclass(frozen=True)
class Mailing:
    """The rules; none of them holds while e-mail is not configured (`on` is False)."""

    on: bool

    def unreachable(self, tx: Tx, card: Card, story: Story) -> None:
        """Slack does not reach this person: the card never got there."""
        if not card.ts:
            self._want(tx, card, story, Why.GONE)

    def away(self, tx: Tx, card: Card, story: Story) -> None:
        """Slack does not answer; the card cannot be posted, or not show how the request ended."""
        waits = not card.ts or card.kind is CardKind.REQUEST
        if waits and tx.now - _since(card, story) >= LONG:
            self._want(tx, card, story, Why.AWAY)

    def shown(self, tx: Tx, card: Card, story: Story, *, first: bool) -> None:
        """The card stands in Slack as it should; `first` is its first time."""
        news = first or card.kind is CardKind.REQUEST
        app = app_of(story)
        if news and app is not None and app.email is EmailUse.COPY:
            self._want(tx, card, story, Why.COPY)

    def _want(self, tx: Tx, card: Card, story: Story, why: Why) -> None:
        key = f"mail:{card.id}:{why}"
        if self.on and worth(card.kind, story, card.person_id) and not _wanted(tx.session, card, key):
            tx.enqueue("mail", key, lane=f"mail:{card.id}", card=card.id, why=why)


def mailed(session: Session, card: Card) -> bool:
    """Whether the card went out before, or was refused for good."""
    found = select(AuditEntry.data).where(
        AuditEntry.subject == card.about, AuditEntry.action.in_((SENT, REFUSED))
    )
    return any(data.get("card") == card.id for data in session.scalars(found))


def app_of(story: Story) -> AppSpec | None:
    """The app that a story is about, as it was when it was asked for; None where it is about none."""
    if isinstance(story, ChangeStory | PauseStory):
        return None
    return (story.grant if isinstance(story, TaskStory) else story).snapshot.app


def _wanted(session: Session, card: Card, key: str) -> bool:
    # One that waits for its server, or is parked, must not get a second one beside it.
    waiting = session.scalars(select(Job.id).where(Job.kind == "mail", Job.key == key)).first()
    return waiting is not None or mailed(session, card)


def _since(card: Card, story: Story) -> datetime:
    """Since when there is something to tell."""
    closed = story.request.closed_at if isinstance(story, RequestStory) else None
    return (closed if card.kind is CardKind.REQUEST else None) or card.created_at
