"""Tables of the audit trail: its entries, its head, and the words that are kept beside it."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Dialect, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from models.tables.base import Base, Json, encode_with

HEAD = 1
"""The id of the only row of `AuditHead`."""

canonical = encode_with(json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False))
"""Encode plain values as canonical JSON: keys sorted, no spaces, UTF-8."""

quote: Callable[[str], str] = json.encoder.encode_basestring
"""What `canonical` makes of a string, in a tenth of the time."""


class CanonicalJson(TypeDecorator[Json]):
    """JSON that is stored as its canonical text, since digests are of the text.

    A text is stored as it is: it is encoded already.
    """

    impl = Text
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        return lambda value: value if value is None or isinstance(value, str) else canonical(value)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any] | None:
        return lambda value: value if value is None else json.loads(value)


class AuditEntry(Base):
    """One audit entry: who did what to which thing, when and why."""

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
    data: Mapped[Json] = mapped_column(CanonicalJson)
    """What else belongs to it; a digest where `AuditText` has the words."""
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))

    __table_args__ = (
        Index("ix_audit_entries_subject", "subject", "seq"),
        Index("ix_audit_entries_app", "app", "seq"),
        Index("ix_audit_entries_person", "person", "seq"),
    )


class AuditText(Base):
    """Words of an entry, kept beside the chain so that they can be erased."""

    __tablename__ = "audit_texts"

    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    field: Mapped[str] = mapped_column(String(200), primary_key=True)
    """Where it belongs in the entry's data: "reason", "approvers/U0123"."""
    kind: Mapped[str] = mapped_column(String(16))
    """Which retention holds for it; see `models.audit.chain`."""
    salt: Mapped[str] = mapped_column(String(32))
    text: Mapped[str] = mapped_column(Text)
    """As canonical JSON."""

    __table_args__ = (Index("ix_audit_texts_kind", "kind", "seq"),)


class AuditHead(Base):
    """The chain's last link, in one row, which writers of the trail lock."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[str] = mapped_column(String(64))
