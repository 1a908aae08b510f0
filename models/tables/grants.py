"""Tables of grants, and of the tasks by which people provision and revoke them by hand."""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, and_, bindparam, cast, literal, text
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import BIG_KEY, Base, Json, JsonList, group
from models.tables.people import Person
from models.tables.states import LIVE_GRANTS, OVER_GRANTS, GrantState, Usage


class Cause(StrEnum):
    """Why a grant was revoked before its end."""

    ADMIN = "admin"
    REQUESTER = "requester"
    REVIEW = "review"
    OFFBOARDING = "offboarding"
    SUPERSEDED = "superseded"


class Direction(StrEnum):
    """What a connector does: provision or revoke."""

    GIVE = "give"
    TAKE = "take"


UNSETTLED = text("state IN ('granting', 'revoking')")
"""Grants that wait for a connector. As literal SQL: with bound values SQLite does not use their index."""
LIVE = text("over_at IS NULL")
"""Grants that are not over."""
ANSWERED = text("usage IS NOT NULL")
"""Grants whose holder said whether they used it."""


class Grant(Base):
    """An access that one person holds, from a moment to a moment, or with no end."""

    __tablename__ = "grants"

    id: Mapped[int] = mapped_column(BIG_KEY, primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("requests.id"))
    """The request that made it; extensions point here from their own side."""
    person_id: Mapped[str] = mapped_column(String(32))
    app_key: Mapped[str] = mapped_column(String(40))
    access_key: Mapped[str] = mapped_column(String(40))
    app_name: Mapped[str] = mapped_column(String(75))
    access_name: Mapped[str] = mapped_column(String(75))
    policy: Mapped[str] = mapped_column(String(64))
    """As its request has it: a digest."""
    connector: Mapped[Json]
    target: Mapped[str] = mapped_column(String(255))
    """What its connector changes: one round serves all grants of a target, one at a time."""
    state: Mapped[GrantState]
    length: Mapped[int | None]
    """Seconds from `active_at`, where the end follows from it."""
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    active_at: Mapped[datetime | None]
    over_at: Mapped[datetime | None]
    cause: Mapped[Cause | None]
    """Why it was revoked early; empty where its end came."""
    caused_by: Mapped[str | None] = mapped_column(String(64))
    failing: Mapped[Direction | None]
    error: Mapped[str] = mapped_column(Text, default="")
    attempts: Mapped[int] = mapped_column(default=0)
    retry_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    """When the scheduler next has to move it: its start, or its end."""
    notice_at: Mapped[datetime | None]
    """When the next expiry notice is due."""
    notices: Mapped[JsonList]
    """The lead times (seconds) of the notices that were sent for the present end."""
    created_at: Mapped[datetime]
    usage: Mapped[Usage | None]
    """What its holder said of it at its end."""
    usage_at: Mapped[datetime | None]
    """When they first said it."""

    __table_args__ = (
        Index(
            "ix_grants_due",
            "due_at",
            sqlite_where=text("due_at IS NOT NULL"),
            postgresql_where=text("due_at IS NOT NULL"),
        ),
        Index(
            "ix_grants_notice",
            "notice_at",
            sqlite_where=text("notice_at IS NOT NULL"),
            postgresql_where=text("notice_at IS NOT NULL"),
        ),
        Index("ix_grants_person", "person_id", "app_key", "access_key"),
        # What a person holds (no `over_at`) and what they held last, each in order: App Home's pages.
        Index("ix_grants_holder", "person_id", "over_at", "id"),
        Index(
            "ix_grants_unsettled",
            "target",
            "retry_at",
            sqlite_where=UNSETTLED,
            postgresql_where=UNSETTLED,
        ),
        # How many there are of each state, without a look at the rows (SQLite wants `over_at` for that).
        Index("ix_grants_live", "state", "over_at", sqlite_where=LIVE, postgresql_where=LIVE),
        Index(
            "ix_grants_failed",
            "state",
            sqlite_where=text("state = 'failed'"),
            postgresql_where=text("state = 'failed'"),
        ),
        # The last answers about an access, for what stands out about a request.
        Index(
            "ix_grants_usage",
            "app_key",
            "access_key",
            "id",
            sqlite_where=ANSWERED,
            postgresql_where=ANSWERED,
        ),
    )

    @property
    def ref(self) -> str:
        """What people call it: GR-7."""
        return f"GR-{self.id}"

    @property
    def asks_usage(self) -> bool:
        """Whether its holder is asked if they used it: it was active, and its end or they ended it."""
        ended = self.state in OVER_GRANTS and self.cause in (None, Cause.REQUESTER)
        return ended and self.active_at is not None


CHANGE_USAGE = timedelta(days=1)
"""How long a holder may change what they said."""


def takes_usage(grant: Grant, now: datetime) -> bool:
    """Whether the holder may say whether they used it, or change what they said."""
    return grant.asks_usage and (grant.usage_at is None or now < grant.usage_at + CHANGE_USAGE)


class TaskState(StrEnum):
    """Where a task stands."""

    OPEN = "open"
    DONE = "done"
    REFUSED = "refused"
    VOID = "void"  # nothing is left to do: the grant went another way


class Task(Base):
    """Something that an owner does by hand before the grant goes on."""

    __tablename__ = "tasks"

    id: Mapped[int] = mapped_column(BIG_KEY, primary_key=True)
    grant_id: Mapped[int] = mapped_column(ForeignKey("grants.id"), index=True)
    direction: Mapped[Direction]
    state: Mapped[TaskState]
    asked: Mapped[JsonList]
    """Ids of the people whose task it is; any of them may do it."""
    done_by: Mapped[str | None] = mapped_column(String(64))
    note: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    __table_args__ = (
        Index(
            "uq_tasks_open",
            "grant_id",
            "direction",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
    )

    @property
    def ref(self) -> str:
        """What people call it: TK-3."""
        return f"TK-{self.id}"


LIVE_OF = group(Grant, by="person_id", state=LIVE_GRANTS)
"""The grants of a person that are not over."""
BEING_TAKEN = group(Grant, by="person_id", of=Person, state=GrantState.REVOKING)
ENDLESS = group(Grant, by="person_id", of=Person, state=GrantState.ACTIVE, ends_at=None)
"""The active grants of a person without an end."""
TASKS = group(Task, by="grant_id", of=Grant)
OPEN_TASKS = group(Task, by="grant_id", of=Grant, state=TaskState.OPEN)
ALL_OPEN_TASKS = group(Task, order=("grant_id", "id"), state=TaskState.OPEN)
_NAMED = literal('%"') + bindparam("person", type_=String) + literal('"%')
OPEN_TASK_OF = and_(text("tasks.state = 'open'"), cast(Task.asked, Text).like(_NAMED))
"""In a statement: the open tasks that the `person` may do. A list of ids read as text is alike on both."""
