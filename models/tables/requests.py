"""Tables of requests: their stages, whom these ask, decisions, reassignments and comments."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.catalogue.spec.enums import RequestKind
from models.tables.base import BIG_KEY, Base, Json, group
from models.tables.grants import Grant
from models.tables.states import RequestState, StageState


class Action(StrEnum):
    """What an approved request does."""

    ADD = "add"
    REMOVE = "remove"
    MODIFY = "modify"


@dataclass(frozen=True)
class Term:
    """The duration of a request.

    A `length` that counts from the moment the access is active, or an explicit `end` (with a `start` in the
    future where wanted), or neither: with no end.
    """

    length: timedelta | None = None
    start: datetime | None = None
    end: datetime | None = None

    @property
    def indefinite(self) -> bool:
        return self.length is None and self.end is None

    def to_json(self) -> Json:
        return {
            "length": int(self.length.total_seconds()) if self.length is not None else None,
            "start": self.start.isoformat() if self.start else None,
            "end": self.end.isoformat() if self.end else None,
        }

    @classmethod
    def from_json(cls, value: Json) -> "Term":
        return cls(
            length=timedelta(seconds=value["length"]) if value["length"] is not None else None,
            start=datetime.fromisoformat(value["start"]) if value["start"] else None,
            end=datetime.fromisoformat(value["end"]) if value["end"] else None,
        )


class Request(Base):
    """A request of one person for one access."""

    __tablename__ = "requests"

    id: Mapped[int] = mapped_column(BIG_KEY, primary_key=True)
    submission: Mapped[str] = mapped_column(String(40), index=True)
    kind: Mapped[RequestKind]
    action: Mapped[Action]
    app_key: Mapped[str] = mapped_column(String(40))
    access_key: Mapped[str] = mapped_column(String(40))
    app_name: Mapped[str] = mapped_column(String(75))
    access_name: Mapped[str] = mapped_column(String(75))
    policy: Mapped[str] = mapped_column(String(64))
    """The app with this one access as they stood at the submission: a digest (`registry.policy_snapshot`)."""
    requester_id: Mapped[str] = mapped_column(String(32))
    beneficiary_id: Mapped[str] = mapped_column(String(32))
    reason: Mapped[str] = mapped_column(Text, default="")
    term: Mapped[Json]
    """What would be given now, changed durations included (`Term.to_json`)."""
    asked_term: Mapped[Json]
    """The term as submitted."""
    over_max: Mapped[bool] = mapped_column(default=False)
    emergency: Mapped[bool] = mapped_column(default=False)
    """Whether it was given at once, to be reviewed afterwards."""
    because: Mapped[Json]
    """The policy's reasons at the submission: {"reasons": [{"rule": …, "text": …}]}."""
    state: Mapped[RequestState]
    position: Mapped[int] = mapped_column(default=0)
    """The stage that is open, counted from 0."""
    grant_id: Mapped[int | None] = mapped_column(BIG_KEY)
    """The grant that came of it, or that it extends."""
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    remind_at: Mapped[datetime | None]
    reminders: Mapped[int] = mapped_column(default=0)
    """How many reminders the open stage has had by itself."""
    reminded_at: Mapped[datetime | None]
    """When the approvers were last reminded, in whichever way, or warned that it expires."""
    escalate_at: Mapped[datetime | None]
    """When the alternates of the open stage are asked too."""
    warn_at: Mapped[datetime | None]
    """When to warn that it is about to expire."""
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str | None] = mapped_column(String(64))
    closing_note: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (
        Index(
            "ix_requests_due_expiry",
            "expires_at",
            sqlite_where=text("state = 'pending'"),
            postgresql_where=text("state = 'pending'"),
        ),
        Index(
            "ix_requests_due_reminder",
            "remind_at",
            sqlite_where=text("state = 'pending'"),
            postgresql_where=text("state = 'pending'"),
        ),
        Index(
            "ix_requests_due_escalation",
            "escalate_at",
            sqlite_where=text("state = 'pending'"),
            postgresql_where=text("state = 'pending'"),
        ),
        Index(
            "ix_requests_due_warning",
            "warn_at",
            sqlite_where=text("state = 'pending'"),
            postgresql_where=text("state = 'pending'"),
        ),
        # What a person has open (no `closed_at`) and had before, each in order: App Home's pages.
        Index("ix_requests_requester", "requester_id", "closed_at", "state", "id"),
        Index("ix_requests_beneficiary", "beneficiary_id", "app_key", "access_key"),
        Index("ix_requests_grant", "grant_id"),
    )

    @property
    def ref(self) -> str:
        """What people call it: AR-12."""
        return f"AR-{self.id}"


class Stage(Base):
    """One stage of one request."""

    __tablename__ = "stages"

    request_id: Mapped[int] = mapped_column(ForeignKey("requests.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(75))
    rule: Mapped[str] = mapped_column(String(8))
    """ "any", "all" or a number."""
    spec: Mapped[Json]
    """The stage as the policy has it (`StageSpec.stored`), to look up its people again."""
    because: Mapped[str] = mapped_column(Text, default="")
    channel: Mapped[str] = mapped_column(String(32), default="")
    """The channel that it is asked in; empty where everybody has a card of their own."""
    remark: Mapped[str] = mapped_column(Text, default="")
    """Delegates and others who are asked too, and why; empty where all is as its `spec` says."""
    state: Mapped[StageState]
    opened_at: Mapped[datetime | None]
    escalated_at: Mapped[datetime | None]
    """When its alternates came in, since nobody had decided."""
    closed_at: Mapped[datetime | None]


class Asked(Base):
    """A person whom a stage asks, and why."""

    __tablename__ = "asked"

    request_id: Mapped[int] = mapped_column(ForeignKey("requests.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    because: Mapped[str] = mapped_column(Text)
    seat_id: Mapped[str] = mapped_column(String(32), default="")
    """The person whose vote it is, for a delegate or after a reassignment."""
    quiet: Mapped[bool] = mapped_column(default=False)
    """May decide, and gets no message about it."""
    alternate: Mapped[bool] = mapped_column(default=False)
    """Whether they are asked because nobody had decided in time."""
    asked_at: Mapped[datetime]

    __table_args__ = (Index("ix_asked_person", "person_id", "request_id"),)

    @property
    def votes_for(self) -> str:
        """The id of the person whose vote their decision would be."""
        return self.seat_id or self.person_id


class Reassignment(Base):
    """A reassigned decision: somebody is asked in the place of somebody else."""

    __tablename__ = "reassignments"

    id: Mapped[int] = mapped_column(BIG_KEY, primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("requests.id"), index=True)
    position: Mapped[int]
    seat_id: Mapped[str] = mapped_column(String(32), default="")
    """Whose it was; empty where nobody was asked."""
    to_id: Mapped[str] = mapped_column(String(32))
    by_id: Mapped[str] = mapped_column(String(32))
    note: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime]


class Decision(Base):
    """One approver's approve or reject. One person decides once on a request, over all its stages."""

    __tablename__ = "decisions"

    request_id: Mapped[int] = mapped_column(ForeignKey("requests.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    position: Mapped[int]
    seat_id: Mapped[str] = mapped_column(String(32), default="")
    """The person whose vote it is, for a delegate or after a reassignment."""
    approve: Mapped[bool]
    comment: Mapped[str] = mapped_column(Text, default="")
    term: Mapped[Json | None]
    """The changed duration, where the approver changed it."""
    at: Mapped[datetime]

    __table_args__ = (Index("ix_decisions_person", "person_id", "request_id"),)

    @property
    def votes_for(self) -> str:
        """The id of the person whose vote it is."""
        return self.seat_id or self.person_id


class Comment(Base):
    """A comment on a request."""

    __tablename__ = "comments"

    id: Mapped[int] = mapped_column(BIG_KEY, primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("requests.id"), index=True)
    person_id: Mapped[str] = mapped_column(String(32))
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    source: Mapped[str | None] = mapped_column(String(100))
    """Where it was written, if in a thread: "channel:ts" of the reply."""

    __table_args__ = (UniqueConstraint("source"),)


STAGES = group(Stage, by="request_id", of=Request, order="position")
ASKED = group(Asked, by="request_id", of=Request, order=("position", "person_id"))
DECISIONS = group(Decision, by="request_id", of=Request, order=("at", "person_id"))
REASSIGNED = group(Reassignment, by="request_id", of=Request)
COMMENTS = group(Comment, by="request_id")
FROM_THREAD = group(Comment, by="source")
PENDING = group(Request, state=RequestState.PENDING)
PENDING_OF_REQUESTER = group(Request, by="requester_id", state=RequestState.PENDING)
PENDING_OF_BENEFICIARY = group(Request, by="beneficiary_id", state=RequestState.PENDING)
OF_REQUESTER = group(Request, by="requester_id")
EXTENDING = group(Request, by="grant_id", of=Grant, kind=RequestKind.EXTEND, state=RequestState.PENDING)
"""The pending extension of a grant: there is one at most."""
