"""`keyturn audit …`: verify, export, sign and erase parts of the audit trail."""

import asyncio
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from bot.commands.options import ConfigFile, load_config, parse_since, parse_until
from bot.plural import plural

READERS = {"--since": parse_since, "--until": parse_until}
WHEN = "A day (2026-03-31) or a time (2026-03-31T09:00, UTC unless it says otherwise)."

Form = Annotated[
    Literal["jsonl", "csv"],
    typer.Option("--format", help="JSON Lines, with hashes to verify, or a table."),
]
Since = Annotated[str | None, typer.Option(metavar="TIME", help=f"Entries from this time on. {WHEN}")]
Until = Annotated[
    str | None, typer.Option(metavar="TIME", help="Entries up to this time; a day counts to its end.")
]
AppKey = Annotated[str | None, typer.Option("--app", metavar="KEY", help="Only entries about this app.")]
Whom = Annotated[
    str | None,
    typer.Option(
        "--person", metavar="ID", help="Only entries by or about this person: Slack ID or e-mail address."
    ),
]
Output = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Write to this file instead of standard output.")
]

Checkpoints = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="The file of checkpoints; by default [audit] checkpoints."),
]
PublicKey = Annotated[
    Path | None, typer.Option("--key", metavar="FILE", help="The public key for the checkpoints.")
]
Witnessed = Annotated[
    list[str] | None,
    typer.Option("--witness", metavar="DIGEST", help="A digest that the second witness received."),
]
Exported = Annotated[
    Path | None,
    typer.Option(
        "--export", metavar="FILE", help="Verify a whole export (JSON Lines) instead of the database."
    ),
]
Signer = Annotated[
    Path | None, typer.Option("--key", metavar="FILE", help="The signing key; by default [audit] key.")
]
To = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE", help="Append to this file; by default to [audit] checkpoints, or only print."
    ),
]
After = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Continue from the last checkpoint in this file, when only printing."),
]
Erased = Annotated[
    str, typer.Option("--person", metavar="ID", help="The person: Slack ID or e-mail address.")
]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    group = typer.Typer(help="The audit trail.", no_args_is_help=True)
    group.command("verify")(verify)
    group.command("export")(export)
    group.command("key")(key)
    group.command("checkpoint")(checkpoint)
    group.command("erase")(erase)
    app.add_typer(group, name="audit")


def verify(
    config: ConfigFile = None,
    checkpoints: Checkpoints = None,
    key: PublicKey = None,
    exported: Exported = None,
    witnessed: Witnessed = None,
) -> None:
    """Verify that no entry was changed, added, removed or reordered.

    Checkpoints also prove that the trail was not cut off or rewritten; if [audit] has them, they are
    required. Verifying an export needs no configuration and no database.
    """
    # Here, and not above: the other commands start without the database.
    from bot.audit import keys, trail  # noqa: PLC0415
    from bot.database.connection import explain_errors  # noqa: PLC0415

    if (checkpoints is None) is not (key is None):
        raise typer.BadParameter("--checkpoints and --key belong together")
    evidence = trail.NO_EVIDENCE
    if checkpoints and key:
        evidence = trail.Evidence.read(checkpoints, keys.public_key(key), witnessed=witnessed or ())
    if exported:
        _only_with_checkpoints(witnessed, evidence.path)
        typer.echo(trail.verify_export(exported, evidence))
        return
    settings = load_config(config)
    if evidence.path is None and settings.audit and settings.audit.key and settings.audit.checkpoints:
        public = keys.public_key(keys.public_path(settings.audit.key))
        evidence = trail.Evidence.read(
            settings.audit.checkpoints, public, demanded=True, witnessed=witnessed or ()
        )
    _only_with_checkpoints(witnessed, evidence.path)
    url = settings.database.url.get_secret_value()
    with explain_errors(url):
        summary = asyncio.run(trail.verify(url, evidence))
    typer.echo(summary)


def _only_with_checkpoints(witnessed: list[str] | None, checkpoints: Path | None) -> None:
    if witnessed and checkpoints is None:
        raise typer.BadParameter("name the checkpoints too", param_hint="--witness")


def key(file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write the key.")]) -> None:
    """Create the key that signs checkpoints, readable by you only; FILE.pub is for the auditor."""
    from bot.audit import keys  # noqa: PLC0415

    typer.echo(f"{file} signs checkpoints. Give {keys.new_key(file)} to the auditor.")


def checkpoint(config: ConfigFile = None, key: Signer = None, to: To = None, after: After = None) -> None:
    """Verify the trail from the last checkpoint on, and sign its end.

    Keep the line out of reach of anyone who can change the database.
    """
    from bot.audit import keys, trail  # noqa: PLC0415

    settings = load_config(config)
    file = key or (settings.audit.key if settings.audit else None)
    if file is None:
        raise typer.BadParameter("name the key, or set [audit] key", param_hint="--key")
    own = settings.audit.checkpoints if settings.audit and not key and not to and not after else None
    url = settings.database.url.get_secret_value()
    made = asyncio.run(
        trail.sign(
            url,
            keys.private_key(file),
            to=to or own,
            after=after,
            config=settings.audit if own else None,
        )
    )
    if not to:
        typer.echo(made.line)


def erase(
    person: Erased,
    config: ConfigFile = None,
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask for confirmation.")] = False,
) -> None:
    """Erase what a person wrote, and what was written about them; the trail still verifies.

    The entries stay: what was done, when, by which ID. Backups and exports are not changed.
    """
    from bot.audit import trail  # noqa: PLC0415
    from bot.database.connection import explain_errors  # noqa: PLC0415
    from bot.errors import Failure  # noqa: PLC0415

    url = load_config(config).database.url.get_secret_value()
    with explain_errors(url):
        person_id, texts = asyncio.run(trail.find_texts(url, person))
        number = plural(len(texts), "text")
        if not texts:
            typer.echo(f"There is no text by or about {person_id} to erase.")
            return
        if not yes and not sys.stdin.isatty():
            raise Failure(f"{number} of {person_id} would be erased for good. Add --yes to do it.")
        if not yes and not typer.confirm(f"Erase {number} of {person_id} for good?", err=True):
            raise typer.Exit(1)
        asyncio.run(trail.erase(url, person_id, texts))
    typer.echo(f"{number} of {person_id} erased. The trail still verifies.")


def export(
    config: ConfigFile = None,
    form: Form = "jsonl",
    since: Since = None,
    until: Until = None,
    app: AppKey = None,
    person: Whom = None,
    output: Output = None,
) -> None:
    """Export the trail, oldest entry first, times in UTC.

    In JSON Lines, an entry's hash is the SHA-256 of its "previous" followed by the line's JSON without
    "previous", "hash" and "texts", keys sorted, no spaces: a whole export can be verified without Keyturn.
    """
    # As above.
    from bot.audit import trail  # noqa: PLC0415
    from bot.audit.files import Selection  # noqa: PLC0415

    selection = Selection(*_period(since, until), app, person)
    url = load_config(config).database.url.get_secret_value()
    count = asyncio.run(trail.export(url, selection, form, output))
    if output:
        typer.echo(f"{trail.entries_in_words(count)} in {output}")


def _period(since: str | None, until: str | None) -> tuple[datetime | None, datetime | None]:
    first, last = _moment("--since", since), _moment("--until", until)
    if first and last and last < first:
        raise typer.BadParameter("lies before --since", param_hint="--until")
    return first, last


def _moment(option: str, text: str | None) -> datetime | None:
    """The moment that an option names.

    Raises:
        BadParameter: The text is no moment; says what would be right.
    """
    try:
        return None if text is None else READERS[option](text)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint=option) from None
