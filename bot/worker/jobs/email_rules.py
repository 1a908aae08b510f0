"""The rules by which a card goes out as an e-mail: once at most, and only where e-mail is configured."""

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

OUTAGE = timedelta(minutes=10)
"""After so long without Slack, e-mail takes its place."""
SENT, REFUSED = "mail.sent", "mail.refused"
_SENT_OR_REFUSED = select(AuditEntry.data).where(
    AuditEntry.subject == bindparam("about"), or_(AuditEntry.action == SENT, AuditEntry.action == REFUSED)
)
_QUEUED = select(Job.id).where(Job.kind == "mail", Job.key == bindparam("key")).limit(1)


class EmailReason(StrEnum):
    """Why there is an e-mail; stands in the job's payload and in the audit trail."""

    GONE = "gone"  # Slack says that it cannot reach the person
    AWAY = "away"  # Slack itself cannot be reached
    COPY = "copy"  # the app wants one of everything


@dataclass(frozen=True)
class EmailRules:
    """The rules; none of them holds while e-mail is not configured (`enabled` is False)."""

    enabled: bool

    def unreachable(self, out: Outcome, card: Card, story: Story) -> None:
        """Slack does not reach this person: the card never got there."""
        if not card.ts:
            self._enqueue(out, card, story, EmailReason.GONE)

    def slack_unavailable(self, out: Outcome, card: Card, story: Story) -> None:
        """Slack does not answer; the card cannot be posted, or not show how the request ended."""
        waits = not card.ts or card.kind is CardKind.REQUEST
        if waits and out.now - _since(card, story) >= OUTAGE:
            self._enqueue(out, card, story, EmailReason.AWAY)

    def after_post(self, out: Outcome, card: Card, story: Story, *, first: bool) -> None:
        """The card stands in Slack as it should; `first` is its first time."""
        news = first or card.kind is CardKind.REQUEST
        app = app_of(story)
        if news and app is not None and app.email is EmailUse.COPY:
            self._enqueue(out, card, story, EmailReason.COPY)

    def _enqueue(self, out: Outcome, card: Card, story: Story, reason: EmailReason) -> None:
        key = f"mail:{card.id}:{reason}"
        if (
            self.enabled
            and should_mail(card.kind, story, card.person_id)
            and not _queued_or_sent(out.case, card, key)
        ):
            out.enqueue("mail", key, lane=f"mail:{card.id}", card=card.id, why=reason)


def was_sent(case: Case, card: Card) -> bool:
    """Whether the card went out before, or was refused for good."""
    return any(data.get("card") == card.id for data in case.read(_SENT_OR_REFUSED, about=card.about))


def app_of(story: Story) -> AppSpec | None:
    """The app that a story is about, as it was at the request; None where it is about none."""
    if isinstance(story, ChangeStory | PauseStory):
        return None
    return (story.grant if isinstance(story, TaskStory) else story).snapshot.app


def _queued_or_sent(case: Case, card: Card, key: str) -> bool:
    # One that waits for its server, or is parked, must not get a second one beside it.
    return bool(case.read(_QUEUED, key=key)) or was_sent(case, card)


def _since(card: Card, story: Story) -> datetime:
    """Since when there is news on the card."""
    closed = story.request.closed_at if isinstance(story, RequestStory) else None
    return (closed if card.kind is CardKind.REQUEST else None) or card.created_at
