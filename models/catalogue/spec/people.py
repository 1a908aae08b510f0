"""`[[person]]`: what Slack's profiles lack of somebody. What stands here wins over Slack."""

from collections.abc import Iterator, Sequence
from typing import Annotated

from pydantic import AfterValidator, ValidationInfo, field_validator

from models.catalogue.spec.entry_kind import EntryKind, EntryProblem
from models.catalogue.spec.fields import Label, Spec, Switch
from models.catalogue.spec.references import parse_person, person_key
from models.catalogue.spec.specs import AppSpec


def _person(text: str) -> str:
    parse_person(text)
    return text


OnePerson = Annotated[str, AfterValidator(_person)]


class PersonSpec(Spec):
    """One person of the directory. What is left out is as in Slack's profile."""

    person: OnePerson
    manager: OnePerson | None = None
    department: Label = ""
    title: Label = ""
    contractor: Switch = False
    """Contractors, as guests, have every access for a limited time."""

    @field_validator("manager")
    @classmethod
    def _not_oneself(cls, manager: str | None, info: ValidationInfo) -> str | None:
        person = info.data.get("person")
        if manager and person and person_key(manager) == person_key(person):
            raise ValueError("is the same person. Nobody is their own manager; choose someone else")
        return manager


def _find_problems(people: Sequence[PersonSpec], _apps: Sequence[AppSpec]) -> Iterator[EntryProblem]:
    managers = {person_key(entry.person): person_key(entry.manager) for entry in people if entry.manager}
    reported: set[str] = set()
    for at, entry in enumerate(people):
        circle = _circle(person_key(entry.person), managers)
        if circle and reported.isdisjoint(circle):
            reported.update(circle)
            chain = " → ".join([*circle, circle[0]])
            yield EntryProblem(at, "manager", f"is a circle of managers: {chain}. Correct one of them")


def _circle(start: str, managers: dict[str, str]) -> list[str]:
    """The chain of managers from this person back to them; empty where it does not lead back."""
    chain = [start]
    while (above := managers.get(chain[-1])) is not None:
        if above == start:
            return chain
        if above in chain:
            return []
        chain.append(above)
    return []


PERSON = EntryKind(
    name="person",
    model=PersonSpec,
    word="directory entry",
    key=lambda entry: person_key(entry.person),
    title=lambda entry: entry.person,
    find_problems=_find_problems,
)
