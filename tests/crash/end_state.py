"""Collect the end state: the database, the target system and everybody's screen."""

import re
from collections import Counter
from typing import Any

from models import audit
from models.audit import AuditEntry
from models.jobs import Job
from models.store.case import Case
from models.tables.grants import Grant, Task
from models.tables.requests import Comment, Decision, Request
from tests.crash.process_world import ProcessWorld
from tests.rows import every
from tests.world import PEOPLE

Facts = dict[str, Any]
REFERENCE = re.compile(r"\b(?:AR|GR|TK)-\d+\b")


async def facts(world: ProcessWorld) -> Facts:
    """Everything that must be the same, wherever the bot died."""
    found: Facts = {
        **await world.store.read(_recorded),
        "members": sorted(world.group.members),
        "screens": {name: _screen(world, name) for name in PEOPLE},
    }
    numbers = await world.store.read(_numbers)
    return {name: _numbered(value, numbers) for name, value in found.items()}


def _recorded(case: Case) -> Facts:
    return {
        "requests": _rows(case, Request, "state", "reason", "term", "closed_by", "closing_note"),
        "when requests are looked at": _rows(
            case, Request, "expires_at", "warn_at", "remind_at", "escalate_at"
        ),
        "decisions": _rows(case, Decision, "request_id", "person_id", "approve", "comment", "term"),
        "comments": _rows(case, Comment, "request_id", "person_id", "text"),
        "grants": _rows(case, Grant, "state", "person_id", "active_at", "ends_at", "over_at", "error"),
        "when grants are looked at": _rows(case, Grant, "due_at", "notice_at", "retry_at"),
        "tasks": _rows(case, Task, "state", "direction", "done_by"),
        "trail": sorted(Counter((e.action, e.subject) for e in every(case, AuditEntry)).items()),
        "the trail is whole": audit.verify(case).intact,
        "left to do": _rows(case, Job, "kind", "state", "error"),
    }


def _numbers(case: Case) -> dict[str, str]:
    """Each reference ("AR-3") by its place among its kind.

    PostgreSQL gives no number twice, also where a transaction was undone.
    """
    tables: dict[str, Any] = {"AR": Request, "GR": Grant, "TK": Task}
    return {
        f"{kind}-{number}": f"{kind}-{place}"
        for kind, table in tables.items()
        for place, number in enumerate((row.id for row in every(case, table)), 1)
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


def _rows(case: Case, table: Any, *columns: str) -> list[tuple[str, ...]]:
    return sorted(
        tuple(("AR-" if name == "request_id" else "") + str(getattr(row, name)) for name in columns)
        for row in every(case, table)
    )


def _screen(world: ProcessWorld, name: str) -> list[str]:
    """The messages and what was answered in their threads; which of two at a time came first is no matter."""
    said = world.person(name).messages()
    return sorted(" | ".join([one.text, *sorted(reply.text for reply in one.replies)]) for one in said)
