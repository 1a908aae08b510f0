"""The fields that only a stage has: how many must approve, and when the stage applies."""

from dataclasses import dataclass
from typing import Any

from blocks import kit
from blocks.admin.field import Field, Known, Wrong
from blocks.admin.fields import Choice, Option, Several
from blocks.admin.length_fields import Length
from blocks.answers import Values, picked, typed
from blocks.elements import number_input
from blocks.kit import Block
from blocks.text import esc
from models.catalogue.condition_words import condition
from models.catalogue.fields import MOST_PEOPLE
from models.catalogue.spec import Risk, When

NUMBER = "number"
RULES = (
    Option("any", "One of them: the first decision counts", "any"),
    Option("all", "All of them", "all"),
    Option(NUMBER, "A number of them", None),
)


@dataclass(frozen=True)
class Quorum(Field):
    """A stage's rule: any, all, or a number that is entered beside it. Shown as a pair: ("number", "2")."""

    @property
    def number_id(self) -> str:
        """The block of the number."""
        return f"{self.id}_number"

    def shown(self, value: Any) -> tuple[str, str]:
        return (value, "") if value in ("any", "all") else (NUMBER, str(value))

    def blocks(self, shown: Any, known: Known) -> list[Block]:
        word, number = shown
        counted = number_input(NUMBER, initial=number, least=1, most=MOST_PEOPLE)
        hint = "Only for “A number of them”."
        beside = kit.input_block("How many", counted, block_id=self.number_id, optional=True, hint=hint)
        return [*self._choice.blocks(word, known), beside]

    def read(self, values: Values) -> tuple[str, str]:
        word = picked(values, self.id)
        return word, typed(values, self.number_id) if word == NUMBER else ""

    def stored(self, given: Any, value: Any) -> Any:
        word, number = given
        if word != NUMBER:
            return self._choice.stored(word, value)
        if not (number.isascii() and number.isdigit()):
            raise Wrong(self.number_id, "Say how many have to approve.")
        return int(number[:6])

    @property
    def _choice(self) -> Choice:
        return Choice(self.name, self.label, self.hint, self.block, options=RULES)


PARTS: tuple[Field, ...] = (
    Several(
        "risk",
        "Only when the risk is",
        "None ticked: whatever the risk.",
        block="when_risk",
        options=[Option(risk.value, risk.value.capitalize(), risk.value) for risk in Risk],
    ),
    Choice(
        "privileged",
        "Only when the access is",
        block="when_privileged",
        options=(
            Option("either", "Privileged or not", None),
            Option("privileged", "Privileged", True),
            Option("plain", "Not privileged", False),
        ),
    ),
    Length("duration_over", "Only when it is for longer than", "As in 8 hours.", block="when_duration_over"),
)


@dataclass(frozen=True)
class Condition(Field):
    """When a stage applies. The form has the usual parts; the others stay as the catalogue file has them."""

    @property
    def id(self) -> str:
        return PARTS[0].id

    def shown(self, value: Any) -> tuple[Any, ...]:
        return tuple(part.shown(getattr(value, part.name, None)) for part in PARTS)

    def blocks(self, shown: Any, known: Known) -> list[Block]:
        return [block for part, one in zip(PARTS, shown, strict=True) for block in part.blocks(one, known)]

    def read(self, values: Values) -> tuple[Any, ...]:
        return tuple(part.read(values) for part in PARTS)

    def stored(self, given: Any, value: Any) -> Any:
        data: dict[str, Any] = value.stored() if value else {}
        for part, one in zip(PARTS, given, strict=True):
            before = getattr(value, part.name, None)
            if one != part.shown(before):
                data[part.name] = part.stored(one, before)
        data = {name: one for name, one in data.items() if one is not None}
        return data if set(data) - {"time_zone"} else None


def other_conditions(when: When | None) -> list[Block]:
    """What the form does not show of a condition, said below it."""
    if when is None:
        return []
    others = when.model_copy(update={part.name: None for part in PARTS})
    if not others.parts():
        return []
    said = f"Also only when {esc(condition(others))}. That stays as the catalogue file has it."
    return [kit.context(said)]
