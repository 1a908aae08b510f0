"""Run the examples of policies with the people whom the database knows, and report each result."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot.database.connection import NoSchema, open_database
from bot.errors import Failure
from bot.plural import plural
from models.catalogue.file.read import Catalogue
from models.catalogue.spec import AppSpec
from models.catalogue.spec.conflicts import CONFLICT, ConflictSpec
from models.catalogue.spec.people import PERSON
from models.policy import Company, stage_sizes
from models.policy.examples import ExampleResult, run_examples
from models.policy.facts import PeopleDirectory
from models.registry import apps, catalogue_entries
from models.registry.directory import Directory
from models.registry.directory_overrides import FileOverrides
from models.store.case import Case


@dataclass(frozen=True)
class ExampleRun:
    """The results of a catalogue's examples, and its doubtful stages and groups."""

    results: list[ExampleResult] = field(default_factory=list)
    """What came of each example."""
    stage_shortages: list[str] = field(default_factory=list)
    """Its stages that want more people than are known, a sentence each."""
    empty_groups: list[str] = field(default_factory=list)
    """The user groups in it that nobody is in, the same."""


async def run_stored(url: str) -> ExampleRun:
    """Run the examples of the catalogue in the database.

    Raises:
        Failure: There is no database yet, or its schema is another one.
    """

    def read(case: Case) -> ExampleRun:
        return _run(apps.all_apps(case), Directory(case), catalogue_entries.all_entries(case, CONFLICT))

    async with open_database(url) as store:
        return await store.read(read)


async def run_file(url: str, catalogue: Catalogue) -> ExampleRun:
    """Run the examples of a catalogue with the directory that it has itself.

    Before there is a database, everybody named is supposed to exist.
    """
    specs, conflicts = catalogue.apps, catalogue.of(CONFLICT)

    def read(case: Case) -> ExampleRun:
        return _run(specs, Directory(case, FileOverrides(catalogue.of(PERSON))), conflicts)

    try:
        async with open_database(url) as store:
            return await store.read(read)
    except NoSchema:
        return ExampleRun(list(run_examples(specs, Company([]), conflicts)))


def _run(specs: Sequence[AppSpec], who: PeopleDirectory, conflicts: Sequence[ConflictSpec]) -> ExampleRun:
    return ExampleRun(
        list(run_examples(specs, who, conflicts)),
        [text for app in specs for text in stage_sizes.understaffed_stages(app, who)],
        [text for app in specs for text in stage_sizes.empty_groups(app, who)],
    )


def report(results: Iterable[ExampleResult]) -> Iterator[tuple[bool, str]]:
    """A line for each example, with whether it is met; what came out instead stands below it."""
    for result in results:
        line = f"{'✓' if result.met else '✗'} {result.app.name}: {result.example}"
        yield result.met, line if result.met else f"{line}\n{_details(result)}"


def raise_for_failed(results: Sequence[ExampleResult], file: Path, catalogue: Catalogue) -> None:
    """Stop where an example is not met.

    Raises:
        Failure: Examples are not met; with every one, each with file and line.
    """
    order = {app.key: at for at, app in enumerate(catalogue.apps)}
    failed = [result for result in results if not result.met]
    paths = [("app", order[result.app.key], "example", result.place) for result in failed]
    if failed:
        problems = [
            f"{file}{f', line {line}' if line else ''}: {result}"
            for line, result in zip(map(catalogue.lines.of, paths), failed, strict=True)
        ]
        raise Failure("\n".join([*problems, f"Nothing was imported: {failing_count(len(failed))}."]))


def failing_count(number: int) -> str:
    """How many examples fail, in words: "1 example fails"."""
    return f"{plural(number, 'example')} {'fails' if number == 1 else 'fail'}"


def _details(result: ExampleResult) -> str:
    """What came out instead, and why the example stands there."""
    because = [f"    Because: {result.example.because}"] if result.example.because else []
    return "\n".join([f"    {result.actual}", *because])
