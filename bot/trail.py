"""The audit trail, read from the database for the command line."""

from collections.abc import Callable
from pathlib import Path
from typing import TextIO, TypeVar

from sqlalchemy.orm import Session

from bot.audit_files import WRITERS, Selection, Write
from bot.database import explained, opened
from bot.failure import Failure
from bot.output import destination, writing
from bot.words import counted
from models import audit
from models.audit import Verdict

T = TypeVar("T")


async def verify(url: str) -> str:
    """The good news about the whole trail. Raises Failure that names the entry where it is not whole."""
    verdict = await _read(url, audit.verify)
    if verdict.fault:
        raise Failure(_broken(verdict))
    return f"{said(verdict.entries)}, whole, ends at {verdict.head}"


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
