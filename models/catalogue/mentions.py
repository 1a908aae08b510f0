"""Find the people, user groups and stages that a catalogue names, each with its place."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from models.catalogue.spec.conditions import When
from models.catalogue.spec.conflicts import CONFLICT, ConflictSpec
from models.catalogue.spec.entry_kind import EntriesByKind
from models.catalogue.spec.fields import Path
from models.catalogue.spec.people import PERSON, PersonSpec
from models.catalogue.spec.references import ApproverRef, parse_approver, parse_group, parse_person
from models.catalogue.spec.specs import AccessSpec, AppSpec, RuleSpec, StageSpec


class Mention(NamedTuple):
    """A person or a user group that the catalogue names."""

    ref: ApproverRef
    place: str
    """In words: "owner of GitHub"."""
    path: Path
    """Where in the file: ("app", 0, "owners")."""


def app_refs(app: AppSpec) -> Iterator[ApproverRef]:
    """Every person, group and role that an app names. The same may come several times."""
    yield from (mention.ref for mention in _of_app(app, ()))


def find_mentions(apps: Iterable[AppSpec], parts: EntriesByKind) -> Iterator[Mention]:
    """Every person, group and role that a catalogue names. The same may come several times."""
    for at, app in enumerate(apps):
        yield from _of_app(app, ("app", at))
    for at, conflict in enumerate(parts.get(CONFLICT.name, ())):
        if isinstance(conflict, ConflictSpec) and conflict.stage:
            place = f"approver of the conflict “{conflict.name}”"
            yield from _of_stage(conflict.stage, place, (CONFLICT.name, at, "stage"))
    for at, entry in enumerate(parts.get(PERSON.name, ())):
        if isinstance(entry, PersonSpec):
            yield from _of_person(entry, (PERSON.name, at))


def all_stages(apps: Iterable[AppSpec], parts: EntriesByKind) -> Iterator[tuple[StageSpec, str]]:
    """Every stage of a catalogue, with the name of its app, or "the conflict “…”"."""
    yield from ((stage, app.name) for app in apps for _, stage in _stages(app, ()))
    for conflict in parts.get(CONFLICT.name, ()):
        if isinstance(conflict, ConflictSpec) and conflict.stage:
            yield conflict.stage, f"the conflict “{conflict.name}”"


def conditions(app: AppSpec) -> Iterator[When]:
    """Every condition of an app's stages and rules, those nested in others included."""
    yield from (when for _, when in _conditions(app, ()))


def _of_app(app: AppSpec, at: Path) -> Iterator[Mention]:
    place = f"owner of {app.name}"
    yield from (Mention(parse_approver(owner), place, (*at, "owners")) for owner in app.owners)
    for path, stage in _stages(app, at):
        yield from _of_stage(stage, f"approver of {app.name}", path)
    for text in app.emergency.reviewers if app.emergency else ():
        yield Mention(parse_approver(text), f"reviewer of {app.name}", (*at, "emergency", "reviewers"))
    for path, when in _conditions(app, at):
        for text in when.requester_group or ():
            yield Mention(parse_group(text), f"condition of {app.name}", path)


def _of_stage(stage: StageSpec, place: str, at: Path) -> Iterator[Mention]:
    lists = {"approvers": stage.approvers, "quiet": stage.quiet, "alternates": stage.alternates}
    for field, texts in lists.items():
        yield from (Mention(parse_approver(text), place, (*at, field)) for text in texts)


def _of_person(entry: PersonSpec, at: Path) -> Iterator[Mention]:
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
        for field, items in rules.items():
            for place, rule in enumerate(items):
                if rule.when:
                    nested = _with_nested(rule.when)
                    yield from (((*path, field, place, "when"), when) for when in nested)


def _with_nested(when: When) -> Iterator[When]:
    yield when
    for nested in when.nested():
        yield from _with_nested(nested)
