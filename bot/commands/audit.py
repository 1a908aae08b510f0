"""`keyturn audit …`: prove the trail whole, and hand it to others."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from bot import periods
from bot.commands.options import DEFAULT_CONFIG, ConfigFile, configured

READERS = {"--since": periods.since, "--until": periods.until}
WHEN = "A day (2026-03-31) or a moment (2026-03-31T09:00, UTC unless it says otherwise)."

Form = Annotated[
    Literal["jsonl", "csv"],
    typer.Option("--format", help="JSON Lines, with hashes to verify, or a table."),
]
Since = Annotated[str | None, typer.Option(metavar="TIME", help=f"Not before. {WHEN}")]
Until = Annotated[str | None, typer.Option(metavar="TIME", help="Not after; a day counts to its end.")]
AppKey = Annotated[str | None, typer.Option("--app", metavar="KEY", help="Only about this app.")]
Whom = Annotated[
    str | None,
    typer.Option("--person", metavar="ID", help="Only by or about this person; an e-mail address will do."),
]
Output = Annotated[Path | None, typer.Option(metavar="FILE", help="Where to; left out: standard output.")]

Checkpoints = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Lines that `audit checkpoint` wrote, kept elsewhere.")
]
PublicKey = Annotated[
    Path | None, typer.Option("--key", metavar="FILE", help="The public key that they are signed by.")
]
Exported = Annotated[
    Path | None,
    typer.Option("--export", metavar="FILE", help="A whole export (JSON Lines) instead of the database."),
]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    group = typer.Typer(help="The audit trail.", no_args_is_help=True)
    group.command("verify")(verify)
    group.command("export")(export)
    group.command("key")(key)
    group.command("checkpoint")(checkpoint)
    app.add_typer(group, name="audit")


def verify(
    config: ConfigFile = DEFAULT_CONFIG,
    checkpoints: Checkpoints = None,
    key: PublicKey = None,
    exported: Exported = None,
) -> None:
    """Prove that no entry of the trail was changed, added, taken out or moved.

    With checkpoints, that its end is there too, and that it was not written anew as a whole. With an export,
    no configuration and no database are needed.
    """
    # Here, and not above: the other commands start without the database.
    from bot import checkpoints as signed  # noqa: PLC0415
    from bot import trail  # noqa: PLC0415
    from bot.database import explained  # noqa: PLC0415

    if (checkpoints is None) is not (key is None):
        raise typer.BadParameter("--checkpoints and --key belong together")
    points = signed.read(checkpoints, signed.public_key(key)) if checkpoints and key else []
    if exported:
        typer.echo(trail.verify_export(exported, points))
        return
    url = configured(config).database.url.get_secret_value()
    with explained(url):
        good_news = asyncio.run(trail.verify(url, points))
    typer.echo(good_news)


def key(file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to put it.")]) -> None:
    """Make the key that signs checkpoints, readable by you alone; FILE.pub is for whoever verifies."""
    from bot import checkpoints as signed  # noqa: PLC0415

    typer.echo(f"{file} signs. Give {signed.new_key(file)} to whoever verifies.")


def checkpoint(
    config: ConfigFile = DEFAULT_CONFIG,
    key: Annotated[Path | None, typer.Option(metavar="FILE", help="The key; else [audit] key.")] = None,
    to: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Append to this file; left out: standard output.")
    ] = None,
) -> None:
    """Sign where the trail ends now. Keep the line where nobody who can change the database can change it."""
    from bot import checkpoints as signed  # noqa: PLC0415
    from bot import trail  # noqa: PLC0415
    from bot.database import explained  # noqa: PLC0415

    settings = configured(config)
    file = key or (settings.audit.key if settings.audit else None)
    if file is None:
        raise typer.BadParameter("name the key, or set [audit] key", param_hint="--key")
    signer, url = signed.private_key(file), settings.database.url.get_secret_value()
    with explained(url):
        line = signed.signed(asyncio.run(trail.end(url, datetime.now(UTC))), signer)
    if to:
        signed.append(line, to)
    else:
        typer.echo(line)


def export(
    config: ConfigFile = DEFAULT_CONFIG,
    form: Form = "jsonl",
    since: Since = None,
    until: Until = None,
    app: AppKey = None,
    person: Whom = None,
    output: Output = None,
) -> None:
    """Write the trail out, oldest entry first, times in UTC.

    In JSON Lines, an entry's hash is the SHA-256 of its "previous" followed by the line's JSON without
    "previous" and "hash", keys sorted, no spaces: a whole export can be verified without Keyturn.
    """
    # As above.
    from bot import trail  # noqa: PLC0415
    from bot.audit_files import Selection  # noqa: PLC0415

    selection = Selection(*_period(since, until), app, person)
    url = configured(config).database.url.get_secret_value()
    count = asyncio.run(trail.export(url, selection, form, output))
    if output:
        typer.echo(f"{trail.said(count)} in {output}")


def _period(since: str | None, until: str | None) -> tuple[datetime | None, datetime | None]:
    first, last = _moment("--since", since), _moment("--until", until)
    if first and last and last < first:
        raise typer.BadParameter("it lies before --since, so nothing is in between", param_hint="--until")
    return first, last


def _moment(option: str, text: str | None) -> datetime | None:
    """The moment that is meant. Raises BadParameter with what would be right."""
    try:
        return None if text is None else READERS[option](text)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint=option) from None
