"""The command line. It ends with 0, 1 (it did not work; why is on standard error) or 2 (wrong usage)."""

import logging
import sys
from collections.abc import Sequence
from typing import NoReturn

import structlog
import typer

from bot import log
from bot.commands import audit, catalogue, check, db, manifest, policy, run, sandbox
from bot.errors import Failure

COMMANDS = (run, sandbox, check, manifest, catalogue, audit, policy, db)


def build() -> typer.Typer:
    """The typer app with every command on it."""
    app = typer.Typer(
        help="Self-service, time-limited access requests in Slack.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    # A callback keeps `keyturn NAME` the form of every command, even of a single one.
    app.callback()(lambda: None)
    for command in COMMANDS:
        command.register(app)
    return app


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Runs one command, by default the process's own arguments, and exits."""
    redactor = log.configure(level=logging.WARNING)
    try:
        build()(args=arguments, prog_name="keyturn")
    except Failure as failure:
        sys.exit(redactor.text(str(failure)))
    except Exception:  # noqa: BLE001 - the last funnel: the log hides secrets, a bare traceback would not
        structlog.stdlib.get_logger(__name__).exception("This should not have happened")
        sys.exit(1)
    sys.exit(0)
