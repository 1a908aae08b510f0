"""`keyturn audit …`: prove the trail whole, and hand it to others."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated, TextIO, TypeVar

import typer
from sqlalchemy.orm import Session

from bot import periods
from bot.audit_files import WRITERS, Format, Selection, Write
from bot.commands.options import DEFAULT_CONFIG, ConfigFile, configured
from bot.database import explained, opened
from bot.failure import Failure
from bot.output import destination, writing
from bot.words import counted
from models import audit
from models.audit import Verdict

T = TypeVar("T")

READERS = {"--since": periods.since, "--until": periods.until}
WHEN = "A day (2026-03-31) or a moment (2026-03-31T09:00, UTC unless it says otherwise)."

Kind = Annotated[Format, typer.Option("--format", help="JSON Lines with hashes to verify, or a table.")]
Since = Annotated[str | None, typer.Option(metavar="TIME", help=f"Not before. {WHEN}")]
Until = Annotated[str | None, typer.Option(metavar="TIME", help="Not after; a day counts to its end.")]
AppKey = Annotated[str | None, typer.Option("--app", metavar="KEY", help="Only about this app.")]
Whom = Annotated[
    str | None,
    typer.Option("--person", metavar="ID", help="Only by or about this person; an e-mail address will do."),
]
Output = Annotated[Path | None, typer.Option(metavar="FILE", help="Where to; left out: standard output.")]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    group = typer.Typer(help="The audit trail.", no_args_is_help=True)
    group.command("verify")(verify)
    group.command("export")(export)
    app.add_typer(group, name="audit")


def verify(config: ConfigFile = DEFAULT_CONFIG) -> None:
    """Prove that no entry of the trail was changed, added, taken out or moved."""
    url = configured(config).database.url.get_secret_value()
    with explained(url):
        verdict = asyncio.run(_read(url, audit.verify))
    if verdict.fault:
        raise Failure(_broken(verdict))
    typer.echo(f"{_entries(verdict.entries)}, whole, ends at {verdict.head}")


def export(
    config: ConfigFile = DEFAULT_CONFIG,
    kind: Kind = Format.JSONL,
    since: Since = None,
    until: Until = None,
    app: AppKey = None,
    person: Whom = None,
    output: Output = None,
) -> None:
    """Write the trail out, oldest entry first, times in UTC.

    In JSON Lines, an entry's hash is the SHA-256 of its "previous" followed by the line's JSON without
    "previous" and "hash", keys sorted, no spaces: a whole export can be verified without Keyturn.
    """
    selection = Selection(*_period(since, until), app, person)
    url = configured(config).database.url.get_secret_value()
    with destination(output) as file, explained(url):
        count = asyncio.run(_read(url, lambda session: _write(session, selection, WRITERS[kind], file)))
    if output:
        typer.echo(f"{_entries(count)} in {output}")


def _period(since: str | None, until: str | None) -> tuple[datetime | None, datetime | None]:
    first, last = _moment("--since", since), _moment("--until", until)
    if first and last and last < first:
        raise typer.BadParameter("it lies before --since, so nothing is in between", param_hint="--until")
    return first, last


def _moment(option: str, text: str | None) -> datetime | None:
    """The moment that is meant. Raises BadParameter with what would be right."""
    try:
        return None if text is None else READERS[option](text)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint=option) from None


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
    whole = f" {_entries(verdict.entries)} before that: whole." if verdict.entries else ""
    return f"The audit trail is not whole: {verdict.fault}.{whole}"


def _entries(number: int) -> str:
    return counted(number, "entry", "entries")
