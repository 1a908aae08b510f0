"""What stands in the end: in the database, in the target system and on everybody's screen."""

import re
from collections import Counter
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import audit
from models.audit import AuditEntry
from models.jobs import Job
from models.tables.grants import Grant, Task
from models.tables.requests import Comment, Decision, Request
from tests.crash.lives import Lives
from tests.world import PEOPLE

Facts = dict[str, Any]
REFERENCE = re.compile(r"\b(?:AR|GR|TK)-\d+\b")


async def facts(world: Lives) -> Facts:
    """Everything that must be the same, wherever the bot died."""
    found: Facts = {
        **await world.store.read(_recorded),
        "members": sorted(world.group.members),
        "screens": {name: _screen(world, name) for name in PEOPLE},
    }
    numbers = await world.store.read(_numbers)
    return {name: _numbered(value, numbers) for name, value in found.items()}


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


def _numbers(session: Session) -> dict[str, str]:
    """Each reference ("AR-3") by its place among its kind.

    PostgreSQL gives no number twice, also where a transaction was undone.
    """
    tables: dict[str, Any] = {"AR": Request, "GR": Grant, "TK": Task}
    return {
        f"{kind}-{number}": f"{kind}-{place}"
        for kind, table in tables.items()
        for place, number in enumerate(session.scalars(select(table.id).order_by(table.id)), 1)
    }


def _numbered(found: Any, numbers: dict[str, str]) -> Any:
    """The same with other numbers."""
    match found:
        case str():
            return REFERENCE.sub(lambda ref: numbers.get(ref[0], ref[0]), found)
        case dict():
            return {key: _numbered(value, numbers) for key, value in found.items()}
        case list() | tuple():
            return type(found)(_numbered(each, numbers) for each in found)
    return found


def _rows(session: Session, table: Any, *columns: str) -> list[tuple[str, ...]]:
    return sorted(
        tuple(("AR-" if name == "request_id" else "") + str(getattr(row, name)) for name in columns)
        for row in session.scalars(select(table))
    )


def _screen(world: Lives, name: str) -> list[str]:
    """The messages and what was answered in their threads; which of two at a time came first is no matter."""
    said = world.person(name).messages()
    return sorted(" | ".join([one.text, *sorted(reply.text for reply in one.replies)]) for one in said)
