"""Running the examples of policies against whom the database knows, and saying how each came out."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from sqlalchemy.orm import Session

from bot.database import NoSchema, opened
from bot.failure import Failure
from bot.words import counted
from models import apps, parts
from models.catalogue.conflict_entries import CONFLICT
from models.catalogue.file import Catalogue
from models.directory import Directory
from models.policy import Company
from models.policy.examples import Ran, run_all


async def stored(url: str) -> list[Ran]:
    """Run the examples of the catalogue in the database. Raises Failure where there is none yet."""
    async with opened(url) as store:
        return await store.read(_run_stored)


def _run_stored(session: Session) -> list[Ran]:
    return list(run_all(apps.every(session), Directory(session), parts.every(session, CONFLICT)))


async def filed(url: str, catalogue: Catalogue) -> list[Ran]:
    """Run the examples of a catalogue. Before there is a database, everybody named is supposed to exist."""
    specs, conflicts = catalogue.apps, catalogue.of(CONFLICT)
    try:
        async with opened(url) as store:
            return await store.read(lambda session: list(run_all(specs, Directory(session), conflicts)))
    except NoSchema:
        return list(run_all(specs, Company([]), conflicts))


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
