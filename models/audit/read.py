"""Read the trail: entries with their words, and lines for an export."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple, Protocol, TypeVar

from sqlalchemy import ColumnElement, Select, Text, bindparam, func, literal_column, or_, select
from sqlalchemy import case as case_when

from models.audit.canonical_lines import EXPORTED, MEMBER, joined_texts
from models.audit.chain import restore_texts, text_fields
from models.statements import Reader, among
from models.tables.audit import AuditEntry, AuditText
from models.tables.base import Json

BATCH_SIZE = 500
"""How many entries one statement reads: enough to be quick, few enough to need little memory."""
BEFORE_ALL = -(2**63)
"""Below every number that an entry can have, so that a forged one below 1 is read too, and detected."""
AFTER_ALL = 2**63 - 1


class TrailEntry(NamedTuple):
    """An entry as it is read: its texts are in its data, or `ERASED` in their place."""

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


class _Row(Protocol):
    """An entry: the table's row or a `TrailEntry`."""

    @property
    def seq(self) -> Any: ...
    @property
    def at(self) -> Any: ...
    @property
    def actor(self) -> Any: ...
    @property
    def action(self) -> Any: ...
    @property
    def subject(self) -> Any: ...
    @property
    def app(self) -> Any: ...
    @property
    def person(self) -> Any: ...
    @property
    def data(self) -> Any: ...


_COLUMNS = [AuditEntry.__table__.c[name] for name in TrailEntry._fields]
_STORY = select(*_COLUMNS).where(among(AuditEntry.subject, "subjects")).order_by(AuditEntry.seq)
_LATEST = select(AuditEntry.at).order_by(AuditEntry.seq.desc()).limit(1)
_TEXTS_OF = select(AuditText.seq, AuditText.field, AuditText.text).where(among(AuditText.seq, "entries"))
_CONDITIONS: dict[str, ColumnElement[bool]] = {
    "since": AuditEntry.at >= bindparam("since"),
    "until": AuditEntry.at <= bindparam("until"),
    "app": AuditEntry.app == bindparam("app"),
    "person": or_(AuditEntry.person == bindparam("person"), AuditEntry.actor == bindparam("person")),
}


def hashed_fields(entry: _Row) -> Json:
    """What the entry's hash covers, as plain values in the order of an export's columns."""
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


def latest_time(case: Reader) -> datetime | None:
    """The time of the last entry, by the clock of the process that wrote it; None in an empty trail."""
    return next(iter(case.read(_LATEST)), None)


def entries_about(case: Reader, subjects: Sequence[str]) -> list[TrailEntry]:
    """All entries about these subjects, in order: a request's timeline."""
    return with_texts(case, map(TrailEntry._make, case.read(_STORY, subjects=list(subjects))))


def entries(
    case: Reader,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    app: str | None = None,
    person: str | None = None,
) -> Iterator[TrailEntry]:
    """The trail in order, read in batches so that ten million entries need little memory.

    Times are inclusive, in UTC; `person`: entries by or about them.
    """
    filters = _filters(since, until, app, person)
    statement, after = _entries(frozenset(filters)), BEFORE_ALL
    while rows := case.read(statement, after=after, **filters):
        yield from with_texts(case, map(TrailEntry._make, rows))
        after = rows[-1][0]


def export_lines(
    case: Reader,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    app: str | None = None,
    person: str | None = None,
) -> Iterator[tuple[int, str]]:
    """The same entries as lines of JSON, in batches: how many entries, and their lines as one text.

    Each line is `canonical_lines.EXPORTED`, with the texts that were not erased as `texts`: by field, salt
    and text.
    """
    filters = _filters(since, until, app, person)
    names, after, last = frozenset(filters), BEFORE_ALL, BEFORE_ALL
    while last < AFTER_ALL:
        last = next(iter(case.read(_batch_end(names), after=after, **filters)), AFTER_ALL)
        ((count, lines),) = case.read(_lines(names), after=after, last=last, **filters)
        if count:
            yield count, lines
        after = last


_R = TypeVar("_R", bound=TrailEntry | AuditEntry)


def with_texts(case: Reader, rows: Iterable[_R]) -> list[_R]:
    """The entries with their texts in their data."""
    entries_read = list(rows)
    with_digests = {row.seq for row in entries_read if next(text_fields(row.data), None) is not None}
    if not with_digests:
        return entries_read
    texts: dict[int, dict[str, str]] = {}
    for seq, field, text in case.read(_TEXTS_OF, entries=sorted(with_digests)):
        texts.setdefault(seq, {})[field] = text
    return [
        row._replace(data=restore_texts(row.data, texts.get(row.seq, {}))) if row.seq in with_digests else row  # type: ignore[union-attr,misc]
        for row in entries_read
    ]


def _filters(since: datetime | None, until: datetime | None, app: str | None, person: str | None) -> Json:
    filters = {"since": since, "until": until, "app": app, "person": person}
    return {name: value for name, value in filters.items() if value}


@cache
def _entries(names: frozenset[str]) -> Select[Any]:
    after = AuditEntry.seq > bindparam("after")
    return select(*_COLUMNS).where(after, *_conditions(names)).order_by(AuditEntry.seq).limit(BATCH_SIZE)


@cache
def _batch_end(names: frozenset[str]) -> Select[Any]:
    """The number of the last entry of the next batch; none where fewer entries are left."""
    after = AuditEntry.seq > bindparam("after")
    number = select(AuditEntry.seq).where(after, *_conditions(names)).order_by(AuditEntry.seq)
    return number.limit(1).offset(BATCH_SIZE - 1)


@cache
def _lines(names: frozenset[str]) -> Select[Any]:
    """How many entries a batch has, and their lines, each with its texts, as one text."""
    numbers = select(AuditEntry.seq).where(*_between(AuditEntry.seq), *_conditions(names))
    in_batch = _between(AuditText.seq) if not names else (AuditText.seq.in_(numbers),)
    members = joined_texts(MEMBER, ",", AuditText.__table__.c.field).label("members")
    words = select(AuditText.seq, members).where(*in_batch).group_by(AuditText.seq).subquery("words")
    without_brace = func.rtrim(EXPORTED, literal_column("'}'"), type_=Text)
    with_words = without_brace + literal_column("',\"texts\":{'") + words.c.members + literal_column("'}}'")
    line = case_when((words.c.members.is_(None), EXPORTED), else_=with_words).label("line")
    lines = (
        select(AuditEntry.seq, line)
        .outerjoin(words, words.c.seq == AuditEntry.seq)
        .where(*_between(AuditEntry.seq), *_conditions(names))
        .order_by(AuditEntry.seq)
        .subquery("lines")
    )
    return select(func.count(), joined_texts(lines.c.line, "\n", lines.c.seq)).select_from(lines)


def _between(number: Any) -> tuple[ColumnElement[bool], ...]:
    return number > bindparam("after"), number <= bindparam("last")


def _conditions(names: frozenset[str]) -> list[ColumnElement[bool]]:
    return [_CONDITIONS[name] for name in sorted(names)]
