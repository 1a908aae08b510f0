"""`keyturn catalogue …`: the catalogue of apps, to and from a TOML file."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.options import DEFAULT_CONFIG, ConfigFile, configured

File = Annotated[Path, typer.Argument(metavar="FILE", help="The catalogue, TOML.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show the difference and write nothing.")]
Offline = Annotated[
    bool, typer.Option("--offline", help="Do not look in Slack for the people and groups that FILE names.")
]
Yes = Annotated[bool, typer.Option("--yes", help="Ask nothing.")]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    group = typer.Typer(help="The catalogue of apps, to and from a TOML file.", no_args_is_help=True)
    group.command("import")(import_catalogue)
    group.command("export")(export_catalogue)
    app.add_typer(group, name="catalogue")


def import_catalogue(
    file: File,
    config: ConfigFile = DEFAULT_CONFIG,
    dry_run: DryRun = False,
    yes: Yes = False,
    offline: Offline = False,
) -> None:
    """Make the catalogue be what FILE says; what FILE does not have is removed.

    Shows the difference and asks. Without a terminal to ask at, as in a script, it imports unasked.
    All of it is imported, or nothing. Where Slack answers, everybody whom FILE names has to be there.
    """
    # Here, and not above: the other commands start without the database and the connectors.
    from bot import importing, whether_known  # noqa: PLC0415
    from bot.database import explained  # noqa: PLC0415

    settings = configured(config)
    url = settings.database.url.get_secret_value()
    catalogue = importing.read(file)
    if not offline:
        asyncio.run(whether_known.refuse_unknown(settings, file, catalogue))
    with explained(url):
        if dry_run:
            asyncio.run(importing.dry_run(url, file, catalogue))
        else:
            asyncio.run(importing.take_in(url, file, catalogue, yes=yes))


def export_catalogue(config: ConfigFile = DEFAULT_CONFIG) -> None:
    """Print the catalogue as TOML; `catalogue import` takes it back."""
    # As above.
    from bot import importing  # noqa: PLC0415
    from bot.database import explained  # noqa: PLC0415

    url = configured(config).database.url.get_secret_value()
    with explained(url):
        text = asyncio.run(importing.give_out(url))
    # TOML is UTF-8, whatever the terminal is.
    typer.echo(text.encode(), nl=False)
