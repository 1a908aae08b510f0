"""`[[person]]`: what Slack's profiles do not say of somebody. What stands here wins over Slack."""

from collections.abc import Iterator, Sequence
from typing import Annotated

from pydantic import AfterValidator, ValidationInfo, field_validator

from models.catalogue.spec.entry_kind import Complaint, Kind
from models.catalogue.spec.fields import Label, Spec, Switch
from models.catalogue.spec.references import parse_person
from models.catalogue.spec.specs import AppSpec


def _person(text: str) -> str:
    parse_person(text)
    return text


OnePerson = Annotated[str, AfterValidator(_person)]


class PersonSpec(Spec):
    """One person of the directory. What is left out is as Slack says."""

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
        if manager and person and plain(manager) == plain(person):
            raise ValueError("is the same person. Nobody is their own manager; name somebody else")
        return manager


def plain(ref: str) -> str:
    """A person as written, so that two ways to write one address are the same."""
    return ref.lower() if "@" in ref else ref


def _complaints(people: Sequence[PersonSpec], _apps: Sequence[AppSpec]) -> Iterator[Complaint]:
    managers = {plain(one.person): plain(one.manager) for one in people if one.manager}
    told: set[str] = set()
    for at, one in enumerate(people):
        circle = _circle(plain(one.person), managers)
        if circle and told.isdisjoint(circle):
            told.update(circle)
            chain = " → ".join([*circle, circle[0]])
            yield Complaint(
                at, "manager", f"goes round in a circle of managers: {chain}. Correct one of them"
            )


def _circle(start: str, managers: dict[str, str]) -> list[str]:
    """The managers from this person back to them; empty where they do not lead back."""
    chain = [start]
    while (above := managers.get(chain[-1])) is not None:
        if above == start:
            return chain
        if above in chain:
            return []
        chain.append(above)
    return []


PERSON = Kind(
    name="person",
    model=PersonSpec,
    word="directory entry",
    key=lambda one: plain(one.person),
    title=lambda one: one.person,
    complaints=_complaints,
)
