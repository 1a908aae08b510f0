"""Look up in Slack whom a catalogue file names, before it is imported."""

from collections.abc import Sequence
from pathlib import Path

import typer

from bot.check import references
from bot.check.catalogue import channels
from bot.check.context import open_context
from bot.check.references import ReferenceState
from bot.check.result import Status
from bot.config import Config
from bot.errors import Failure, RetryAfter, UpstreamUnavailable
from bot.plural import plural
from bot.progress import progress
from bot.slack.gateway import Refused
from bot.slack.identity import identify
from models.catalogue.file.read import Catalogue
from models.catalogue.mentions import Mention, find_mentions


async def raise_for_unknown(config: Config, file: Path, catalogue: Catalogue) -> None:
    """Look everybody up in Slack; where Slack cannot be asked, say so and let the file pass.

    Raises:
        Failure: Somebody is not there or cannot act; with everybody, each with file and line.
    """
    if not (named := list(find_mentions(catalogue.apps, catalogue.entries))):
        return
    try:
        with progress("Looking people up in Slack"):
            states, notes = await _look_up(config, catalogue, named)
    except (Failure, Refused, UpstreamUnavailable, RetryAfter) as error:
        why = str(error).rstrip(".")
        typer.echo(f"Note: people and user groups were not looked up: {why}. `keyturn check` does.", err=True)
        return
    if unusable := [state for state in states if state.problem]:
        lines = sorted(line for state in unusable for line in _problem_lines(state, catalogue))
        problems = [f"{file}{f', line {line}' if line else ''}: {text}" for line, text in lines]
        summary = f"Nothing was imported: {plural(len(problems), 'name')} to correct."
        raise Failure("\n".join([*problems, summary]))
    for note in (*(f"{state.who}, is empty" for state in states if state.empty), *notes):
        typer.echo(f"Note: {note}.", err=True)


async def _look_up(
    config: Config, catalogue: Catalogue, named: Sequence[Mention]
) -> tuple[list[ReferenceState], list[str]]:
    """Those whom it names, and what is to be said of its channels."""
    async with open_context(config) as context:
        context.apps, context.parts = catalogue.apps, catalogue.entries
        await identify(context.client)
        people = await references.people(context.slack, named)
        groups = await references.groups(context.slack, named)
        notes = [result.text async for result in channels(context) if result.status is Status.BAD]
        return [*people, *groups], notes


def _problem_lines(state: ReferenceState, catalogue: Catalogue) -> list[tuple[int, str]]:
    """A line for each place that names them, with its number in the file."""
    fix = f"{state.fix.rstrip('?.')}?" if state.suggestion else "Correct it, or take it out."
    places = {
        (catalogue.lines.of(mention.path) or 0, mention.place): mention.ref for mention in state.mentions
    }
    return [(line, f"{ref}, {place}, {state.problem}. {fix}") for (line, place), ref in places.items()]
