"""What stands in the end: in the database, in the target system and on everybody's screen."""

from collections import Counter
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import audit
from models.audit import AuditEntry
from models.grants import Grant, Task
from models.jobs import Job
from models.requests import Comment, Decision, Request
from tests.crash.lives import Lives
from tests.world import PEOPLE

Facts = dict[str, Any]


async def facts(world: Lives) -> Facts:
    """Everything that must be the same, wherever the bot died."""
    return {
        **await world.store.read(_recorded),
        "members": sorted(world.group.members),
        "screens": {name: _screen(world, name) for name in PEOPLE},
    }


def _recorded(session: Session) -> Facts:
    return {
        "requests": _rows(session, Request, "state", "reason", "term", "closed_by", "closing_note"),
        "when requests are looked at": _rows(
            session, Request, "expires_at", "warn_at", "remind_at", "escalate_at"
        ),
        "decisions": _rows(session, Decision, "request_id", "person_id", "approve", "comment", "term"),
        "comments": _rows(session, Comment, "request_id", "person_id", "text"),
        "grants": _rows(session, Grant, "state", "person_id", "active_at", "ends_at", "over_at", "error"),
        "when grants are looked at": _rows(session, Grant, "due_at", "notice_at", "retry_at"),
        "tasks": _rows(session, Task, "state", "direction", "done_by"),
        "trail": sorted(Counter((e.action, e.subject) for e in session.scalars(select(AuditEntry))).items()),
        "the trail is whole": audit.verify(session).whole,
        "left to do": _rows(session, Job, "kind", "state", "error"),
    }


def _rows(session: Session, table: Any, *columns: str) -> list[tuple[str, ...]]:
    return sorted(
        tuple(str(getattr(row, name)) for name in columns) for row in session.scalars(select(table))
    )


def _screen(world: Lives, name: str) -> list[str]:
    """The messages and what was answered in their threads; which of two at a time came first is no matter."""
    said = world.person(name).messages()
    return sorted(" | ".join([one.text, *sorted(reply.text for reply in one.replies)]) for one in said)
