"""The audit trail: append-only, each entry carrying the hash of the one before.

An entry's hash is SHA-256 over the hash before it and the entry's canonical JSON (sorted keys, no spaces,
UTF-8), so a changed, missing, added or reordered entry breaks the chain at its place. The head row knows the
last hash, so a trail that was cut at its end is found out as well.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Index, String, insert, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.inserts import add_if_new
from models.straight import straight
from models.tables.base import Base, Json

GENESIS = "0" * 64
HEAD = 1
AT_ONCE = 2000
"""How many entries are read in one go: enough to be quick, and of no weight in memory."""

canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode
"""Plain values as the JSON that is hashed."""


class AuditEntry(Base):
    """One step: who did what to which thing, when and why."""

    __tablename__ = "audit_entries"

    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(64))
    """A person's id, "keyturn" for the scheduler and the worker, or "operator" for the command line."""
    action: Mapped[str] = mapped_column(String(48))
    subject: Mapped[str] = mapped_column(String(64))
    """What it was done to: AR-1, GR-1, TK-1, app:github, …"""
    app: Mapped[str] = mapped_column(String(40), default="")
    person: Mapped[str] = mapped_column(String(32), default="")
    """Whose access it is about."""
    data: Mapped[Json]
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))

    __table_args__ = (
        Index("ix_audit_entries_subject", "subject", "seq"),
        Index("ix_audit_entries_app", "app", "seq"),
        Index("ix_audit_entries_person", "person", "seq"),
    )


class Entry(NamedTuple):
    """An entry as `entries` reads it: the columns alone, at a third of what the mapped object costs."""

    seq: int
    at: datetime
    actor: str
    action: str
    subject: str
    app: str
    person: str
    data: Json
    previous: str
    hash: str


class AuditHead(Base):
    """The chain's last link. Locking this one row keeps writers of the trail in line."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[str] = mapped_column(String(64))


@dataclass(frozen=True)
class Fact:
    """What a verb records; it becomes an entry when its transaction commits."""

    actor: str
    action: str
    subject: str
    app: str = ""
    person: str = ""
    data: Json = field(default_factory=dict)


def append(session: Session, facts: Iterable[Fact], at: datetime) -> None:
    """Chain the facts to the trail. The last thing a transaction does, since others wait for the head."""
    head = _head(session)
    chained = list[Entry]()
    for fact in facts:
        seq, previous = (chained[-1].seq, chained[-1].hash) if chained else head
        entry = Entry(seq + 1, at, **vars(fact), previous=previous, hash="")
        chained.append(entry._replace(hash=link(entry)))
    straight(session, _ADD, [entry._asdict() for entry in chained])
    straight(session, _MOVE_HEAD, {"seq": chained[-1].seq, "hash": chained[-1].hash})


_LOCKED_HEAD = select(AuditHead.seq, AuditHead.hash).where(AuditHead.id == HEAD).with_for_update()
_ADD = insert(AuditEntry)
_MOVE_HEAD = update(AuditHead).where(AuditHead.id == HEAD)


def _head(session: Session) -> tuple[int, str]:
    """The number and the hash of the last entry; nobody else writes one until the commit."""
    head = straight(session, _LOCKED_HEAD, {}).one_or_none()
    if head is None:  # the very first entry, or somebody else writes it just now
        add_if_new(session, AuditHead(id=HEAD, seq=0, hash=GENESIS))
        head = straight(session, _LOCKED_HEAD, {}).one()
    return head.seq, head.hash


def latest(session: Session) -> datetime | None:
    """When the last entry was written, by the clock of whoever wrote it; None in an empty trail."""
    return session.scalar(select(AuditEntry.at).order_by(AuditEntry.seq.desc()).limit(1))


def as_record(entry: AuditEntry | Entry) -> dict[str, Any]:
    """The entry as plain values, in the order of the export's columns, hashes left out."""
    return {
        "seq": entry.seq,
        "at": entry.at.isoformat(),
        "actor": entry.actor,
        "action": entry.action,
        "subject": entry.subject,
        "app": entry.app,
        "person": entry.person,
        "data": entry.data,
    }


def link(entry: AuditEntry | Entry) -> str:
    """The hash that this entry must carry, given the one before (`entry.previous`)."""
    return hashlib.sha256((entry.previous + canonical(as_record(entry))).encode()).hexdigest()


@dataclass(frozen=True)
class Verdict:
    """What a verification found: how many entries were read, and the first fault's place and sentence."""

    entries: int
    head: str
    fault: str | None = None

    @property
    def whole(self) -> bool:
        return self.fault is None


@dataclass(frozen=True)
class Checkpoint:
    """Where the trail ended at a moment: the number of its last entry and that entry's hash."""

    at: str
    seq: int
    hash: str


def now_at(session: Session, at: datetime) -> Checkpoint:
    """Where the trail ends now, by its head."""
    head = session.get(AuditHead, HEAD)
    return Checkpoint(at.isoformat(), *((head.seq, head.hash) if head else (0, GENESIS)))


def verify(session: Session, points: Iterable[Checkpoint] = ()) -> Verdict:
    """Read the whole trail and hold every link against its entry. Stops at the first fault and names it."""
    verdict = follow(entries(session), points)
    head = session.get(AuditHead, HEAD)
    known = (head.seq, head.hash) if head else (0, GENESIS)
    if verdict.whole and known != (verdict.entries, verdict.head):
        fault = f"the trail ends at entry {verdict.entries}, but its head says {known[0]}: its end is missing"
        return replace(verdict, fault=fault)
    return verdict


def follow(chain: Iterable[Entry], points: Iterable[Checkpoint] = ()) -> Verdict:
    """Hold every link against its entry, and the entries against what is known from elsewhere of the trail.

    That shows what the links alone do not: a trail that lost its end, or was written anew as a whole.
    """
    signed: dict[int, list[Checkpoint]] = {}
    for point in points:
        signed.setdefault(point.seq, []).append(point)
    expected, previous, sure = 1, GENESIS, 0
    for entry in chain:
        here = signed.pop(entry.seq, [])
        if fault := _fault(entry, expected, previous) or _unlike(entry, here, sure):
            return Verdict(expected - 1, previous, fault)
        expected, previous, sure = expected + 1, entry.hash, entry.seq if here else sure
    signed.pop(0, None)  # made before the first entry
    return Verdict(expected - 1, previous, _cut(expected - 1, signed))


def _unlike(entry: Entry, points: Iterable[Checkpoint], sure: int) -> str | None:
    point = next((one for one in points if one.hash != entry.hash), None)
    if point is None:
        return None
    since = f"after entry {sure}, which is as it was" if sure else "from the beginning"
    return f"entry {entry.seq} is not what it was at {point.at}: the trail was written anew {since}"


def _cut(last: int, left: Mapping[int, list[Checkpoint]]) -> str | None:
    if not left:
        return None
    point = left[max(left)][0]
    return f"the trail ends at entry {last}, but at {point.at} it had entry {point.seq}: its end is missing"


def _fault(entry: Entry, expected: int, previous: str) -> str | None:
    if entry.seq != expected:
        return f"entry {expected} is missing (entry {entry.seq} comes next)"
    if entry.previous != previous:
        return f"entry {entry.seq} does not follow the entry before it"
    if entry.hash != link(entry):
        return f"entry {entry.seq} was changed"
    return None


def entries(
    session: Session,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    app: str | None = None,
    person: str | None = None,
) -> Iterator[Entry]:
    """The trail in order, read in pieces so that a million entries need no memory.

    Times are inclusive, UTC.
    """
    columns = [getattr(AuditEntry, name) for name in Entry._fields]
    statement = select(*columns).order_by(AuditEntry.seq).execution_options(yield_per=AT_ONCE)
    if since:
        statement = statement.where(AuditEntry.at >= since)
    if until:
        statement = statement.where(AuditEntry.at <= until)
    if app:
        statement = statement.where(AuditEntry.app == app)
    if person:
        statement = statement.where((AuditEntry.person == person) | (AuditEntry.actor == person))
    for rows in session.execute(statement).partitions():
        yield from map(Entry._make, rows)


def story_of(session: Session, subjects: list[str]) -> list[AuditEntry]:
    """Every entry about these subjects, in order: a request's whole timeline."""
    statement = select(AuditEntry).where(AuditEntry.subject.in_(subjects)).order_by(AuditEntry.seq)
    return list(session.scalars(statement))
