"""`keyturn catalogue …`: the catalogue of apps, to and from a TOML file."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.options import ConfigFile, load_config, load_database_url

CHANGES = 3
"""The exit code of a plan that changes something."""
LONGEST = 400
"""Characters of what the audit trail is told about a file."""

File = Annotated[Path, typer.Argument(metavar="FILE", help="The catalogue (TOML).")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would change, and change nothing.")]
Offline = Annotated[
    bool, typer.Option("--offline", help="Don't look up the people and user groups of FILE in Slack.")
]
Yes = Annotated[bool, typer.Option("--yes", help="Don't ask for confirmation.")]
Plan = Annotated[
    bool,
    typer.Option(
        "--plan",
        help=f"Print the plan with its digest, and change nothing. Exit code {CHANGES}: there are changes.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="With --plan: as JSON.")]
Expect = Annotated[
    str | None,
    typer.Option(metavar="DIGEST", help="Apply just the plan with this digest, without asking."),
]
By = Annotated[
    str | None, typer.Option(metavar="PERSON", help="For the audit trail: who wants these changes.")
]
Ref = Annotated[str | None, typer.Option(metavar="COMMIT", help="For the audit trail: the file's commit.")]
Url = Annotated[
    str | None, typer.Option(metavar="URL", help="For the audit trail: the pull request, https://…")
]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    group = typer.Typer(help="The catalogue of apps as a TOML file.", no_args_is_help=True)
    group.command("import")(import_catalogue)
    group.command("export")(export_catalogue)
    app.add_typer(group, name="catalogue")


def import_catalogue(  # noqa: PLR0913, PLR0917 - each is an option
    file: File,
    config: ConfigFile = None,
    dry_run: DryRun = False,
    plan: Plan = False,
    as_json: AsJson = False,
    expect: Expect = None,
    yes: Yes = False,
    offline: Offline = False,
    by: By = None,
    ref: Ref = None,
    url: Url = None,
) -> None:
    """Replace the catalogue with FILE; whatever FILE doesn't contain is removed.

    Shows what changes and asks. Without a terminal, as in a script, additions and changes are applied without
    asking; removals need --yes, or --expect and the digest of a plan. Either all of it is imported or
    nothing. If Slack answers, everyone in FILE must exist there; --dry-run and --plan with --offline need no
    configuration.
    """
    # Here, and not above: the other commands start without the database and the connectors.
    from bot.catalogue import import_export, unknown_people  # noqa: PLC0415
    from bot.database.connection import explain_errors  # noqa: PLC0415

    if as_json and not plan:
        raise typer.BadParameter("goes with --plan", param_hint="--json")
    if plan and expect:
        raise typer.BadParameter("--plan shows what --expect applies: one of the two")
    source = _source(by, ref, url)
    if offline:
        # What CI does with a catalogue: it has no tokens.
        database = load_database_url(config)
        catalogue = import_export.read(file)
    else:
        settings = load_config(config)
        database = settings.database.url.get_secret_value()
        catalogue = import_export.read(file)
        asyncio.run(unknown_people.raise_for_unknown(settings, file, catalogue))
    changed = False
    with explain_errors(database):
        if plan:
            changed = asyncio.run(import_export.plan(database, file, catalogue, as_json=as_json))
        elif dry_run:
            asyncio.run(import_export.dry_run(database, file, catalogue))
        else:
            consent = import_export.Consent(yes, expect, source)
            asyncio.run(import_export.import_catalogue(database, file, catalogue, consent))
    if changed:
        raise typer.Exit(CHANGES)


def _source(by: str | None, ref: str | None, url: str | None) -> dict[str, str]:
    """What the audit trail is to say of where the file comes from.

    Raises:
        BadParameter: It can't be kept: too long, several lines, or no address.
    """
    given = {"imported_by": by, "ref": ref, "url": url}
    source = {key: value for key, value in given.items() if value}
    for key, value in source.items():
        if not value.isprintable() or len(value) > LONGEST:
            hint = f"--{key.removeprefix('imported_')}"
            raise typer.BadParameter(f"should be one line of at most {LONGEST} characters", param_hint=hint)
    if url and not url.startswith(("https://", "http://")):
        raise typer.BadParameter('should start with "https://"', param_hint="--url")
    return source


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
