"""The field for a condition: when a stage or a rule applies, part by part."""

from dataclasses import dataclass
from typing import Any

from blocks import kit
from blocks.admin.condition_parts import COMMON, NESTED, RARE
from blocks.admin.field import Field, Known
from blocks.admin.ids import Do
from blocks.admin.overlay import Problems
from blocks.answers import Values
from blocks.kit import Block
from blocks.text import cut, esc
from models.catalogue import inline, listed
from models.catalogue.condition_words import condition
from models.catalogue.conditions import NESTED as NESTED_KEYS
from models.catalogue.listed import Spot
from models.catalogue.never import why_never
from models.catalogue.problems import Path
from models.catalogue.spec import AppSpec, RuleSpec, StageSpec, When

PARTS = (*COMMON, *RARE)


@dataclass(frozen=True)
class Condition(Field):
    """A condition. `label` is said above its parts, and `hint` below that.

    The rarer parts are there when one of them is set, or once they were asked for (`more`).
    """

    more: bool = False

    @property
    def id(self) -> str:
        return PARTS[0].id

    def block_at(self, path: Path) -> str:
        if path and path[0] in NESTED_KEYS:
            return NESTED.id
        return next((part.id for part in PARTS if path and part.name == path[0]), self.id)

    def shown(self, value: Any) -> tuple[Any, ...]:
        parts = (part.shown(getattr(value, part.name, None)) for part in PARTS)
        return (*parts, NESTED.shown(value))

    def blocks(self, shown: Any, known: Known) -> list[Block]:
        heading = [kit.divider(), kit.section(f"*{esc(self.label)}*\n{esc(self.hint)}")]
        by_id = {part.id: one for part, one in zip((*PARTS, NESTED), shown, strict=True)}
        if self.more or any(by_id[part.id] != _EMPTY[part.id] for part in _TELLING):
            drawn, further = (*PARTS, NESTED), []
        else:
            drawn, further = COMMON, [kit.actions([kit.button("More conditions", Do.MORE_CONDITIONS)])]
        return [
            *heading,
            *(block for part in drawn for block in part.blocks(by_id[part.id], known)),
            *further,
        ]

    def read(self, values: Values) -> tuple[Any, ...]:
        # What was not drawn was not set.
        return tuple(
            part.read(values) if part.id in values else part.shown(None) for part in (*PARTS, NESTED)
        )

    def stored(self, given: Any, value: Any) -> Any:
        *parts, nested = given
        data: dict[str, Any] = value.stored() if value else {}
        for part, one in zip(PARTS, parts, strict=True):
            before = getattr(value, part.name, None)
            if one != part.shown(before):
                data[part.name] = part.stored(one, before)
        if nested != NESTED.shown(value):
            data = {name: one for name, one in data.items() if name not in NESTED_KEYS}
            data |= NESTED.stored(nested, value)
        data = {name: one for name, one in data.items() if one is not None}
        return data if set(data) - {"time_zone"} else None


_TELLING: tuple[Field, ...] = (*(part for part in RARE if part.name != "time_zone"), NESTED)
"""Set in a condition, they bring the rarer parts into view."""
_EMPTY = {part.id: part.shown(None) for part in _TELLING}


def too_long(when: When | None) -> list[Block]:
    """What a form cannot show of a condition, said below it."""
    if when is None or NESTED.shown(when) or not inline.write(when):
        return []
    nested = when.model_copy(update={part.name: None for part in PARTS if part.name != "time_zone"})
    said = f"Also only when {cut(esc(condition(nested)), 2000)}."
    return [kit.context(f"{said} That is too long to be shown, and stays unless you write something there.")]


def met_sometimes(app: AppSpec, spot: Spot, before: StageSpec | RuleSpec | None) -> AppSpec:
    """The app, where what was just written can be met. What was so before is only noted elsewhere.

    Raises Problems with the reason.
    """
    after: StageSpec | RuleSpec = listed.found(app, spot)
    said = why_never(app, spot) if before is None or before.when != after.when else None
    if said:
        raise Problems({PARTS[0].id: f"It {said}"})
    return app
