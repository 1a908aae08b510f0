"""The command line.

It ends with 0, 1 (it did not work; why is on standard error), 2 (wrong usage) or 3 (`--plan`: there are
changes).
"""

import inspect
import logging
import os
import sys
from collections.abc import Sequence
from importlib.metadata import version
from typing import Annotated, NoReturn

import structlog
import typer

from bot import log
from bot.commands import audit, catalogue, check, db, manifest, policy, run, sandbox
from bot.errors import Failure

COMMANDS = (run, sandbox, check, manifest, catalogue, audit, policy, db)
OWNER_ONLY = 0o077
"""The umask: database, lock, keys and exports are for the user whom Keyturn runs as, and for nobody else."""


def build() -> typer.Typer:
    """The typer app with every command on it."""
    app = typer.Typer(
        help="Self-service, time-limited access requests in Slack.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    app.callback()(_options)
    for command in COMMANDS:
        command.register(app)
    _show_whole_sentences(app)
    return app


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"keyturn {version('keyturn')}")
        raise typer.Exit


def _options(
    _version: Annotated[
        bool,
        typer.Option("--version", help="Show the version and exit.", callback=_print_version, is_eager=True),
    ] = False,
) -> None:
    """A callback keeps `keyturn NAME` the form of every command, even of a single one."""


def _show_whole_sentences(app: typer.Typer) -> None:
    """Let --help list each command with its docstring's first paragraph, which would be cut at 45 letters."""
    for command in app.registered_commands:
        paragraph = (inspect.getdoc(command.callback) or "").partition("\n\n")[0]
        command.short_help = " ".join(paragraph.split())
    for group in app.registered_groups:
        if group.typer_instance is not None:
            _show_whole_sentences(group.typer_instance)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Runs one command, by default the process's own arguments, and exits."""
    os.umask(OWNER_ONLY)
    redactor = log.configure(level=logging.WARNING)
    try:
        build()(args=arguments, prog_name="keyturn")
    except Failure as failure:
        sys.exit(redactor.text(str(failure)))
    except Exception:  # noqa: BLE001 - the last funnel: the log hides secrets, a bare traceback would not
        structlog.stdlib.get_logger(__name__).exception("This should not have happened")
        sys.exit(1)
    sys.exit(0)
