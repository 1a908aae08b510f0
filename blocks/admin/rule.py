"""The form for one rule that decides by itself, of an app or of one of its accesses."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from blocks.admin.condition_field import Condition, met_sometimes, too_long
from blocks.admin.field import Field, Known
from blocks.admin.fields import Text
from blocks.admin.form import form, with_entry
from blocks.admin.ids import Place, Screen, Shown, number
from blocks.admin.overlay import Problems, draw, overlay, validated
from blocks.answers import Values
from blocks.kit import Block, View
from models.catalogue import listed
from models.catalogue.listed import Spot
from models.catalogue.spec import AppSpec, RuleSpec
from models.errors import NotFound

_NAME = Text("name", "Name", "As in No contractors.", optional=False)
_WHY = Text(
    "why",
    "Why",
    "The person who asks reads this. Left empty, they read the conditions.",
    limit=500,
    multiline=True,
)


@dataclass(frozen=True)
class RuleKind:
    """What a list of rules does, and how its form speaks."""

    list: str
    """Its name in the catalogue."""
    title: str
    when: Condition

    @property
    def fields(self) -> tuple[Field, ...]:
        return (_NAME, _WHY, self.when)


KINDS = {
    kind.list: kind
    for kind in (
        RuleKind(
            "deny",
            "A rule that refuses",
            Condition(
                "when",
                "When it refuses",
                "When all of these hold; with nothing set, always. Leave alone what does not matter.",
            ),
        ),
        RuleKind(
            "require",
            "A rule that must hold",
            Condition(
                "when",
                "What must hold",
                "All of these, for whoever asks and for whom it is. Leave alone what does not matter.",
            ),
        ),
        RuleKind(
            "auto_approve",
            "A rule that approves",
            Condition(
                "when",
                "When it approves without asking anybody",
                "When all of these hold; with nothing set, always. Leave alone what does not matter.",
            ),
        ),
    )
}
_BLANK = RuleSpec.model_construct(name="")


def build(app: AppSpec, place: Place, known: Known, above: Sequence[Block] = ()) -> View:
    """The form for the rule at `place`, or for a new one. Raises NotFound where there is none any more."""
    kind, part, new = _found(app, place)
    rule = _BLANK if new else listed.found(app, part)
    fields = (*kind.fields[:-1], replace(kind.when, more=Shown.CONDITIONS in place.more))
    return form(
        Screen.RULE, kind.title, [*draw(fields, rule, known), *too_long(rule.when)], place, above=above
    )


def parse(app: AppSpec, place: Place, values: Values) -> AppSpec:
    """The app with a rule as it was filled in.

    Raises Problems, or NotFound where there is no such rule any more.
    """
    kind, part, new = _found(app, place)
    rule = _BLANK if new else listed.found(app, part)
    data = overlay(kind.fields, rule, values, {} if new else rule.stored())
    if kind.list == "require" and "when" not in data:
        raise Problems({kind.when.id: "Say what must hold: at least one of these."})
    path = listed.path(app, part)
    saved = validated(with_entry(app.stored(), path, data), kind.fields, path)
    return met_sometimes(saved, part, None if new else rule)


def part_of(reference: str, access: str) -> Spot:
    """The rule that a reference is about ("deny:0"). Raises NotFound for a misshapen one."""
    name, _, at = reference.partition(":")
    if name not in KINDS:
        raise NotFound("There is no such rule any more.")
    return Spot(name, number(at), access)


def _found(app: AppSpec, place: Place) -> tuple[RuleKind, Spot, bool]:
    """Which kind of rule, where it stands or would stand, and whether it is new."""
    part, new = part_of(place.part, place.access), place.part.endswith(":")
    if new:
        part = replace(part, at=len(listed.every(app, part.name, place.access)))
    return KINDS[part.name], part, new
