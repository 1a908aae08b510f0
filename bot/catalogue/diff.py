"""What an import would change in the catalogue, as lines for a terminal."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from bot.plural import plural
from models.catalogue.file.read import Catalogue, CatalogueChange, diff, diff_entries
from models.catalogue.spec import AppSpec
from models.queries.usage import AccessKey, InUse, in_use
from models.registry import apps, catalogue_entries
from models.store.case import Case

Apps = Mapping[str, AppSpec]
ADDED, CHANGED, REMOVED = "green", "yellow", "red"
COLOURS = {"+": ADDED, "~": CHANGED, "-": REMOVED}
STAYS = "    That stays as it is, by the rules it was asked for with. Nobody can ask for it anew."


class DiffLine(NamedTuple):
    """A line, and the colour that it has where there are colours."""

    text: str
    colour: str | None = None


@dataclass(frozen=True)
class CatalogueDiff:
    """What an import changes. `revision` is the stored catalogue's: an import has to find the same one."""

    revision: int
    changes: tuple[CatalogueChange, ...]
    lines: tuple[DiffLine, ...]


def diff_with_stored(case: Case, new: Catalogue) -> CatalogueDiff:
    """Compare a new catalogue with the stored one."""
    stored = Catalogue(tuple(apps.all_apps(case)), catalogue_entries.all_parts(case))
    return _diff(apps.revision(case), stored, new, in_use(case))


def diff_with_nothing(new: Catalogue) -> CatalogueDiff:
    """Compare a new catalogue with an empty one, where there is no database yet."""
    return _diff(0, Catalogue(()), new, {})


def _diff(
    revision: int, stored: Catalogue, new: Catalogue, usage: Mapping[AccessKey, InUse]
) -> CatalogueDiff:
    changes, entry_changes = diff(stored.apps, new.apps), diff_entries(stored.entries, new.entries)
    before, after = ({app.key: app for app in catalogue.apps} for catalogue in (stored, new))
    lines = (
        *(DiffLine(f"{change.sign} {change.text}", COLOURS[change.sign]) for change in entry_changes),
        *_changes(changes, before, after),
        *_still_used(before, after, usage),
    )
    return CatalogueDiff(revision, (*entry_changes, *changes), lines)


def _changes(changes: Sequence[CatalogueChange], before: Apps, after: Apps) -> Iterator[DiffLine]:
    for key, changes_of_app in groupby(changes, key=lambda change: change.app):
        texts = [change.text for change in changes_of_app]
        if key in before and key in after:
            name = before[key].name
            yield DiffLine(f"~ {name} ({key})", CHANGED)
            # Every sentence begins with the app's name, which stands above it already.
            yield from (DiffLine(f"    {text.removeprefix(name).lstrip(': ')}") for text in texts)
        elif key:
            mark, colour = ("+", ADDED) if key in after else ("-", REMOVED)
            yield from (DiffLine(f"{mark} {text} ({key})", colour) for text in texts)
        else:
            yield from (DiffLine(f"~ {text}", CHANGED) for text in texts)


def _still_used(before: Apps, after: Apps, usage: Mapping[AccessKey, InUse]) -> Iterator[DiffLine]:
    removed = list(_removed(before, after, usage))
    if removed:
        yield DiffLine("")
        yield DiffLine("What is removed, but held or waited for:", REMOVED)
        yield from (DiffLine(f"    {title}: {_usage_in_words(use)}", REMOVED) for title, use in removed)
        yield DiffLine(STAYS)


def _removed(before: Apps, after: Apps, usage: Mapping[AccessKey, InUse]) -> Iterator[tuple[str, InUse]]:
    """What the new catalogue lacks, with its usage: an app that goes as a whole, or else its accesses."""
    for key, of_app in groupby(sorted(usage), key=lambda key: key[0]):
        if key in before and key not in after:
            yield before[key].name, sum((usage[access] for access in of_app), InUse())
        elif key in before:
            names, kept = _accesses(before[key]), _accesses(after[key])
            for access in of_app:
                if access[1] in names.keys() - kept.keys():
                    yield f"{before[key].name}, {names[access[1]]}", usage[access]


def _accesses(app: AppSpec) -> dict[str, str]:
    return {access.key: access.name for access in app.access}


def _usage_in_words(use: InUse) -> str:
    parts = [(use.grants, "live grant"), (use.requests, "open request")]
    return " and ".join(plural(number, word) for number, word in parts if number)
