"""The audit trail as files: JSON Lines for programs, CSV for spreadsheets."""

import csv
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TextIO

from sqlalchemy.orm import Session

from bot.failure import Failure
from models import audit
from models.audit import Entry, as_record, canonical
from models.registry.directory import Directory

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet takes for the beginning of a formula. https://owasp.org/www-community/attacks/CSV_Injection"""

Write = Callable[[Iterable[Entry], TextIO], int]


@dataclass(frozen=True)
class Selection:
    """Which entries: in a time (both ends included), about an app, by or about a person. None: any."""

    since: datetime | None = None
    until: datetime | None = None
    app: str | None = None
    person: str | None = None
    """An id, or an e-mail address that the tables know."""

    def entries(self, session: Session) -> Iterator[Entry]:
        """The entries, oldest first. Raises Failure for an address that nobody has."""
        person = self.person and _id_of(session, self.person)
        return audit.entries(session, since=self.since, until=self.until, app=self.app, person=person)


def write_jsonl(entries: Iterable[Entry], file: TextIO) -> int:
    """Write each entry as one line of JSON, `previous` and `hash` with it; returns how many.

    An entry's `hash` is the SHA-256 of its `previous` and the line's JSON without these two, keys sorted,
    no spaces, UTF-8: so the chain can be checked without Keyturn.
    """
    count = 0
    for count, entry in enumerate(entries, start=1):  # noqa: B007 - the last one is how many there were
        file.write(canonical(_whole(entry)) + "\n")
    return count


def write_csv(entries: Iterable[Entry], file: TextIO) -> int:
    """Write a table with a heading, `data` as JSON in its cell; returns how many entries. See RFC 4180."""
    table, count = csv.writer(file), 0
    table.writerow(Entry._fields)
    for count, entry in enumerate(entries, start=1):  # noqa: B007 - the last one is how many there were
        table.writerow([harmless(_cell(value)) for value in _whole(entry).values()])
    return count


def read_jsonl(lines: Iterable[str]) -> Iterator[Entry]:
    """The entries of an export in JSON Lines. Raises Failure with the line that is none."""
    for number, line in enumerate(lines, start=1):
        entry = _read(line)
        if entry is None:
            raise Failure(f"Line {number} of the export is no entry of an audit trail.")
        yield entry


def _read(line: str) -> Entry | None:
    """The entry that was written as exactly this line, or None."""
    try:
        told = json.loads(line)
        entry = Entry(**told | {"at": datetime.fromisoformat(told["at"])})
        audit.link(entry)
        return entry if canonical(_whole(entry)) == canonical(told) else None
    except (ValueError, TypeError, KeyError, RecursionError):
        return None


WRITERS: dict[str, Write] = {"jsonl": write_jsonl, "csv": write_csv}


def harmless(cell: str) -> str:
    """The text as a spreadsheet shows it and never runs it: with ' before what would begin a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def _whole(entry: Entry) -> dict[str, Any]:
    return as_record(entry) | {"previous": entry.previous, "hash": entry.hash}


def _cell(value: Any) -> str:
    return canonical(value) if isinstance(value, dict) else str(value)


def _id_of(session: Session, named: str) -> str:
    if "@" not in named:
        return named
    person = Directory(session).by_email(named)
    if person is None:
        raise Failure(f"Nobody with the address {named} is known here. Slack's member id will do as well.")
    return person.id
