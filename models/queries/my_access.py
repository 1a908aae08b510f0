"""What a person holds, and what they held last."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from models.catalogue.words import RequestKind
from models.lifecycle.request.duplicates import in_the_way
from models.queries import brief
from models.queries.paging import Pages
from models.registry.directory import Directory
from models.tables.grants import Grant, Task, TaskState
from models.tables.requests import Request
from models.tables.states import RequestState

ENDED = 5
"""How many of those that are over are shown."""


@dataclass(frozen=True)
class Held:
    """A grant that is not over. `grant.policy` and `grant.connector` are not loaded."""

    grant: Grant
    extension: Request | None
    """A pending request for more time."""
    by_hand: tuple[str, ...]
    """The people whose open task it is to give or take it."""


@dataclass(frozen=True)
class MyAccess:
    """The tab "My access"."""

    live: tuple[Held, ...]
    """Newest first."""
    ended: tuple[Grant, ...]
    """The last few that are over, on the first page."""
    again: frozenset[int]
    """Those of `ended`, by id, that can be asked for again: they are not held or asked for by now."""
    admins: tuple[str, ...]
    """Whom to ask about what failed."""
    pages: Pages


def count(session: Session, person_id: str) -> int:
    """How many grants of a person are not over."""
    live = select(func.count()).where(Grant.person_id == person_id, Grant.over_at.is_(None))
    return session.scalars(live).one()


def my_access(session: Session, person_id: str, page: int, total: int) -> MyAccess:
    """One page of what a person holds, of whom `count` said how much that is."""
    pages = Pages.of(page, total)
    live = (
        _theirs(person_id)
        .where(Grant.over_at.is_(None))
        .order_by(Grant.id.desc())
        .offset(pages.first)
        .limit(pages.end - pages.first)
    )
    ended = _ended(session, person_id) if pages.number == 0 else ()
    return MyAccess(
        live=held_of(session, session.scalars(live).all()),
        ended=ended,
        again=_again(session, ended),
        admins=Directory(session).admins(),
        pages=pages,
    )


def _theirs(person_id: str) -> Select[Grant]:
    return select(Grant).where(Grant.person_id == person_id).options(*brief.GRANT)


def _ended(session: Session, person_id: str) -> tuple[Grant, ...]:
    over = _theirs(person_id).where(Grant.over_at.is_not(None))
    return tuple(session.scalars(over.order_by(Grant.over_at.desc(), Grant.id.desc()).limit(ENDED)))


def _again(session: Session, ended: Sequence[Grant]) -> frozenset[int]:
    wanted = {one.id: (one.person_id, one.app_key, one.access_key) for one in ended}
    found = in_the_way(session, set(wanted.values()))
    return frozenset(key for key, what in wanted.items() if what not in found)


def held_of(session: Session, grants: Sequence[Grant]) -> tuple[Held, ...]:
    """These grants, each with what is under way about it."""
    ids = [grant.id for grant in grants]
    extensions = select(Request).where(
        Request.grant_id.in_(ids), Request.kind == RequestKind.EXTEND, Request.state == RequestState.PENDING
    )
    asked_for = {one.grant_id: one for one in session.scalars(extensions.options(*brief.REQUEST))}
    tasks = select(Task).where(Task.grant_id.in_(ids), Task.state == TaskState.OPEN)
    by_hand = {task.grant_id: tuple(task.asked) for task in session.scalars(tasks)}
    return tuple(Held(one, asked_for.get(one.id), by_hand.get(one.id, ())) for one in grants)
