"""Whom the catalogue names, and as what."""

from collections import defaultdict
from collections.abc import Iterable
from typing import TypeVar

from models.catalogue import references
from models.catalogue.spec import AppSpec, GroupRef, PersonRef

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
        for ref, place in references.named(app):
            if isinstance(ref, kind) and place not in places[ref]:
                places[ref].append(place)
    return places
