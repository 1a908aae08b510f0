"""`keyturn manifest`: the Slack app's manifest, to create or update the app."""

from typing import Annotated

import typer

from bot.commands.options import ConfigFile
from bot.config import Mode, load_mode
from bot.config_addresses import check_public_url
from bot.slack.manifest import as_yaml, manifest

PLACEHOLDER = "https://keyturn.example.com"
PLACEHOLDER_NOTE = (
    f"# {PLACEHOLDER} stands for the address at which Slack reaches Keyturn; set it with --url."
)

Address = Annotated[
    str | None,
    typer.Option("--url", metavar="URL", help='Mode "http": where Slack reaches Keyturn, https://…'),
]


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("manifest")(print_manifest)


def print_manifest(config: ConfigFile = None, url: Address = None) -> None:
    """Print the Slack app's manifest (YAML), with the scopes and events that Keyturn uses.

    Works without a configuration: then for Socket Mode, or for HTTP if --url is given.
    """
    mode = load_mode(config, default="http" if url else "socket")
    if mode == "http" and url is None:
        typer.echo(PLACEHOLDER_NOTE)
    typer.echo(as_yaml(manifest(mode, base_url(mode, url))), nl=False)


def base_url(mode: Mode, url: str | None) -> str:
    """The address without a slash at its end.

    Raises:
        BadParameter: The address cannot be used, or the mode needs none.
    """
    if url is None:
        return PLACEHOLDER
    if mode == "socket":
        raise typer.BadParameter('mode "socket" needs no address', param_hint="--url")
    try:
        return check_public_url(url).rstrip("/")
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--url") from None
