"""The catalogue to and from a TOML file: read, compared, asked about, and taken in whole or not at all."""

import sys
from collections.abc import Sequence
from pathlib import Path

import typer

from bot import trying
from bot.connectors import registry
from bot.database import NoSchema, opened, upgrade
from bot.difference import Difference, compare, from_nothing
from bot.failure import Failure
from bot.words import counted
from models.catalogue.file.read import Catalogue, CatalogueError, dump, load
from models.lifecycle.catalogue import propose_change
from models.lifecycle.grant import end_dates
from models.lifecycle.people import open_requests
from models.lifecycle.request.cancel import cancel_unoffered
from models.registry import apps, catalogue_entries
from models.store.outcome import Outcome

OPERATOR = "operator"
"""The actor in the audit trail of what is done on the command line."""


def read(file: Path) -> Catalogue:
    """The catalogue in a file. Raises Failure with every problem, each with file and line."""
    types = registry.known()
    try:
        text = file.read_text(encoding="utf-8")
        return load(text, str(file), lambda connector: registry.check(connector, types))
    except OSError as error:
        raise Failure(f"{file}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise Failure(f"{file}: is not text in UTF-8") from error
    except CatalogueError as error:
        raise Failure(str(error)) from error


async def dry_run(url: str, file: Path, catalogue: Catalogue) -> None:
    """Show what an import would change. Writes nothing, not even the schema."""
    try:
        async with opened(url) as store:
            found = await store.read(lambda case: compare(case, catalogue))
    except NoSchema:
        found = from_nothing(catalogue)
    await _show(found, url, file, catalogue)
    if found.changes:
        typer.echo("Nothing is imported: this was a dry run.")


async def take_in(url: str, file: Path, catalogue: Catalogue, *, yes: bool) -> None:
    """Show what changes, ask (unless `yes`), and make the catalogue be this one.

    Raises Failure, with every example of the policies that is not met, or where nobody agreed.
    """
    await upgrade(url)
    async with opened(url) as store:
        found = await store.read(lambda case: compare(case, catalogue))
        await _show(found, url, file, catalogue)
        if found.changes:
            _agree(file, catalogue, yes)
            await store.run(_replace, found.revision, catalogue, [str(one) for one in found.changes])
            typer.echo(f"Imported. The catalogue has {counted(len(catalogue.apps), 'app')} now.")


async def give_out(url: str) -> str:
    """The catalogue as TOML."""
    async with opened(url) as store:
        return await store.read(lambda case: dump(apps.all_apps(case), catalogue_entries.all_parts(case)))


async def _show(found: Difference, url: str, file: Path, catalogue: Catalogue) -> None:
    """Show what changes and what is worth a second look; raises Failure where an example is not met."""
    if not found.changes:
        typer.echo(f"No changes: the catalogue is what {file} says.")
    for line in found.lines:
        typer.secho(line.text, fg=line.colour)
    tried = await trying.filed(url, catalogue)
    for note in (*catalogue.notes, *tried.short):
        typer.echo(f"Note: {note}")
    trying.refuse_broken(tried.ran, file, catalogue)


def _agree(file: Path, catalogue: Catalogue, yes: bool) -> None:
    """Ask, where there is somebody to ask. Raises Failure where nothing is to be imported."""
    if yes:
        return
    if sys.stdin.isatty():
        if not typer.confirm("Import these changes?", err=True):
            raise Failure("Nothing was imported.")
    elif not catalogue.apps:
        raise Failure(f"{file} has no app in it, so all would be removed. If that is meant, say --yes.")


def put_in(out: Outcome, catalogue: Catalogue) -> None:
    """Make the catalogue be this one."""
    before = open_requests.managers_of_pending(out.case)
    apps.replace_apps(out, list(catalogue.apps), OPERATOR)
    catalogue_entries.replace_entries(out, catalogue.parts, OPERATOR)
    end_dates.limit_contractors(out)
    open_requests.enqueue_manager_changes(out, before)


def _replace(out: Outcome, revision: int, catalogue: Catalogue, words: Sequence[str]) -> None:
    """Make the catalogue be this one, if it is still the one that the difference was shown for."""
    if apps.lock_catalogue(out) != revision:
        raise Failure("Somebody changed the catalogue in the meantime. Nothing was imported: try again.")
    take_in_now(out, catalogue, words)


def take_in_now(out: Outcome, catalogue: Catalogue, words: Sequence[str]) -> None:
    """Make the catalogue be this one, and bring what depends on it up to date; `words` say what changes.

    Where two people are needed for a change, every admin is told: whoever has this command line has the
    database too, so that it could not be kept from them, but it can be seen.
    """
    two = propose_change.needs_second_admin(out.case)
    put_in(out, catalogue)
    if two:
        propose_change.record_import(out, words, OPERATOR)
    propose_change.mark_superseded(out)
    cancel_unoffered(out, OPERATOR)
