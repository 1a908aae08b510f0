"""`keyturn db …`: the database's schema."""

import asyncio

import typer

from bot.commands.options import ConfigFile, load_config


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    group = typer.Typer(help="The database's schema.", no_args_is_help=True)
    group.callback()(lambda: None)
    group.command("upgrade")(upgrade_schema)
    app.add_typer(group, name="db")


def upgrade_schema(config: ConfigFile = None) -> None:
    """Bring the database's schema up to date. `keyturn run` does this when it starts."""
    # Here, and not above: the other commands start without the database.
    from bot.database.connection import explain_errors, upgrade  # noqa: PLC0415

    url = load_config(config).database.url.get_secret_value()
    with explain_errors(url):
        schema = asyncio.run(upgrade(url))
    if schema.current:
        typer.echo(f"The database is up to date: schema {schema.newest}.")
    else:
        typer.echo(f"The database's schema was {schema.present or 'empty'} and is now {schema.newest}.")
