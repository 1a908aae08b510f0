"""`keyturn catalogue …`: the catalogue of apps, to and from a TOML file."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.options import DEFAULT_CONFIG, ConfigFile, configured
from bot.database import NoSchema, explained, opened, upgrade
from bot.difference import Difference, compare, from_nothing
from bot.failure import Failure
from bot.words import counted
from models import apps
from models.catalogue.file import Catalogue, CatalogueError, dump, load
from models.settings import Setting
from models.store import Tx

OPERATOR = "operator"
"""The actor in the audit trail of what is done on the command line."""

File = Annotated[Path, typer.Argument(metavar="FILE", help="The catalogue, TOML.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show the difference and write nothing.")]
Yes = Annotated[bool, typer.Option("--yes", help="Ask nothing.")]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    group = typer.Typer(help="The catalogue of apps, to and from a TOML file.", no_args_is_help=True)
    group.command("import")(import_catalogue)
    group.command("export")(export_catalogue)
    app.add_typer(group, name="catalogue")


def import_catalogue(
    file: File, config: ConfigFile = DEFAULT_CONFIG, dry_run: DryRun = False, yes: Yes = False
) -> None:
    """Make the catalogue be what FILE says; what FILE does not have is removed.

    Shows the difference and asks. Without a terminal to ask at, as in a script, it imports unasked.
    All of it is imported, or nothing.
    """
    url = configured(config).database.url.get_secret_value()
    catalogue = read(file)
    with explained(url):
        asyncio.run(_dry_run(url, file, catalogue) if dry_run else _import(url, file, catalogue, yes))


def export_catalogue(config: ConfigFile = DEFAULT_CONFIG) -> None:
    """Print the catalogue as TOML; `catalogue import` takes it back."""
    url = configured(config).database.url.get_secret_value()
    with explained(url):
        text = asyncio.run(_export(url))
    # TOML is UTF-8, whatever the terminal is.
    typer.echo(text.encode(), nl=False)


def read(file: Path) -> Catalogue:
    """The catalogue in a file. Raises Failure with every problem, each with file and line."""
    # Connectors bring their target systems' clients with them, which no other command should wait for.
    from bot.connectors import registry  # noqa: PLC0415

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


async def _dry_run(url: str, file: Path, catalogue: Catalogue) -> None:
    try:
        async with opened(url) as store:
            found = await store.read(lambda session: compare(session, catalogue.apps))
    except NoSchema:
        found = from_nothing(catalogue.apps)
    _show(found, file, catalogue)
    if found.changes:
        typer.echo("Nothing is imported: this was a dry run.")


async def _import(url: str, file: Path, catalogue: Catalogue, yes: bool) -> None:
    await upgrade(url)
    async with opened(url) as store:
        found = await store.read(lambda session: compare(session, catalogue.apps))
        _show(found, file, catalogue)
        if found.changes:
            _agree(file, catalogue, yes)
            await store.write(lambda tx: _replace(tx, found.revision, catalogue))
            typer.echo(f"Imported. The catalogue has {counted(len(catalogue.apps), 'app')} now.")


async def _export(url: str) -> str:
    async with opened(url) as store:
        return dump(await store.read(apps.every))


def _show(found: Difference, file: Path, catalogue: Catalogue) -> None:
    if not found.changes:
        typer.echo(f"No changes: the catalogue is what {file} says.")
    for line in found.lines:
        typer.secho(line.text, fg=line.colour)
    for note in catalogue.notes:
        typer.echo(f"Note: {note}")


def _agree(file: Path, catalogue: Catalogue, yes: bool) -> None:
    """Ask, where there is somebody to ask. Raises Failure where nothing is to be imported."""
    if yes:
        return
    if sys.stdin.isatty():
        if not typer.confirm("Import these changes?", err=True):
            raise Failure("Nothing was imported.")
    elif not catalogue.apps:
        raise Failure(f"{file} has no app in it, so all would be removed. If that is meant, say --yes.")


def _replace(tx: Tx, revision: int, catalogue: Catalogue) -> None:
    """Make the catalogue be this one, if it is still the one that the difference was shown for."""
    tx.locked(Setting, apps.REVISION)
    if apps.revision(tx.session) != revision:
        raise Failure("Somebody changed the catalogue in the meantime. Nothing was imported: try again.")
    apps.replace(tx, list(catalogue.apps), OPERATOR)
