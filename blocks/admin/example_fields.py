"""The fields that only an example has: who asks, and for how long."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from blocks import kit
from blocks.admin.field import Field, Known, Wrong
from blocks.admin.fields import TEXT, Text, Tick
from blocks.admin.ids import Do
from blocks.admin.length_fields import length
from blocks.admin.list_fields import Accesses, UserGroups
from blocks.answers import Values, picked, typed
from blocks.elements import person_chosen, person_select
from blocks.kit import Block
from models.catalogue.spec import FOREVER, AccessSpec
from models.durations import format_duration, spoken

DESCRIBED: tuple[Field, ...] = (
    Text("title", "Or somebody with the title", block="who_title", inherits=True),
    Text("department", "… of the department", block="who_department", inherits=True),
    UserGroups("groups", "… who is in the user groups", block="who_groups"),
    Tick("guest", "… who is", block="who_guest", sentence="A guest"),
    Tick("contractor", "… who is hired", block="who_contractor", sentence="As a contractor"),
    Tick("manager", "… who has", block="who_manager", sentence="A manager"),
    Accesses("holds", "… who has already", block="who_holds", optional=True),
)
_USUAL = {"manager": True}
"""Of somebody of whom nothing else is said."""


@dataclass(frozen=True)
class Who(Field):
    """Somebody by name, or somebody described. Shown as the person's reference, and the description."""

    @property
    def email_id(self) -> str:
        """The block for a person whom Slack's menu does not show."""
        return f"{self.id}_email"

    def block_at(self, path: Sequence[str | int]) -> str:
        if path and path[0] == "person":
            return self.email_id
        return next((one.id for one in DESCRIBED if path and one.name == path[0]), self.id)

    def shown(self, value: Any) -> tuple[Any, ...]:
        parts = (one.shown(getattr(value, one.name, _USUAL.get(one.name))) for one in DESCRIBED)
        return (getattr(value, "person", None) or "", *parts)

    def blocks(self, shown: Any, known: Known) -> list[Block]:
        person, *described = shown
        in_menu = person if person in known.people else ""
        email = kit.text_input(TEXT, initial="" if in_menu else person, limit=300)
        return [
            self.input(person_select("person", initial=in_menu), optional=True),
            kit.input_block("Or by e-mail address", email, block_id=self.email_id, optional=True),
            *(
                block
                for one, part in zip(DESCRIBED, described, strict=True)
                for block in one.blocks(part, known)
            ),
        ]

    def read(self, values: Values) -> tuple[Any, ...]:
        person = typed(values, self.email_id) or person_chosen(values, self.id)
        return (person, *(one.read(values) for one in DESCRIBED))

    def stored(self, given: Any, value: Any) -> Any:
        person, *described = given
        plain = self.shown(None)[1:]
        if person:
            if tuple(described) != plain:
                raise Wrong(self.id, "Choose somebody, or describe somebody. Not both.")
            return person
        return {
            one.name: one.stored(part, None)
            for one, part, usual in zip(DESCRIBED, described, plain, strict=True)
            if part != usual
        }


@dataclass(frozen=True)
class HowLong(Field):
    """A length of time; nothing written is without an end."""

    def shown(self, value: Any) -> str:
        return "" if value is None else spoken(value)

    def blocks(self, shown: Any, known: Known) -> list[Block]:
        return [self.input(kit.text_input(TEXT, initial=shown, limit=100), optional=True)]

    def read(self, values: Values) -> str:
        return typed(values, self.id)

    def stored(self, given: Any, value: Any) -> Any:
        return format_duration(length(given, self.id)) if given else FOREVER


@dataclass(frozen=True)
class OneAccess(Field):
    """One access of the app, by its key. `accesses` are those there are."""

    accesses: Sequence[AccessSpec] = ()

    def shown(self, value: Any) -> str:
        return str(value or "")

    def blocks(self, shown: Any, known: Known) -> list[Block]:
        name = next((one.name for one in self.accesses if one.key == shown), shown)
        initial = kit.option(name, shown) if shown else None
        menu = kit.external_select(Do.FIND_ACCESS, placeholder="Type to search", initial=initial)
        return [self.input(menu)]

    def read(self, values: Values) -> str:
        return picked(values, self.id)

    def stored(self, given: Any, value: Any) -> Any:
        if not given:
            raise Wrong(self.id, "Choose an access.")
        return given
