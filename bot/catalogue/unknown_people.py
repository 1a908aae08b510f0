"""Whether everybody whom a file names is in Slack: asked before the file is taken in."""

from collections.abc import Sequence
from pathlib import Path

import typer

from bot.check import channels, references
from bot.check.context import bench
from bot.check.references import Found
from bot.check.result import Mark
from bot.config import Config
from bot.errors import Failure, RetryAfter, UpstreamUnavailable
from bot.plural import counted
from bot.slack.gateway import Refused
from bot.slack.identity import identify
from models.catalogue.file.read import Catalogue
from models.catalogue.mentions import Mention, mentions


async def refuse_unknown(config: Config, file: Path, catalogue: Catalogue) -> None:
    """Look everybody up in Slack; where Slack cannot be asked, say so and let the file pass.

    Raises Failure with everybody who is not there or cannot act, each with file and line.
    """
    if not (named := list(mentions(catalogue.apps, catalogue.parts))):
        return
    try:
        found, notes = await _looked_up(config, catalogue, named)
    except (Failure, Refused, UpstreamUnavailable, RetryAfter) as error:
        why = str(error).rstrip(".")
        typer.echo(f"Note: people and user groups were not looked up: {why}. `keyturn check` does.", err=True)
        return
    if broken := [one for one in found if one.problem]:
        lines = sorted(line for one in broken for line in _said(one, catalogue))
        said = [f"{file}{f', line {line}' if line else ''}: {text}" for line, text in lines]
        raise Failure("\n".join([*said, f"Nothing was imported: {counted(len(said), 'name')} to correct."]))
    for note in (*(f"{one.who}, is empty" for one in found if one.empty), *notes):
        typer.echo(f"Note: {note}.", err=True)


async def _looked_up(
    config: Config, catalogue: Catalogue, named: Sequence[Mention]
) -> tuple[list[Found], list[str]]:
    """Those whom it names, and what is to be said of its channels."""
    async with bench(config) as ready:
        ready.apps, ready.parts = catalogue.apps, catalogue.parts
        await identify(ready.client)
        people = await references.people(ready.slack, named)
        groups = await references.groups(ready.slack, named)
        asked = [one.words async for one in channels.channels(ready) if one.mark is Mark.BAD]
        return [*people, *groups], asked


def _said(found: Found, catalogue: Catalogue) -> list[tuple[int, str]]:
    """A line for each place that names them, with its number in the file."""
    mend = f"{found.mend.rstrip('?.')}?" if found.meant else "Correct it, or take it out."
    at = {(catalogue.lines.of(one.path) or 0, one.place): one.ref for one in found.mentions}
    return [(line, f"{ref}, {place}, {found.problem}. {mend}") for (line, place), ref in at.items()]
