"""Running the examples of policies against whom the database knows, and saying how each came out."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot.database import NoSchema, opened
from bot.failure import Failure
from bot.words import counted
from models.catalogue.file.read import Catalogue
from models.catalogue.spec import AppSpec
from models.catalogue.spec.conflicts import CONFLICT, ConflictSpec
from models.catalogue.spec.people import PERSON
from models.policy import Company, stage_sizes
from models.policy.examples import Ran, run_all
from models.policy.facts import Who
from models.registry import apps, catalogue_entries
from models.registry.directory import Directory
from models.registry.directory_overrides import FileOverrides
from models.store.case import Case


@dataclass(frozen=True)
class Tried:
    """What came of a catalogue, held against whom the database knows."""

    ran: list[Ran] = field(default_factory=list)
    """Its examples."""
    short: list[str] = field(default_factory=list)
    """Its stages that want more people than are known, a sentence each."""
    empty: list[str] = field(default_factory=list)
    """The user groups in it that nobody is in, the same."""


async def stored(url: str) -> Tried:
    """Try the catalogue in the database. Raises Failure where there is none yet."""

    def read(case: Case) -> Tried:
        return _tried(apps.all_apps(case), Directory(case), catalogue_entries.all_entries(case, CONFLICT))

    async with opened(url) as store:
        return await store.read(read)


async def filed(url: str, catalogue: Catalogue) -> Tried:
    """Try a catalogue with the directory that it has itself.

    Before there is a database, everybody named is supposed to exist.
    """
    specs, conflicts = catalogue.apps, catalogue.of(CONFLICT)

    def read(case: Case) -> Tried:
        return _tried(specs, Directory(case, FileOverrides(catalogue.of(PERSON))), conflicts)

    try:
        async with opened(url) as store:
            return await store.read(read)
    except NoSchema:
        return Tried(list(run_all(specs, Company([]), conflicts)))


def _tried(specs: Sequence[AppSpec], who: Who, conflicts: Sequence[ConflictSpec]) -> Tried:
    return Tried(
        list(run_all(specs, who, conflicts)),
        [text for app in specs for text in stage_sizes.too_few(app, who)],
        [text for app in specs for text in stage_sizes.nobody_in(app, who)],
    )


def report(ran: Iterable[Ran]) -> Iterator[tuple[bool, str]]:
    """A line for each, with whether it is met; what came out instead stands below it."""
    for one in ran:
        line = f"{'✓' if one.met else '✗'} {one.app.name}: {one.example}"
        yield one.met, line if one.met else f"{line}\n{_below(one)}"


def refuse_broken(ran: Sequence[Ran], file: Path, catalogue: Catalogue) -> None:
    """Raises Failure with every example that is not met, each with file and line."""
    order = {app.key: at for at, app in enumerate(catalogue.apps)}
    broken = [one for one in ran if not one.met]
    lines = [(catalogue.lines.of(("app", order[one.app.key], "example", one.place)), one) for one in broken]
    if broken:
        said = [f"{file}{f', line {line}' if line else ''}: {one}" for line, one in lines]
        raise Failure("\n".join([*said, f"Nothing was imported: {failing(len(broken))}."]))


def failing(number: int) -> str:
    """So many that fail: "1 example fails"."""
    return f"{counted(number, 'example')} {'fails' if number == 1 else 'fail'}"


def _below(one: Ran) -> str:
    because = [f"    Because: {one.example.because}"] if one.example.because else []
    return "\n".join([f"    {one.instead}", *because])
