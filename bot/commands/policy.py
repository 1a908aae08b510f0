"""`keyturn policy …`: run the examples of the rules."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.options import ConfigFile, load_database_url
from bot.errors import Failure

File = Annotated[
    Path | None,
    typer.Option("--file", metavar="FILE", help="A catalogue (TOML); by default the one in the database."),
]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    group = typer.Typer(help="The rules of the catalogue.", no_args_is_help=True)
    # A callback keeps `policy check` the form, with a single command too.
    group.callback()(lambda: None)
    group.command("check")(check)
    app.add_typer(group, name="policy")


def check(config: ConfigFile = None, file: File = None) -> None:
    """Run the catalogue's examples with the people and groups in the database.

    Changes nothing. Also notes stages that need more people than are known. With --file neither configuration
    nor database is needed: then everybody in it is supposed to exist. The exit code is 1 if an example fails.
    """
    # Here, and not above: the other commands start without the database and the connectors.
    from bot.catalogue import import_export, policy_examples  # noqa: PLC0415
    from bot.database.connection import explain_errors  # noqa: PLC0415

    url = load_database_url(config)
    catalogue = import_export.read(file) if file else None
    with explain_errors(url):
        run = asyncio.run(
            policy_examples.run_stored(url) if catalogue is None else policy_examples.run_file(url, catalogue)
        )
    for doubt in (*run.stage_shortages, *run.empty_groups):
        typer.echo(f"Note: {doubt}")
    for met, text in policy_examples.report(run.results):
        typer.secho(text, fg="green" if met else "red")
    number, failed = len(run.results), sum(not result.met for result in run.results)
    if failed:
        raise Failure(f"{policy_examples.failing_count(failed)}, of {number}.")
    typer.echo(f"All {number} pass." if number else "There are no examples yet.")
