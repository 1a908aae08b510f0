"""Table of jobs: work that a change causes, done by the worker."""

from datetime import datetime
from enum import IntEnum, StrEnum

from sqlalchemy import Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import BIG_KEY, Base, Json


class JobState(StrEnum):
    """Where a job stands; one that is done is gone."""

    READY = "ready"
    RUNNING = "running"
    PARKED = "parked"


class Urgency(IntEnum):
    """Lower goes first: taking access away, giving it, telling people, tidying."""

    TAKE = 0
    GIVE = 1
    TELL = 2
    LATER = 3


class Job(Base):
    """One piece of work."""

    __tablename__ = "jobs"

    id: Mapped[int] = mapped_column(BIG_KEY, primary_key=True)
    kind: Mapped[str] = mapped_column(String(32))
    key: Mapped[str] = mapped_column(String(255))
    lane: Mapped[str] = mapped_column(String(255))
    payload: Mapped[Json]
    urgency: Mapped[int]
    state: Mapped[JobState]
    run_at: Mapped[datetime]
    not_before: Mapped[datetime | None]
    """The other side asked to be left alone until then (Retry-After); whoever hurries the job keeps to it."""
    attempts: Mapped[int] = mapped_column(default=0)
    token: Mapped[str | None] = mapped_column(String(32))
    lease_until: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]

    __table_args__ = (
        Index(
            "uq_jobs_ready_key",
            "key",
            unique=True,
            sqlite_where=text("state = 'ready'"),
            postgresql_where=text("state = 'ready'"),
        ),
        Index(
            "uq_jobs_running_lane",
            "lane",
            unique=True,
            sqlite_where=text("state = 'running'"),
            postgresql_where=text("state = 'running'"),
        ),
        Index(
            "ix_jobs_ready",
            "run_at",
            "urgency",
            sqlite_where=text("state = 'ready'"),
            postgresql_where=text("state = 'ready'"),
        ),
        # What is claimed first: without it each claim would sort all that is ready.
        Index(
            "ix_jobs_claim",
            "urgency",
            "run_at",
            "id",
            sqlite_where=text("state = 'ready'"),
            postgresql_where=text("state = 'ready'"),
        ),
        Index(
            "ix_jobs_parked",
            "id",
            sqlite_where=text("state = 'parked'"),
            postgresql_where=text("state = 'parked'"),
        ),
        Index(
            "ix_jobs_leases",
            "lease_until",
            sqlite_where=text("state = 'running'"),
            postgresql_where=text("state = 'running'"),
        ),
    )
