"""Read the trail: entries with their words, and lines for an export."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple, Protocol, TypeVar

from sqlalchemy import ColumnElement, Select, Text, bindparam, func, literal_column, or_, select
from sqlalchemy import case as case_when

from models.audit.chain import fields, put_back
from models.audit.lines import EXPORTED, MEMBER, joined_texts
from models.statements import Reader, among
from models.tables.audit import AuditEntry, AuditText
from models.tables.base import Json

AT_ONCE = 500
"""How many entries are read in one statement: enough to be quick, and of no weight in memory."""
BEFORE_ALL = -(2**63)
"""Before every number that an entry could have; one that is not counted from 1 is read, and found out."""
AFTER_ALL = 2**63 - 1


class Entry(NamedTuple):
    """An entry as it is read: its words are in its data, or `ERASED` stands there."""

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
    """An entry, of whatever class."""

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


_COLUMNS = [AuditEntry.__table__.c[name] for name in Entry._fields]
_STORY = select(*_COLUMNS).where(among(AuditEntry.subject, "subjects")).order_by(AuditEntry.seq)
_LATEST = select(AuditEntry.at).order_by(AuditEntry.seq.desc()).limit(1)
_WORDS_OF = select(AuditText.seq, AuditText.field, AuditText.text).where(among(AuditText.seq, "entries"))
_CONDITIONS: dict[str, ColumnElement[bool]] = {
    "since": AuditEntry.at >= bindparam("since"),
    "until": AuditEntry.at <= bindparam("until"),
    "app": AuditEntry.app == bindparam("app"),
    "person": or_(AuditEntry.person == bindparam("person"), AuditEntry.actor == bindparam("person")),
}


def as_record(entry: _Row) -> Json:
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


def latest(case: Reader) -> datetime | None:
    """When the last entry was written, by the clock of whoever wrote it; None in an empty trail."""
    return next(iter(case.read(_LATEST)), None)


def story_of(case: Reader, subjects: Sequence[str]) -> list[Entry]:
    """Every entry about these subjects, in order: a request's whole timeline."""
    return joined(case, map(Entry._make, case.read(_STORY, subjects=list(subjects))))


def entries(
    case: Reader,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    app: str | None = None,
    person: str | None = None,
) -> Iterator[Entry]:
    """The trail in order, read in pieces so that ten million entries need no memory.

    Times are inclusive, UTC; `person` is by or about them.
    """
    wanted = _wanted(since, until, app, person)
    for rows in _pieces(case, _entries(frozenset(wanted)), wanted):
        yield from joined(case, map(Entry._make, rows))


def exported(
    case: Reader,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    app: str | None = None,
    person: str | None = None,
) -> Iterator[tuple[int, str]]:
    """The same as lines of JSON: how many entries were read at once, and their lines as one text.

    See `lines.EXPORTED`. The words of an entry, unless erased, are its `texts`: by field, salt and text.
    """
    wanted = _wanted(since, until, app, person)
    names, after, last = frozenset(wanted), BEFORE_ALL, BEFORE_ALL
    while last < AFTER_ALL:
        last = next(iter(case.read(_end_of_piece(names), after=after, **wanted)), AFTER_ALL)
        ((count, lines),) = case.read(_lines(names), after=after, last=last, **wanted)
        if count:
            yield count, lines
        after = last


_R = TypeVar("_R", bound=Entry | AuditEntry)


def joined(case: Reader, rows: Iterable[_R]) -> list[_R]:
    """These entries with their words in their data."""
    read = list(rows)
    apart = {row.seq for row in read if next(fields(row.data), None) is not None}
    if not apart:
        return read
    words: dict[int, dict[str, str]] = {}
    for seq, field, text in case.read(_WORDS_OF, entries=sorted(apart)):
        words.setdefault(seq, {})[field] = text
    return [
        row._replace(data=put_back(row.data, words.get(row.seq, {}))) if row.seq in apart else row  # type: ignore[union-attr,misc]
        for row in read
    ]


def _wanted(since: datetime | None, until: datetime | None, app: str | None, person: str | None) -> Json:
    given = {"since": since, "until": until, "app": app, "person": person}
    return {name: value for name, value in given.items() if value}


def _pieces(case: Reader, statement: Select[Any], wanted: Json) -> Iterator[list[Any]]:
    """What a statement reads, in pieces; its first column is the entry's number."""
    after = BEFORE_ALL
    while rows := case.read(statement, after=after, **wanted):
        yield rows
        after = rows[-1][0]


@cache
def _entries(names: frozenset[str]) -> Select[Any]:
    after = AuditEntry.seq > bindparam("after")
    return select(*_COLUMNS).where(after, *_conditions(names)).order_by(AuditEntry.seq).limit(AT_ONCE)


@cache
def _end_of_piece(names: frozenset[str]) -> Select[Any]:
    """The number of the last entry of the next piece; none where so many are not left."""
    after = AuditEntry.seq > bindparam("after")
    number = select(AuditEntry.seq).where(after, *_conditions(names)).order_by(AuditEntry.seq)
    return number.limit(1).offset(AT_ONCE - 1)


@cache
def _lines(names: frozenset[str]) -> Select[Any]:
    """How many entries a piece has, and their lines, each with its words, as one text."""
    numbers = select(AuditEntry.seq).where(*_between(AuditEntry.seq), *_conditions(names))
    mine = _between(AuditText.seq) if not names else (AuditText.seq.in_(numbers),)
    members = joined_texts(MEMBER, ",", AuditText.__table__.c.field).label("members")
    words = select(AuditText.seq, members).where(*mine).group_by(AuditText.seq).subquery("words")
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
