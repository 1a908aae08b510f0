"""What an import would change in the catalogue, as lines for a terminal."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from bot.words import counted
from models.catalogue.file.read import Catalogue, Change, diff, diff_parts
from models.catalogue.spec import AppSpec
from models.queries.usage import AccessKey, InUse, in_use
from models.registry import apps, catalogue_entries
from models.store.case import Case

Apps = Mapping[str, AppSpec]
ADDED, CHANGED, REMOVED = "green", "yellow", "red"
COLOURS = {"+": ADDED, "~": CHANGED, "-": REMOVED}
STAYS = "    That stays as it is, by the rules it was asked for with. Nobody can ask for it anew."


class Line(NamedTuple):
    """A line, and the colour that it has where there are colours."""

    text: str
    colour: str | None = None


@dataclass(frozen=True)
class Difference:
    """What `compare` found. `revision` is the catalogue's: an import has to find the same one still."""

    revision: int
    changes: tuple[Change, ...]
    lines: tuple[Line, ...]


def compare(case: Case, wanted: Catalogue) -> Difference:
    """Hold a new catalogue against the present one."""
    present = Catalogue(tuple(apps.all_apps(case)), catalogue_entries.all_parts(case))
    return _difference(apps.revision(case), present, wanted, in_use(case))


def from_nothing(wanted: Catalogue) -> Difference:
    """The same where there is no database yet."""
    return _difference(0, Catalogue(()), wanted, {})


def _difference(
    revision: int, present: Catalogue, wanted: Catalogue, uses: Mapping[AccessKey, InUse]
) -> Difference:
    changes, others = diff(present.apps, wanted.apps), diff_parts(present.parts, wanted.parts)
    before, after = ({app.key: app for app in some.apps} for some in (present, wanted))
    lines = (
        *(Line(f"{change.sign} {change.text}", COLOURS[change.sign]) for change in others),
        *_changes(changes, before, after),
        *_still_used(before, after, uses),
    )
    return Difference(revision, (*others, *changes), lines)


def _changes(changes: Sequence[Change], before: Apps, after: Apps) -> Iterator[Line]:
    for key, some in groupby(changes, key=lambda change: change.app):
        texts = [change.text for change in some]
        if key in before and key in after:
            name = before[key].name
            yield Line(f"~ {name} ({key})", CHANGED)
            # Every sentence begins with the app's name, which stands above it already.
            yield from (Line(f"    {text.removeprefix(name).lstrip(': ')}") for text in texts)
        elif key:
            mark, colour = ("+", ADDED) if key in after else ("-", REMOVED)
            yield from (Line(f"{mark} {text} ({key})", colour) for text in texts)
        else:
            yield from (Line(f"~ {text}", CHANGED) for text in texts)


def _still_used(before: Apps, after: Apps, uses: Mapping[AccessKey, InUse]) -> Iterator[Line]:
    removed = list(_removed(before, after, uses))
    if removed:
        yield Line("")
        yield Line("What is removed, but held or waited for:", REMOVED)
        yield from (Line(f"    {title}: {_said(use)}", REMOVED) for title, use in removed)
        yield Line(STAYS)


def _removed(before: Apps, after: Apps, uses: Mapping[AccessKey, InUse]) -> Iterator[tuple[str, InUse]]:
    """What the new catalogue has not, with its uses: an app that goes as a whole, or else its accesses."""
    for key, of_app in groupby(sorted(uses), key=lambda used: used[0]):
        if key in before and key not in after:
            yield before[key].name, sum((uses[used] for used in of_app), InUse())
        elif key in before:
            names, kept = _accesses(before[key]), _accesses(after[key])
            for used in of_app:
                if used[1] in names.keys() - kept.keys():
                    yield f"{before[key].name}, {names[used[1]]}", uses[used]


def _accesses(app: AppSpec) -> dict[str, str]:
    return {access.key: access.name for access in app.access}


def _said(use: InUse) -> str:
    parts = [(use.grants, "live grant"), (use.requests, "open request")]
    return " and ".join(counted(number, word) for number, word in parts if number)
