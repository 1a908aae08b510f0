"""The audit trail as files: JSON Lines for programs, CSV for spreadsheets."""

import csv
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, TextIO

from bot.errors import Failure
from models import audit
from models.audit import Batch, EntryText, Link, TrailEntry, canonical, hashed_fields
from models.registry.directory import Directory
from models.store.case import Case

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet takes for the beginning of a formula. https://owasp.org/www-community/attacks/CSV_Injection"""
BATCH = 1000
"""So many lines of an export are verified at once."""


@dataclass(frozen=True)
class Selection:
    """Which entries: in a time (both ends included), about an app, by or about a person. None: any."""

    since: datetime | None = None
    until: datetime | None = None
    app: str | None = None
    person: str | None = None
    """An id, or an e-mail address that the tables know."""

    def entries(self, case: Case) -> Iterator[TrailEntry]:
        """The entries, oldest first.

        Raises:
            Failure: Nobody has the address.
        """
        return audit.entries(case, **self._filters(case))

    def lines(self, case: Case) -> Iterator[tuple[int, str]]:
        """The entries as lines of JSON, many in one text, with their number.

        Raises:
            Failure: Nobody has the address.
        """
        return audit.export_lines(case, **self._filters(case))

    def _filters(self, case: Case) -> dict[str, Any]:
        return vars(self) | {"person": self.person and person_id_of(case, self.person)}


Write = Callable[[Case, Selection, TextIO], int]


def write_jsonl(case: Case, selection: Selection, file: TextIO) -> int:
    """Write each entry as one line of JSON, `previous` and `hash` with it; returns how many.

    An entry's `hash` is the SHA-256 of its `previous` and the line's JSON without these two and `texts`, keys
    sorted, no spaces, UTF-8: so the chain can be checked without Keyturn. `texts` has the words that stand
    beside the chain, by field: the digest in the data is the SHA-256 of the text's salt, the field, and the
    text as JSON, with line feeds between.
    """
    count = 0
    for number, lines in selection.lines(case):
        file.write(lines)
        file.write("\n")
        count += number
    return count


def write_csv(case: Case, selection: Selection, file: TextIO) -> int:
    """Write a table with a heading, `data` as JSON in its cell; returns how many entries. See RFC 4180."""
    return write_table(selection.entries(case), file)


def write_table(entries: Iterable[TrailEntry], file: TextIO) -> int:
    """The table of these entries."""
    table, count = csv.writer(file), 0
    table.writerow(TrailEntry._fields)
    for count, entry in enumerate(entries, start=1):  # noqa: B007 - the last one is how many there were
        table.writerow([escape_formula(_cell(value)) for value in _with_hashes(entry).values()])
    return count


def read_jsonl(lines: Iterable[str]) -> Iterator[Batch]:
    """The entries of an export in JSON Lines, to be verified.

    Raises:
        Failure: A line is no audit entry; names it.
    """
    numbered = enumerate(lines, start=1)
    while batch := list(islice(numbered, BATCH)):
        links, words = list[Link](), list[EntryText]()
        for number, line in batch:
            link, texts = _parse_line(line) or (None, [])
            if link is None:
                raise Failure(f"Line {number} of the export isn't an audit entry.")
            links.append(link)
            words += texts
        yield Batch(links, words)


def _parse_line(line: str) -> tuple[Link, list[EntryText]] | None:
    """The entry that was written as exactly this line, with its texts; None for any other line."""
    try:
        parsed = json.loads(line)
        texts = parsed.pop("texts", {})
        entry = TrailEntry(**parsed | {"at": datetime.fromisoformat(parsed["at"])})
        if canonical(_with_hashes(entry)) != canonical(parsed):
            return None
        link = (entry.seq, entry.previous, entry.hash, entry.previous + canonical(hashed_fields(entry)))
        words = [
            EntryText(entry.seq, field, "", text["salt"], canonical(text["text"]))
            for field, text in texts.items()
        ]
        "".join([*link[1:], *(part for each in words for part in each[1:])]).encode()
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    return link, words


WRITERS: dict[str, Write] = {"jsonl": write_jsonl, "csv": write_csv}


def escape_formula(cell: str) -> str:
    """The text as a spreadsheet shows it and never runs it: with ' before the start of a formula."""
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell


def _with_hashes(entry: TrailEntry) -> dict[str, Any]:
    return hashed_fields(entry) | {"previous": entry.previous, "hash": entry.hash}


def _cell(value: Any) -> str:
    return canonical(value) if isinstance(value, dict) else str(value)


def person_id_of(case: Case, id_or_address: str) -> str:
    """The id of the person whom an id or e-mail address names.

    Raises:
        Failure: Nobody has the address.
    """
    if "@" not in id_or_address:
        return id_or_address
    person = Directory(case).by_email(id_or_address)
    if person is None:
        raise Failure(f"Nobody here has the address {id_or_address}. You can also use a Slack member ID.")
    return person.id
