"""The form for what an app allows in an emergency: access at once, reviewed afterwards."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from blocks.admin.field import Field, Known
from blocks.admin.fields import Tick
from blocks.admin.form import form
from blocks.admin.ids import Place, Screen
from blocks.admin.length_fields import Length
from blocks.admin.overlay import draw, overlay, validated
from blocks.admin.people_fields import Approvers
from blocks.answers import Values
from blocks.kit import Block, View
from models.catalogue.emergency import EmergencySpec
from models.catalogue.problems import Path
from models.catalogue.spec import AppSpec
from models.durations import parse as hours

_ALLOWED = Tick(
    "allowed",
    "Emergencies",
    "With a reason, and told to everybody who would have decided.",
    block="emergency_allowed",
    sentence="Access may be had at once in an emergency",
)
PARTS: tuple[Field, ...] = (
    Length("max", "For at most", block="emergency_max", optional=False),
    Length("review_within", "Reviewers are reminded after", block="emergency_review_within", optional=False),
    Approvers(
        "reviewers",
        "Who reviews it",
        "Never who used it.",
        block="emergency_reviewers",
        others="More reviewers, by e-mail address",
        groups="User groups that review it",
        roles="Also as reviewers",
    ),
)
_USUAL = EmergencySpec(max=hours("4h"))
"""What the form offers where there is nothing yet."""


@dataclass(frozen=True)
class Emergency(Field):
    """Whether there is any, and what holds for it. Shown as whether, and the parts."""

    @property
    def id(self) -> str:
        return _ALLOWED.id

    def block_at(self, path: Path) -> str:
        return next((part.id for part in PARTS if path and part.name == path[0]), PARTS[0].id)

    def shown(self, value: Any) -> tuple[Any, ...]:
        return (value is not None, *(part.shown(getattr(value or _USUAL, part.name)) for part in PARTS))

    def blocks(self, shown: Any, known: Known) -> list[Block]:
        allowed, *parts = shown
        return [
            *_ALLOWED.blocks(allowed, known),
            *(block for part, one in zip(PARTS, parts, strict=True) for block in part.blocks(one, known)),
        ]

    def read(self, values: Values) -> tuple[Any, ...]:
        return (_ALLOWED.read(values), *(part.read(values) for part in PARTS))

    def stored(self, given: Any, value: Any) -> Any:
        allowed, *parts = given
        if not allowed:
            return None
        before = value or _USUAL
        data: dict[str, Any] = before.stored()
        for part, one in zip(PARTS, parts, strict=True):
            if one != part.shown(getattr(before, part.name)):
                data[part.name] = part.stored(one, getattr(before, part.name))
        return data


FIELDS: tuple[Field, ...] = (Emergency("emergency", "Emergencies"),)


def build(app: AppSpec, place: Place, known: Known, above: Sequence[Block] = ()) -> View:
    """The form, filled in with what the app has."""
    return form(Screen.EMERGENCY, "Emergencies", draw(FIELDS, app, known), place, above=above)


def parse(app: AppSpec, values: Values) -> AppSpec:
    """The app as it was filled in. Raises Problems."""
    return validated(overlay(FIELDS, app, values, app.stored()), FIELDS, otherwise=PARTS[0].id)
