"""Import and export the catalogue as a TOML file: compare, confirm, and replace it whole or not at all."""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import typer

from bot.catalogue import policy_examples
from bot.catalogue.diff import SHOWN, CatalogueDiff, diff_with_nothing, diff_with_stored
from bot.connectors import registry
from bot.database.connection import NoSchema, open_database, upgrade
from bot.errors import Failure
from bot.plural import listing, plural
from bot.progress import progress
from models.catalogue.file.read import Catalogue, CatalogueError, dump, load
from models.lifecycle.catalogue import propose_change
from models.lifecycle.grant import end_dates
from models.lifecycle.people import open_requests
from models.lifecycle.request.cancel import cancel_unoffered
from models.registry import apps, catalogue_entries
from models.store.outcome import OPERATOR, Outcome


def read(file: Path) -> Catalogue:
    """The catalogue in a file.

    Raises:
        Failure: The file cannot be read or is not valid; with every problem, each with file and line.
    """
    types = registry.load_types()
    try:
        text = file.read_text(encoding="utf-8-sig")  # editors on Windows put a byte order mark before it
        return load(text, str(file), lambda connector: registry.check(connector, types))
    except OSError as error:
        raise Failure(f"{file}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise Failure(f"{file}: is not text in UTF-8") from error
    except CatalogueError as error:
        raise Failure(str(error)) from error


@dataclass(frozen=True)
class Consent:
    """What an import may do without asking, and what the audit trail says of where it comes from."""

    yes: bool = False
    digest: str | None = None
    """Only the plan with this digest is applied, and that without asking."""
    source: Mapping[str, str] = field(default_factory=dict)
    """Who, from which commit, by which pull request: recorded with each change."""


async def plan(url: str, file: Path, catalogue: Catalogue, *, as_json: bool) -> bool:
    """Print what an import would change, with the digest to apply just that; returns whether there is any.

    Raises:
        Failure: An example of the policies is not met.
    """
    difference, run = await _compare(url, catalogue), await policy_examples.run_file(url, catalogue)
    if as_json:
        policy_examples.raise_for_failed(run.results, file, catalogue)
        notes = [*catalogue.notes, *run.stage_shortages]
        typer.echo(json.dumps(difference.as_json() | {"notes": notes}, indent=1, ensure_ascii=False))
    else:
        await _show_changes(difference, url, file, catalogue)
        if difference.changes:
            typer.echo(f"Plan {difference.digest}\nNothing was imported. --expect and this digest apply it.")
    return bool(difference.changes)


async def dry_run(url: str, file: Path, catalogue: Catalogue) -> None:
    """Show what an import would change. Writes nothing, not even the schema."""
    difference = await _compare(url, catalogue)
    await _show_changes(difference, url, file, catalogue)
    if difference.changes:
        typer.echo("Dry run: nothing was imported.")


async def import_catalogue(url: str, file: Path, catalogue: Catalogue, consent: Consent) -> None:
    """Show what changes, ask where there is somebody to ask, and replace the catalogue.

    Raises:
        Failure: An example of the policies is not met, the answer is no, the plan is another one, or
            something would be removed that nobody agreed to.
    """
    await upgrade(url)
    async with open_database(url) as store:
        with progress("Comparing"):
            difference = await store.read(lambda case: diff_with_stored(case, catalogue))
        await _show_changes(difference, url, file, catalogue)
        if difference.changes:
            _confirm(difference, consent)
            changes = [str(change) for change in difference.changes]
            with progress("Importing"):
                await store.run(_import_if_unchanged, difference.revision, catalogue, changes, consent.source)
            typer.echo(f"Imported. The catalogue has {plural(len(catalogue.apps), 'app')} now.")


async def _compare(url: str, catalogue: Catalogue) -> CatalogueDiff:
    """The difference with what is stored, or with nothing where there is no database yet."""
    try:
        async with open_database(url) as store:
            return await store.read(lambda case: diff_with_stored(case, catalogue))
    except NoSchema:
        return diff_with_nothing(catalogue)


async def export_catalogue(url: str) -> str:
    """The catalogue as TOML."""
    async with open_database(url) as store:
        return await store.read(lambda case: dump(apps.all_apps(case), catalogue_entries.all_parts(case)))


async def _show_changes(difference: CatalogueDiff, url: str, file: Path, catalogue: Catalogue) -> None:
    """Show what changes and what is worth a second look.

    Raises:
        Failure: An example is not met.
    """
    if not difference.changes:
        typer.echo(f"No changes: the catalogue already matches {file}.")
    for line in difference.lines:
        typer.secho(line.text, fg=line.colour)
    with progress("Running the examples of the policies"):
        run = await policy_examples.run_file(url, catalogue)
    for note in (*catalogue.notes, *run.stage_shortages):
        typer.echo(f"Note: {note}")
    policy_examples.raise_for_failed(run.results, file, catalogue)


def _confirm(difference: CatalogueDiff, consent: Consent) -> None:
    """Ask, where there is somebody to ask.

    Raises:
        Failure: Nothing is to be imported.
    """
    if consent.digest is not None:
        if consent.digest.lower() != difference.digest:
            raise Failure(
                f"This is not the plan that was expected: its digest is {difference.digest}. Nothing was "
                "imported. The catalogue or the file has changed since; look at a new --plan."
            )
    elif consent.yes:
        return
    elif sys.stdin.isatty():
        if not typer.confirm("Import these changes?", err=True):
            raise Failure("Nothing was imported.")
    elif difference.removed:
        raise Failure(
            f"{_removal_in_words(difference)} Nothing was imported. Add --yes if you mean it, or "
            "apply a plan that somebody has looked at: --plan prints it, --expect DIGEST applies it."
        )


def _removal_in_words(difference: CatalogueDiff) -> str:
    """What would be lost, in a sentence."""
    removed, number = difference.removed, len(difference.removed)
    more = [f"{number - SHOWN:,} more"] if number > SHOWN else []
    cancelled = len(difference.cancelled)
    also = f", and {plural(cancelled, 'open request')} cancelled" if cancelled else ""
    return f"{listing([*removed[:SHOWN], *more])} would be removed{also}."


def replace_catalogue(out: Outcome, catalogue: Catalogue) -> None:
    """Replace the catalogue, with what depends on who manages whom."""
    before = open_requests.managers_of_pending(out.case)
    apps.replace_apps(out, list(catalogue.apps), OPERATOR)
    catalogue_entries.replace_entries(out, catalogue.entries, OPERATOR)
    end_dates.limit_contractors(out)
    open_requests.enqueue_manager_changes(out, before)


def _import_if_unchanged(
    out: Outcome, revision: int, catalogue: Catalogue, changes: Sequence[str], source: Mapping[str, str]
) -> None:
    """Replace the catalogue.

    Raises:
        Failure: It is not the one any more that the difference was shown for.
    """
    if apps.lock_catalogue(out) != revision:
        raise Failure("Somebody changed the catalogue in the meantime. Nothing was imported: try again.")
    import_now(out, catalogue, changes)
    if source:
        # Each entry says it, not one beside them: whoever reads an app's story needs to look nowhere else.
        out.facts[:] = [fact._replace(data={**fact.data, **source}) for fact in out.facts]


def import_now(out: Outcome, catalogue: Catalogue, changes: Sequence[str]) -> None:
    """Replace the catalogue, and bring what depends on it up to date; `changes` says what changes.

    Where two people are needed for a change, every admin is told: whoever has this command line has the
    database too, so that it could not be kept from them, but it can be seen.
    """
    needs_approval = propose_change.needs_second_admin(out.case)
    replace_catalogue(out, catalogue)
    if needs_approval:
        propose_change.record_import(out, changes, OPERATOR)
    propose_change.mark_superseded(out)
    cancel_unoffered(out, OPERATOR)
