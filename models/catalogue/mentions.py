"""Whom a catalogue names, as what and where: those who have to be known before its rules can be looked at."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from models.catalogue.spec.conditions import When
from models.catalogue.spec.conflicts import CONFLICT, ConflictSpec
from models.catalogue.spec.entry_kind import Parts
from models.catalogue.spec.people import PERSON, PersonSpec
from models.catalogue.spec.references import ApproverRef, parse_approver, parse_group, parse_person
from models.catalogue.spec.specs import AccessSpec, AppSpec, RuleSpec, StageSpec

Path = tuple[str | int, ...]


class Mention(NamedTuple):
    """Somebody who is named."""

    ref: ApproverRef
    place: str
    """As people say it: "owner of GitHub"."""
    path: Path
    """Where in the file: ("app", 0, "owners")."""


def named(app: AppSpec) -> Iterator[tuple[ApproverRef, str]]:
    """Everybody that the entry names, with the place: "owner of GitHub". The same may come several times."""
    yield from ((one.ref, one.place) for one in _of_app(app, ()))


def mentions(apps: Iterable[AppSpec], parts: Parts) -> Iterator[Mention]:
    """Everybody whom a catalogue names. The same may come several times."""
    for at, app in enumerate(apps):
        yield from _of_app(app, ("app", at))
    for at, conflict in enumerate(parts.get(CONFLICT.name, ())):
        if isinstance(conflict, ConflictSpec) and conflict.stage:
            place = f"approver of the conflict “{conflict.name}”"
            yield from _of_stage(conflict.stage, place, (CONFLICT.name, at, "stage"))
    for at, entry in enumerate(parts.get(PERSON.name, ())):
        if isinstance(entry, PersonSpec):
            yield from _of_entry(entry, (PERSON.name, at))


def stages(app: AppSpec) -> Iterator[StageSpec]:
    """Every stage, the app's and those of its accesses."""
    yield from (stage for _, stage in _stages(app, ()))


def all_stages(apps: Iterable[AppSpec], parts: Parts) -> Iterator[tuple[StageSpec, str]]:
    """Every stage of a catalogue, with what it is of: an app, or a conflict."""
    yield from ((stage, app.name) for app in apps for stage in stages(app))
    for conflict in parts.get(CONFLICT.name, ()):
        if isinstance(conflict, ConflictSpec) and conflict.stage:
            yield conflict.stage, f"the conflict “{conflict.name}”"


def conditions(app: AppSpec) -> Iterator[When]:
    """Every condition of its stages and rules, with those that are inside of others."""
    yield from (when for _, when in _conditions(app, ()))


def _of_app(app: AppSpec, at: Path) -> Iterator[Mention]:
    place = f"owner of {app.name}"
    yield from (Mention(parse_approver(owner), place, (*at, "owners")) for owner in app.owners)
    for path, stage in _stages(app, at):
        yield from _of_stage(stage, f"approver of {app.name}", path)
    place, path = f"reviewer of {app.name}", (*at, "emergency", "reviewers")
    for text in app.emergency.reviewers if app.emergency else ():
        yield Mention(parse_approver(text), place, path)
    for path, when in _conditions(app, at):
        for text in when.requester_group or ():
            yield Mention(parse_group(text), f"condition of {app.name}", path)


def _of_stage(stage: StageSpec, place: str, at: Path) -> Iterator[Mention]:
    lists = {"approvers": stage.approvers, "quiet": stage.quiet, "alternates": stage.alternates}
    for field, texts in lists.items():
        yield from (Mention(parse_approver(text), place, (*at, field)) for text in texts)


def _of_entry(entry: PersonSpec, at: Path) -> Iterator[Mention]:
    yield Mention(parse_person(entry.person), "directory entry", (*at, "person"))
    if entry.manager:
        yield Mention(parse_person(entry.manager), f"manager of {entry.person}", (*at, "manager"))


def _entries(app: AppSpec, at: Path) -> Iterator[tuple[Path, AppSpec | AccessSpec]]:
    yield at, app
    yield from (((*at, "access", place), access) for place, access in enumerate(app.access))


def _stages(app: AppSpec, at: Path) -> Iterator[tuple[Path, StageSpec]]:
    for path, entry in _entries(app, at):
        yield from (((*path, "stage", place), stage) for place, stage in enumerate(entry.stage or ()))


def _conditions(app: AppSpec, at: Path) -> Iterator[tuple[Path, When]]:
    for path, entry in _entries(app, at):
        rules: dict[str, tuple[StageSpec | RuleSpec, ...]] = {
            "stage": entry.stage or (),
            "deny": entry.deny,
            "require": entry.require,
            "auto_approve": entry.auto_approve,
        }
        for field, some in rules.items():
            for place, rule in enumerate(some):
                if rule.when:
                    inner = _with_inner(rule.when)
                    yield from (((*path, field, place, "when"), when) for when in inner)


def _with_inner(when: When) -> Iterator[When]:
    yield when
    for inner in (*(when.any_of or ()), *(when.all_of or ()), *((when.not_,) if when.not_ else ())):
        yield from _with_inner(inner)
