"""`keyturn catalogue …`: the catalogue of apps, to and from a TOML file."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.options import ConfigFile, load_config

File = Annotated[Path, typer.Argument(metavar="FILE", help="The catalogue (TOML).")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would change, and change nothing.")]
Offline = Annotated[
    bool, typer.Option("--offline", help="Don't look up the people and user groups of FILE in Slack.")
]
Yes = Annotated[bool, typer.Option("--yes", help="Don't ask for confirmation.")]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    group = typer.Typer(help="The catalogue of apps as a TOML file.", no_args_is_help=True)
    group.command("import")(import_catalogue)
    group.command("export")(export_catalogue)
    app.add_typer(group, name="catalogue")


def import_catalogue(
    file: File,
    config: ConfigFile = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    offline: Offline = False,
) -> None:
    """Replace the catalogue with FILE; whatever FILE doesn't contain is removed.

    Shows what changes and asks. Without a terminal, as in a script, it imports without asking. Either all
    of it is imported or nothing. If Slack answers, everyone in FILE must exist there.
    """
    # Here, and not above: the other commands start without the database and the connectors.
    from bot.catalogue import import_export, unknown_people  # noqa: PLC0415
    from bot.database.connection import explain_errors  # noqa: PLC0415

    settings = load_config(config)
    url = settings.database.url.get_secret_value()
    catalogue = import_export.read(file)
    if not offline:
        asyncio.run(unknown_people.raise_for_unknown(settings, file, catalogue))
    with explain_errors(url):
        if dry_run:
            asyncio.run(import_export.dry_run(url, file, catalogue))
        else:
            asyncio.run(import_export.import_catalogue(url, file, catalogue, yes=yes))


def export_catalogue(config: ConfigFile = None) -> None:
    """Print the catalogue as TOML, for `catalogue import`."""
    # As above.
    from bot.catalogue import import_export  # noqa: PLC0415
    from bot.database.connection import explain_errors  # noqa: PLC0415

    url = load_config(config).database.url.get_secret_value()
    with explain_errors(url):
        text = asyncio.run(import_export.export_catalogue(url))
    # TOML is UTF-8, whatever the terminal is.
    typer.echo(text.encode(), nl=False)
