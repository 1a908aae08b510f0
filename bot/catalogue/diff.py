"""What an import would change in the catalogue, as lines for a terminal."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, NamedTuple

from bot.catalogue.role_changes import RoleChange, in_words, role_changes
from bot.plural import plural
from models.catalogue.file.read import Catalogue, CatalogueChange, diff, diff_entries, dump
from models.catalogue.spec import AppSpec
from models.queries.usage import AccessKey, InUse, in_use, not_offered
from models.registry import apps, catalogue_entries
from models.registry.directory import Directory, names_of
from models.store.case import Case

Apps = Mapping[str, AppSpec]
ADDED, CHANGED, REMOVED = "green", "yellow", "red"
COLOURS = {"+": ADDED, "~": CHANGED, "-": REMOVED}
STAYS = "    Existing access runs to its end. Nobody can request it again."
SHOWN = 50
"""Of more requests than so many only the number is shown; `--json` has all."""


class DiffLine(NamedTuple):
    """A line, and the colour that it has where there are colours."""

    text: str
    colour: str | None = None


class CancelledRequest(NamedTuple):
    """An open request that an import cancels."""

    ref: str
    person: str
    """The name of whom it is for."""
    app: str
    access: str

    def __str__(self) -> str:
        return f"{self.ref}, {self.person}: {self.app} · {self.access}"


@dataclass(frozen=True)
class CatalogueDiff:
    """What an import changes."""

    revision: int
    """The stored catalogue's: an import has to find the same one."""
    digest: str
    """Of the stored catalogue and the new one, hexadecimal: the same as long as both are the same."""
    changes: tuple[CatalogueChange, ...]
    lines: tuple[DiffLine, ...]
    removed: tuple[str, ...] = ()
    """What the new catalogue lacks: apps, accesses and other entries."""
    cancelled: tuple[CancelledRequest, ...] = ()
    roles: tuple[RoleChange, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The plan for programs."""
        return {
            "digest": self.digest,
            "changes": [{"app": change.app, "change": change.text} for change in self.changes],
            "removed": list(self.removed),
            "cancelled": [request._asdict() for request in self.cancelled],
            "roles": [change._asdict() for change in self.roles],
        }


def diff_with_stored(case: Case, new: Catalogue) -> CatalogueDiff:
    """Compare a new catalogue with the stored one."""
    stored = Catalogue(tuple(apps.all_apps(case)), catalogue_entries.all_parts(case))
    rows = not_offered(case, new.apps)
    names = names_of(case, {row.beneficiary_id for row in rows})
    cancelled = tuple(
        CancelledRequest(row.ref, names[row.beneficiary_id], row.app_name, row.access_name) for row in rows
    )
    roles = role_changes(_by_key(stored), _by_key(new), Directory(case))
    return _diff(apps.revision(case), stored, new, in_use(case), cancelled, roles)


def diff_with_nothing(new: Catalogue) -> CatalogueDiff:
    """Compare a new catalogue with an empty one, where there is no database yet."""
    return _diff(0, Catalogue(()), new, {})


def _diff(
    revision: int,
    stored: Catalogue,
    new: Catalogue,
    usage: Mapping[AccessKey, InUse],
    cancelled: tuple[CancelledRequest, ...] = (),
    roles: tuple[RoleChange, ...] = (),
) -> CatalogueDiff:
    changes, entry_changes = diff(stored.apps, new.apps), diff_entries(stored.entries, new.entries)
    before, after = _by_key(stored), _by_key(new)
    lines = (
        *(DiffLine(f"{change.sign} {change.text}", COLOURS[change.sign]) for change in entry_changes),
        *_changes(changes, before, after),
        *_still_used(before, after, usage),
        *_section("Open requests that will be cancelled:", _shown(cancelled), REMOVED),
        *_section("Who gains and loses a role:", list(in_words(roles)), CHANGED),
    )
    removed = (
        *(change.text.removesuffix(" is removed") for change in entry_changes if change.sign == "-"),
        *(title for title, *_ in _missing(before, after)),
    )
    digest = hashlib.sha256("\0".join(dump(one.apps, one.entries) for one in (stored, new)).encode())
    return CatalogueDiff(
        revision, digest.hexdigest(), (*entry_changes, *changes), lines, removed, cancelled, roles
    )


def _by_key(catalogue: Catalogue) -> Apps:
    return {app.key: app for app in catalogue.apps}


def _shown(cancelled: Sequence[CancelledRequest]) -> list[str]:
    more = len(cancelled) - SHOWN
    return [*map(str, cancelled[:SHOWN]), *([f"and {more:,} more"] if more > 0 else [])]


def _section(heading: str, texts: Sequence[str], colour: str) -> Iterator[DiffLine]:
    """A heading with these lines below it; nothing where there are none."""
    if texts:
        yield DiffLine("")
        yield DiffLine(heading, colour)
        yield from (DiffLine(f"    {text}", colour) for text in texts)


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
    """What is removed although somebody holds it or waits for it."""
    used = [
        f"{title}: {_usage_in_words(use)}"
        for title, app, access in _missing(before, after)
        if (use := _usage(usage, app, access))
    ]
    yield from _section("Removed, but still in use:", used, REMOVED)
    if used:
        yield DiffLine(STAYS)


def _usage(usage: Mapping[AccessKey, InUse], app: str, access: str | None) -> InUse:
    """Of one access, or (None) of everything in an app, what it had earlier included."""
    return sum((use for key, use in usage.items() if key == (app, access or key[1])), InUse())


def _missing(before: Apps, after: Apps) -> Iterator[tuple[str, str, str | None]]:
    """What the new catalogue lacks, by title, app and access; None is the app as a whole."""
    for key, app in before.items():
        if key not in after:
            yield app.name, key, None
            continue
        kept = _accesses(after[key])
        for access, name in _accesses(app).items():
            if access not in kept:
                yield f"{app.name}, {name}", key, access


def _accesses(app: AppSpec) -> dict[str, str]:
    return {access.key: access.name for access in app.access}


def _usage_in_words(use: InUse) -> str:
    parts = [(use.grants, "live grant"), (use.requests, "open request")]
    return " and ".join(plural(number, word) for number, word in parts if number)
