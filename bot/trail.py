"""The audit trail, read from the database for the command line."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TextIO, TypeVar

from sqlalchemy.orm import Session

from bot.audit_files import WRITERS, Selection, Write, read_jsonl
from bot.database import explained, opened
from bot.failure import Failure
from bot.output import destination, writing
from bot.words import counted
from models import audit
from models.audit import Checkpoint, Verdict

T = TypeVar("T")


async def verify(url: str, points: Sequence[Checkpoint] = ()) -> str:
    """The good news about the whole trail. Raises Failure that names the entry where it is not whole."""
    return _told(await _read(url, lambda session: audit.verify(session, points)), points)


def verify_export(file: Path, points: Sequence[Checkpoint] = ()) -> str:
    """The same of a whole export in JSON Lines, which needs no database. Raises Failure."""
    try:
        with file.open(encoding="utf-8") as lines:
            return _told(audit.follow(read_jsonl(lines), points), points)
    except OSError as error:
        raise Failure(f"{file} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError:
        raise Failure(f"{file} is not text in UTF-8.") from None


async def end(url: str, at: datetime) -> Checkpoint:
    """Where the trail ends now."""
    return await _read(url, lambda session: audit.now_at(session, at))


def _told(verdict: Verdict, points: Sequence[Checkpoint]) -> str:
    if verdict.fault:
        raise Failure(_broken(verdict))
    checked = f", as {counted(len(points), 'checkpoint says', 'checkpoints say')}" if points else ""
    return f"{said(verdict.entries)}, whole{checked}, ends at {verdict.head}"


async def export(url: str, selection: Selection, form: str, output: Path | None) -> int:
    """Write the entries to a file (None: standard output) in a form of WRITERS; returns how many."""
    with destination(output) as file, explained(url):
        return await _read(url, lambda session: _write(session, selection, WRITERS[form], file))


def said(entries: int) -> str:
    """A number of entries in words."""
    return counted(entries, "entry", "entries")


async def _read(url: str, work: Callable[[Session], T]) -> T:
    async with opened(url) as store:
        return await store.read(work)


def _write(session: Session, selection: Selection, write: Write, file: TextIO) -> int:
    entries = selection.entries(session)
    with writing():
        count = write(entries, file)
        file.flush()
    return count


def _broken(verdict: Verdict) -> str:
    whole = f" {said(verdict.entries)} before that: whole." if verdict.entries else ""
    return f"The audit trail is not whole: {verdict.fault}.{whole}"
