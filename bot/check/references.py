"""Whom the catalogue names, and as what."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TypeVar

from models.catalogue.spec import (
    AccessSpec,
    ApproverRef,
    AppSpec,
    GroupRef,
    PersonRef,
    RuleSpec,
    StageSpec,
    When,
    parse_approver,
    parse_group,
)

Ref = TypeVar("Ref", PersonRef, GroupRef)
Places = dict[Ref, list[str]]
"""Where somebody is named: "owner of GitHub"."""


def people_named(apps: Iterable[AppSpec]) -> Places[PersonRef]:
    """Every person that the catalogue names."""
    return _of_kind(PersonRef, apps)


def groups_named(apps: Iterable[AppSpec]) -> Places[GroupRef]:
    """Every user group that stages and conditions name; what connectors fill is not here."""
    return _of_kind(GroupRef, apps)


def _of_kind(kind: type[Ref], apps: Iterable[AppSpec]) -> Places[Ref]:
    places: Places[Ref] = defaultdict(list)
    for app in apps:
        for ref, place in _named(app):
            if isinstance(ref, kind) and place not in places[ref]:
                places[ref].append(place)
    return places


def _named(app: AppSpec) -> Iterator[tuple[ApproverRef, str]]:
    yield from ((parse_approver(owner), f"owner of {app.name}") for owner in app.owners)
    entries: tuple[AppSpec | AccessSpec, ...] = (app, *app.access)
    for entry in entries:
        for stage in entry.stage or ():
            yield from ((parse_approver(text), f"approver of {app.name}") for text in stage.approvers)
        for when in _conditions(entry):
            yield from ((parse_group(text), f"condition of {app.name}") for text in _groups(when))


def _conditions(entry: AppSpec | AccessSpec) -> Iterator[When]:
    parts: tuple[StageSpec | RuleSpec, ...] = (
        *(entry.stage or ()),
        *entry.deny,
        *entry.require,
        *entry.auto_approve,
    )
    for part in parts:
        if part.when:
            yield part.when


def _groups(when: When) -> Iterator[str]:
    yield from when.requester_group or ()
    for inner in (*(when.any_of or ()), *(when.all_of or ()), *((when.not_,) if when.not_ else ())):
        yield from _groups(inner)
