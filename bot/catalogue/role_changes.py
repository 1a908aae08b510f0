"""Who becomes, or no longer is, owner, approver or reviewer of an app when its entry changes."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from bot.plural import listing
from models.catalogue.mentions import find_mentions
from models.catalogue.spec import AppSpec, GroupRef, PersonRef
from models.policy.facts import PeopleDirectory

ROLES = {"owner": "an owner", "approver": "an approver", "reviewer": "a reviewer"}
NAMED = 10
"""Of more people than so many only the number is said, beside the first ones."""


class RoleChange(NamedTuple):
    """One person who gains or loses a role in an app."""

    person: str
    """The name; what the catalogue writes where nobody is known by that."""
    gains: bool
    role: str
    app: str


def role_changes(
    before: Mapping[str, AppSpec], after: Mapping[str, AppSpec], who: PeopleDirectory
) -> tuple[RoleChange, ...]:
    """The changes in apps that both catalogues have; of a new or removed app, its own line says it.

    Groups count as the members that are known; managers differ with each request and are left out.
    """
    return tuple(change for key in after if key in before for change in _of_app(before[key], after[key], who))


def in_words(changes: Iterable[RoleChange]) -> Iterator[str]:
    """A sentence for each role of an app that people gain or lose."""
    together: dict[tuple[str, str, bool], list[str]] = {}
    for change in changes:
        together.setdefault((change.app, change.role, change.gains), []).append(change.person)
    for (app, role, gains), people in together.items():
        several = len(people) > 1
        names = people[:NAMED] + ([f"{len(people) - NAMED} more"] if len(people) > NAMED else [])
        verb = ("become" if several else "becomes") if gains else ("are" if several else "is") + " no longer"
        yield f"{listing(names)} {verb} {role + 's' if several else ROLES[role]} of {app}"


def _of_app(before: AppSpec, after: AppSpec, who: PeopleDirectory) -> Iterator[RoleChange]:
    old, new = _holders(before, who), _holders(after, who)
    for role in ROLES:
        had, has = old.get(role, {}), new.get(role, {})
        for key in sorted(had.keys() ^ has.keys()):
            yield RoleChange((has | had)[key], key in has, role, after.name)


def _holders(app: AppSpec, who: PeopleDirectory) -> dict[str, dict[str, str]]:
    """By role, whoever has it: names by id, or by what the catalogue writes."""
    found: dict[str, dict[str, str]] = {}
    for ref, place, _ in find_mentions([app], {}):
        role = place.partition(" of ")[0]
        if isinstance(ref, PersonRef):
            person = who.person(ref.id) if ref.id else who.by_email(ref.email or "")
            key, name = (person.id, person.name) if person else (str(ref), str(ref))
            found.setdefault(role, {})[key] = name
        elif isinstance(ref, GroupRef):
            found.setdefault(role, {}).update(_members(ref, who))
    return found


def _members(ref: GroupRef, who: PeopleDirectory) -> dict[str, str]:
    group = who.group(str(ref))
    if group is None:
        return {str(ref): str(ref)}
    who.look_up(group.members)
    people = {member: who.person(member) for member in group.members}
    return {member: person.name if person else member for member, person in people.items()}
